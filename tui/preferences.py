"""What a user has chosen while using the board, kept for the next time: theme and language."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import structlog

from tui.strings import Language, use_language
from waagent.folders import private_folder

if TYPE_CHECKING:
    from waagent.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """None where nothing was chosen yet."""

    theme: str | None = None
    language: Language | None = None


class PreferencesFile:
    """A file of the home folder for each user of the machine; only that user may read it."""

    def __init__(self, home: Path, user: str | None = None) -> None:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", user or getuser())
        self.path = home / "tui" / f"{name}.json"

    def load(self) -> Preferences:
        """What was chosen; nothing if the file is absent or not understood."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            theme, language = found.get("theme"), found.get("language")
        except (OSError, ValueError, AttributeError):
            return Preferences()
        return Preferences(
            theme=theme if isinstance(theme, str) else None,
            language=language if language in get_args(Language) else None,
        )

    def save(self, chosen: Preferences) -> None:
        """Keep it; that this fails (a full disk, a folder of somebody else) is only logged."""
        part = self.path.with_suffix(".part")
        try:
            private_folder(self.path.parent)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                json.dump(asdict(chosen), file)
            part.replace(self.path)
        except OSError as error:
            log.warning("tui.preferences", action="save", error=type(error).__name__)


def prepare(settings: Settings, user: str | None = None) -> tuple[str, PreferencesFile]:
    """Set language and keys of this process; the theme to start with, and where choices are kept.

    ``user`` is whose choices count, if not those of the machine's user. A language other than the
    default counts as set; else the one chosen last does. Raises ConfigError for a theme or a key
    that cannot be.
    """
    from tui.keys import use_keys
    from tui.theme import pick_theme

    file = PreferencesFile(settings.home, user)
    chosen = file.load()
    default = type(settings).model_fields["language"].default
    use_language(chosen.language or default if settings.language == default else settings.language)
    use_keys(settings.keys or {})
    return pick_theme(settings.theme, chosen.theme), file
