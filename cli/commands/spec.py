"""``waagent spec``: the whole command line, for programs that drive it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any

import typer

from cli import output
from cli.code_use import named_by
from cli.diagnostics import ABORTED_CODE, EXIT_CODES, INTERNAL_CODE, INTERRUPTED_CODE, USAGE_CODE
from cli.options import JsonFlag, command_app
from cli.shapes import Shape
from waagent import errors
from waagent.errors import WaagentError

app = command_app()

_CODES_OF_THE_CLI = {
    USAGE_CODE: (2, "The command line is not one that waagent understands."),
    INTERNAL_CODE: (1, "A fault of waagent."),
    ABORTED_CODE: (1, "A question was answered with no."),
    INTERRUPTED_CODE: (130, "Ctrl-C."),
}


@app.command("spec")
def spec(
    man: Annotated[
        bool, typer.Option("--man", help="Print the manual page: > waagent.1; man ./waagent.1")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """List every command; with --json also its parameters and JSON fields, and all codes."""
    found = document()
    if man:
        from cli.man_page import man_page

        output.chunk(man_page(found))
    elif as_json:
        output.json_document(found)
    else:
        output.facts([(f"waagent {each['path']}", each["help"]) for each in found["commands"]])


def document() -> dict[str, Any]:
    """The command line as it is: ``commands``, ``exit_codes`` and ``errors``.

    ``global_parameters`` stand before a command; but for ``--version`` and completion, after it
    too.
    """
    from importlib.metadata import version

    from cli.lazy import load_all

    return {
        "version": version("waagent"),
        "global_parameters": [_parameter(each) for each in _root().params],
        "commands": [
            entry for name, command in load_all().items() for entry in _entries(name, command)
        ],
        "exit_codes": {str(code): meaning for code, meaning in EXIT_CODES.items()},
        "errors": list(_errors()),
    }


def _root() -> Any:
    from cli.main import app as root

    return typer.main.get_command(root)


def _entries(path: str, command: Any) -> Iterator[dict[str, Any]]:
    children = getattr(command, "commands", None)
    if children is not None:
        for name, child in children.items():
            yield from _entries(f"{path} {name}", child)
        return
    parameters = [_parameter(each) for each in command.params]
    yield {
        "path": path,
        "help": " ".join((command.help or "").split()),
        "json": any("--json" in each["names"] for each in parameters),
        "json_fields": _json_fields(command),
        "parameters": parameters,
    }


def _parameter(parameter: Any) -> dict[str, Any]:
    kind = parameter.type_descriptor.annotation
    is_choice = isinstance(kind, type) and issubclass(kind, Enum)
    default = parameter.default
    return {
        "kind": parameter.param_type_name,
        "names": list(parameter.opts),
        "metavar": parameter.metavar,
        "type": "choice" if is_choice else getattr(kind, "__name__", str(kind)),
        "choices": [str(each.value) for each in kind] if is_choice else None,
        "required": bool(parameter.required),
        "multiple": bool(getattr(parameter, "multiple", False)) or parameter.nargs == -1,
        "default": None if default is None or callable(default) else _plain(default),
        "help": parameter.help,
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float) else str(value)


def _json_fields(command: Any) -> list[str]:
    """The fields of every read model that the command shows, each once."""
    shapes = (found for found in named_by(command.callback) if isinstance(found, Shape))
    names = (
        name for shape in shapes for name in (*shape.fields, *(told for told, _ in shape.told))
    )
    return list(dict.fromkeys(names))


def _errors() -> Iterator[dict[str, Any]]:
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, WaagentError):
            meaning = (kind.__doc__ or "").splitlines()[0]
            yield {"code": kind.code, "exit_code": kind.exit_code, "meaning": meaning}
    for code, (exit_code, meaning) in _CODES_OF_THE_CLI.items():
        yield {"code": code, "exit_code": exit_code, "meaning": meaning}
