"""``--fields`` and ``--limit`` of every command that lists something, in one place.

A command that ends in :func:`cli.shapes.show_list`, and makes no JSON of its own, gets them when it
is loaded. What was given stands here until the next command is run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import typer

from cli import output
from cli.code_use import named_by
from waagent.errors import InvalidInputError
from waagent.i18n import t

View = TypeVar("View")


@dataclass(slots=True)
class _Given:
    fields: tuple[str, ...] = ()
    limit: int | None = None


_given = _Given()


def _take_fields(value: str | None) -> None:
    _given.fields = tuple(name for part in (value or "").split(",") if (name := part.strip()))


def _take_limit(value: int | None) -> None:
    _given.limit = value


_probe = typer.Typer(add_completion=False)


@_probe.command()
def _options(
    fields: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Only these fields, of those that --json gives.",
            callback=_take_fields,
            expose_value=False,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="At most so many.", callback=_take_limit, expose_value=False),
    ] = None,
) -> None:
    """Only its parameters are used."""


def add_options(command: Any) -> None:
    """Give them to every command below this one that lists something and has none of its own."""
    for leaf in leaves(command):
        if lists(leaf):
            own = {option for parameter in leaf.params for option in parameter.opts}
            ours: Any = typer.main.get_command(_probe)
            leaf.params += [option for option in ours.params if not own & set(option.opts)]


def leaves(command: Any) -> Iterator[Any]:
    """The commands below this one that can be run; itself, where it is one."""
    children = getattr(command, "commands", None)
    if children is None:
        yield command
        return
    for child in children.values():
        yield from leaves(child)


def lists(command: Any) -> bool:
    """Whether all that a command shows is a list."""
    used = {getattr(found, "__name__", "") for found in named_by(command.callback)}
    return "show_list" in used and "json_object" not in used


def reset() -> None:
    """Forget what the last command was given."""
    _given.fields, _given.limit = (), None


def limited(views: Sequence[View]) -> Sequence[View]:
    """At most ``--limit`` of them; that some are left out is said on stderr."""
    if _given.limit is None or len(views) <= _given.limit:
        return views
    from cli.diagnostics import note

    note(t("list.more", limit=_given.limit, all=len(views)))
    return views[: _given.limit]


def show_fields(known: Sequence[str], objects: Iterable[dict[str, Any]], *, as_json: bool) -> bool:
    """Show the fields that ``--fields`` names, if it was given; whether it was.

    Raises InvalidInputError where a name is not one of ``known``.
    """
    if not _given.fields:
        return False
    for name in _given.fields:
        if name not in known:
            raise _unknown(name, known)
    rows = [{name: each[name] for name in _given.fields} for each in objects]
    if as_json:
        output.json_document(rows)
    else:
        output.table(_given.fields, [[_cell(value) for value in row.values()] for row in rows])
    return True


def _unknown(name: str, known: Sequence[str]) -> InvalidInputError:
    from cli.suggest import did_you_mean

    hint = did_you_mean(name, known) or f"the fields are {', '.join(known)}"
    return InvalidInputError(f"no field {name!r}", hint=hint)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
