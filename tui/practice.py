"""The phone to practise with: where WhatsApp is the sandbox, no real phone can scan a code.

It does what the owner's telephone would, and lets practice customers write to the new number.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from waagent.errors import ConflictError

if TYPE_CHECKING:
    from tui.ports import PracticePhone
    from waagent.settings import Settings

_FIRST_NUMBER = 6281200007001
"""Numbers of practice phones; none of the stories' people has such a one."""
STORIES = ("katering", "laundry", "hijab", "kosmetik", "mebel", "toko_plastik")
"""Scenarios of the sandbox with customers for a number that was linked for practice."""


class SandboxPhone:
    """A phone of the sandbox whose state is in ``folder``."""

    def __init__(self, folder: Path) -> None:
        # Only here: a board of a real WhatsApp does without the sandbox's code.
        from waagent.sandbox.client import SandboxClient

        self._sandbox = SandboxClient(folder)

    def scan(self, code: str, shop: str) -> None:
        """With a number that is not in use yet."""
        known = {account.phone.lstrip("+") for account in self._sandbox.accounts()}
        number = _FIRST_NUMBER
        while str(number) in known:
            number += 1
        self._sandbox.scan(code, phone=f"+{number}", name=shop)

    def enter(self, code: str, phone: str, shop: str) -> None:
        """On the phone of that number."""
        self._sandbox.enter_code(code, phone=phone, name=shop)

    def customers(self, phone: str) -> bool:
        """Those of the first story that is not being told."""
        for story in STORIES:
            try:
                self._sandbox.run_scenario(story, phone)
            except ConflictError:
                continue
            return True
        return False


def practice_phone(settings: Settings) -> PracticePhone | None:
    """The practice phone, where WhatsApp is the sandbox of this home."""
    return SandboxPhone(settings.sandbox_dir) if settings.in_sandbox else None
