"""Stories that people in the sandbox play, read from YAML files and checked strictly.

The form is described in ``docs/reference/sandbox.md``; the shipped ones lie in ``scenarios/``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

from waagent.domain.labels import Intent, Status
from waagent.domain.leads import Stage
from waagent.errors import InvalidInputError, NotFoundError
from waagent.sandbox.addresses import display_name, phone_number

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_MAX_TEXT = 4_096
Label = TypeVar("Label", bound=StrEnum)


class StepKind(StrEnum):
    """What one step does."""

    SAY = "say"
    OWNER = "owner"
    WAIT_FOR_SHOP = "wait_for_shop"
    READ = "read"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act of one person, ``after`` seconds behind the step before it.

    ``text`` is for say and owner. ``seconds`` is a pause's length or the longest wait.
    """

    kind: StepKind
    text: str = ""
    after: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """How a labeller would judge the conversation at its end; for acceptance tests."""

    status: Status | None = None
    intent: Intent | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer and what they do, in order."""

    id: str
    phone: str
    name: str
    steps: tuple[Step, ...]
    expect: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A story of one shop. All people play at the same time."""

    name: str
    title: str
    shop: str
    people: tuple[Person, ...]


def scenario_names() -> list[str]:
    """The names of the shipped scenarios."""
    folder = resources.files(__package__).joinpath("scenarios")
    return sorted(
        f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml")
    )


def load_scenario(source: str | Path) -> Scenario:
    """A scenario from a file, or a shipped one by name.

    Raises NotFoundError when there is none, InvalidInputError when it is not well formed: the
    message names the file, the place in it, and what is wrong.
    """
    if isinstance(source, str):
        return _load_shipped(source)
    try:
        text = source.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"no scenario file {source}", hint="check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"cannot read {source}: {error}", hint="it has to be a text file, in UTF-8"
        ) from None
    return parse_scenario(text, str(source))


def parse_scenario(text: str, source: str) -> Scenario:
    """The scenario in a YAML text; ``source`` names it in errors. Raises InvalidInputError."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "the file"
        problem = getattr(error, "problem", None) or "cannot be parsed"
        raise InvalidInputError(
            f"{source}: {place}: not YAML: {problem}",
            hint="see how a story is written: docs/reference/sandbox.md",
        ) from None
    return _scenario(_Place(source, ""), values)


def _load_shipped(name: str) -> Scenario:
    names = scenario_names()
    if name not in names:
        raise NotFoundError(f"no scenario {name!r}", hint="one of " + ", ".join(names))
    file = resources.files(__package__).joinpath("scenarios", f"{name}.yaml")
    return parse_scenario(file.read_text(encoding="utf-8"), f"{name}.yaml")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file we are, for errors."""

    source: str
    path: str

    def at(self, part: str | int) -> _Place:
        step = f"[{part}]" if isinstance(part, int) else f".{part}" if self.path else part
        return _Place(self.source, self.path + step)

    def fail(self, problem: str, hint: str | None = None) -> NoReturn:
        raise InvalidInputError(f"{self.source}: {self.path or 'top'}: {problem}", hint=hint)


def _scenario(place: _Place, values: Any) -> Scenario:
    fields = _mapping(place, values, required=("name", "title", "shop", "people"))
    people_place = place.at("people")
    listed = _list(people_place, fields["people"])
    people = tuple(_person(people_place.at(i), value) for i, value in enumerate(listed))
    for attribute in ("id", "phone"):
        taken = [getattr(person, attribute) for person in people]
        twice = next((value for value in taken if taken.count(value) > 1), None)
        if twice is not None:
            people_place.fail(f"two people have the {attribute} {twice}")
    return Scenario(
        name=_slug(place.at("name"), fields["name"]),
        title=_text(place.at("title"), fields["title"]),
        shop=_name(place.at("shop"), fields["shop"]),
        people=people,
    )


def _person(place: _Place, values: Any) -> Person:
    fields = _mapping(
        place, values, required=("id", "phone", "name", "steps"), optional=("expect",)
    )
    steps_place = place.at("steps")
    steps = _list(steps_place, fields["steps"])
    return Person(
        id=_slug(place.at("id"), fields["id"]),
        phone=_phone(place.at("phone"), fields["phone"]),
        name=_name(place.at("name"), fields["name"]),
        steps=tuple(_step(steps_place.at(i), value) for i, value in enumerate(steps)),
        expect=_expectation(place.at("expect"), fields.get("expect", {})),
    )


def _step(place: _Place, values: Any) -> Step:
    kinds = [str(kind) for kind in StepKind]
    fields = _mapping(place, values, optional=(*kinds, "after"))
    named = [kind for kind in StepKind if str(kind) in fields]
    if len(named) != 1:
        place.fail("a step does exactly one thing", hint="one of " + ", ".join(kinds))
    kind = named[0]
    inner, value = place.at(str(kind)), fields[str(kind)]
    after = _seconds(place.at("after"), fields.get("after", "0s"))
    if kind in (StepKind.SAY, StepKind.OWNER):
        return Step(kind=kind, text=_text(inner, value), after=after)
    if kind is StepKind.READ:
        if value is not True:
            inner.fail("must be true")
        return Step(kind=kind, after=after)
    return Step(kind=kind, seconds=_seconds(inner, value), after=after)


def _expectation(place: _Place, values: Any) -> Expectation:
    fields = _mapping(place, values, optional=("status", "intent", "stage"))
    return Expectation(
        status=_label(place.at("status"), Status, fields.get("status")),
        intent=_label(place.at("intent"), Intent, fields.get("intent")),
        stage=_label(place.at("stage"), Stage, fields.get("stage")),
    )


def _mapping(
    place: _Place, value: Any, *, required: Sequence[str] = (), optional: Sequence[str] = ()
) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        place.fail(f"must be a mapping, not {_kind(value)}")
    known = [*required, *optional]
    for key in value:
        if key not in known:
            place.fail(f"unknown key {key!r}", hint="known here: " + ", ".join(known))
    for key in required:
        if key not in value:
            place.fail(f"{key} is missing")
    return value


def _list(place: _Place, value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        place.fail(f"must be a list with something in it, not {_kind(value)}")
    return value


def _text(place: _Place, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_TEXT:
        place.fail(f"must be a text of 1 to {_MAX_TEXT} characters, not {_kind(value)}")
    return value.strip()


def _slug(place: _Place, value: Any) -> str:
    if not isinstance(value, str) or not _SLUG.fullmatch(value):
        place.fail(f"must be lower-case letters, digits, - and _, not {value!r}")
    return value


def _name(place: _Place, value: Any) -> str:
    try:
        return display_name(_text(place, value))
    except InvalidInputError as error:
        place.fail(error.message, error.hint)


def _phone(place: _Place, value: Any) -> str:
    try:
        return phone_number(str(value))
    except InvalidInputError as error:
        place.fail(error.message, error.hint)


def _seconds(place: _Place, value: Any) -> float:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        place.fail(f"not a duration: {value!r}", hint="write 500ms, 2s or 1.5m")
    return float(match[1]) * _UNITS[match[2]]


def _label(place: _Place, kind: type[Label], value: Any) -> Label | None:
    if value is None:
        return None
    if value not in list(kind):
        place.fail(f"unknown label {value!r}", hint="one of " + ", ".join(kind))
    return kind(value)


def _kind(value: Any) -> str:
    return "nothing" if value in (None, "", []) else f"{type(value).__name__}"
