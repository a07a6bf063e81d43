"""The manual page ``waagent(1)``, made of the same description as ``waagent spec --json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_INTRODUCTION = (
    "A terminal-first WhatsApp CRM for small shops. Run without a command on a terminal, waagent"
    " opens the lead board."
)
_STREAMS = (
    "Data goes to standard output, everything else to standard error. With --json lists are arrays,"
    " streams one object a line, ids strings and times RFC 3339 in UTC."
)
_EXAMPLES = (
    ("Try it on this machine, without a phone", "waagent up --sandbox --demo"),
    ("Add a shop, and link its number", 'waagent tenant create "Kopi Senja"'),
    ("", "waagent connect kopi-senja"),
    ("See who is worth an answer", "waagent lead list -t kopi-senja --sort score"),
    ("What is wrong, and the next step", "waagent doctor kopi-senja"),
)


def man_page(document: dict[str, Any]) -> str:
    """The page as troff, from what :func:`cli.commands.spec.document` gives."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield f'.TH WAAGENT 1 "" "waagent {document["version"]}" "User Commands"'
    yield from (".SH NAME", "waagent \\- WhatsApp CRM for small shops, in the terminal")
    yield from (".SH SYNOPSIS", ".B waagent", "[OPTIONS] COMMAND [ARGS]...")
    yield from (".SH DESCRIPTION", _text(_INTRODUCTION), ".PP", _text(_STREAMS))
    yield ".SH OPTIONS"
    for parameter in document["global_parameters"]:
        yield from _parameter(parameter)
    yield ".SH COMMANDS"
    for command in document["commands"]:
        yield from _command(command)
    yield ".SH EXIT STATUS"
    for code, meaning in document["exit_codes"].items():
        yield from (".TP", f".B {code}", _text(meaning))
    yield from (".SH EXAMPLES", *_examples())
    yield from (".SH SEE ALSO", "docs/reference/cli.md, settings.md, errors.md and json.md")


def _command(command: dict[str, Any]) -> Iterator[str]:
    arguments = [_usage(each) for each in command["parameters"] if each["kind"] == "argument"]
    yield f'.SS "{_text(" ".join(["waagent", command["path"], "[OPTIONS]", *arguments]))}"'
    yield _text(command["help"])
    for parameter in command["parameters"]:
        yield from _parameter(parameter)


def _usage(argument: dict[str, Any]) -> str:
    name = argument["metavar"] or argument["names"][0].upper()
    return name if argument["required"] or name.startswith("[") else f"[{name}]"


def _parameter(parameter: dict[str, Any]) -> Iterator[str]:
    if parameter["kind"] == "argument":
        shown = _usage(parameter)
    else:
        value = "" if parameter["type"] == "bool" else parameter["metavar"] or _value(parameter)
        shown = " ".join([", ".join(parameter["names"]), *([value] if value else [])])
    yield from (".TP", f".B {_text(shown)}", _text(_told(parameter)))


def _value(parameter: dict[str, Any]) -> str:
    return "|".join(parameter["choices"] or [parameter["type"].upper()])


def _told(parameter: dict[str, Any]) -> str:
    default = parameter["default"]
    ends = "" if default in (None, False, "") else f" Default: {default}."
    return f"{parameter['help'] or ''}{ends}"


def _examples() -> Iterator[str]:
    for told, command in _EXAMPLES:
        if told:
            yield from (".PP", _text(f"{told}:"))
        yield from (".nf", f".B {_text(command)}", ".fi")


def _text(text: str) -> str:
    """``text`` with nothing in it that troff reads as a request."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
