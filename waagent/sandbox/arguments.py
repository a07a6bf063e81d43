"""One request to the control interface: its values, checked as they are asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from waagent.errors import InvalidInputError
from waagent.sandbox.addresses import phone_number

Result = dict[str, Any]
_MAX_TEXT = 65_536
_REQUIRED = object()


class Arguments:
    """The values of one request, checked as they are asked for. Raises InvalidInputError."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def text(self, name: str, default: object = _REQUIRED) -> str:
        """A string that is not blank and not huge."""
        value = self._values.get(name, default)
        if value is _REQUIRED:
            raise InvalidInputError(f"{self._values['op']} needs {name!r}")
        blank = isinstance(value, str) and not value.strip() and value != default
        if not isinstance(value, str) or blank or len(value) > _MAX_TEXT:
            raise InvalidInputError(f"{name!r} must be a text of 1 to {_MAX_TEXT} characters")
        return value

    def body(self, name: str) -> str:
        """A text as given, blank or not; "" when there is none."""
        value = self._values.get(name, "")
        if not isinstance(value, str) or len(value) > _MAX_TEXT:
            raise InvalidInputError(f"{name!r} must be a text of at most {_MAX_TEXT} characters")
        return value

    def value(self, name: str) -> Any:
        """Whatever was given."""
        return self._values.get(name)

    def has(self, name: str) -> bool:
        """Whether a value was given."""
        return name in self._values

    def flag(self, name: str) -> bool:
        """True or false; false when it was not given."""
        value = self._values.get(name, False)
        if not isinstance(value, bool):
            raise InvalidInputError(f"{name!r} must be true or false")
        return value

    def degrees(self, name: str, limit: float) -> float:
        """An angle from ``-limit`` to ``limit``."""
        value = self._values.get(name)
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not -limit <= value <= limit
        ):
            raise InvalidInputError(f"{name!r} must be degrees from {-limit:g} to {limit:g}")
        return float(value)

    def phone(self, name: str) -> str:
        """The digits of a phone number."""
        return phone_number(self.text(name))

    def number(self, name: str, default: float) -> float:
        """A number that is not negative."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
            raise InvalidInputError(f"{name!r} must be a number, 0 or more")
        return float(value)


Op = Callable[[Arguments], Awaitable[Result] | Result]


class OpGroup(Protocol):
    """Ops that belong together."""

    def ops(self) -> Mapping[str, Op]:
        """Each op by its name."""
        ...
