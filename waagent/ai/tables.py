"""The engine's word lists: plain text beside the code, so that they can be read and grown."""

from __future__ import annotations

from importlib.resources import files


def data_text(name: str) -> str:
    """The whole of ``waagent/ai/data/<name>``."""
    return (files("waagent.ai") / "data" / name).read_text(encoding="utf-8")


def data_lines(name: str) -> list[str]:
    """The lines of ``waagent/ai/data/<name>`` that are neither empty nor comments (``#``)."""
    lines = (line.strip() for line in data_text(name).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def data_words(name: str) -> frozenset[str]:
    """The words of ``waagent/ai/data/<name>``, apart from comments."""
    return frozenset(word for line in data_lines(name) for word in line.split())
