"""Questions before what cannot be taken back. Scripts are not asked: they say ``--yes``."""

from __future__ import annotations

import sys

import typer

from cli import diagnostics
from waagent.errors import InvalidInputError

no_input = False
"""Whether ``--no-input`` was given; set once by ``cli.main``."""


def confirm(question: str, *, yes: bool) -> None:
    """Return if it was agreed to, by ``--yes`` or by an answer.

    Raises:
        InvalidInputError: there is nobody to ask.
        typer.Abort: the answer was no.
    """
    if yes:
        return
    if no_input or not sys.stdin.isatty():
        raise InvalidInputError(
            "this cannot be taken back, and there is nobody to ask", hint="agree to it with --yes"
        )
    if not diagnostics.answered_yes(question):
        raise typer.Abort
