"""What a command's code names: lets one place see which commands list things, and which fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any


def named_by(callback: Callable[..., Any] | None) -> Iterator[object]:
    """Every global that a callback's code names, and that functions of ``cli`` it names do."""
    waiting, seen = [callback], set[int]()
    while waiting:
        function = getattr(waiting[-1], "__wrapped__", waiting[-1])
        waiting.pop()
        if not isinstance(function, FunctionType) or id(function) in seen:
            continue
        seen.add(id(function))
        for name in _names(function.__code__):
            if name not in function.__globals__:
                continue
            found = function.__globals__[name]
            yield found
            if isinstance(found, FunctionType) and found.__module__.startswith("cli.commands."):
                waiting.append(found)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
