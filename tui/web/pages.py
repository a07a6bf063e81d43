"""The two pages: logging in, and the board. Everything put into them is escaped."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from urllib.parse import quote

from tui.web_strings import Language, text


def login_page(*, csrf: str, link: str, language: Language, problem: str | None = None) -> str:
    """The form; ``problem`` is the key of what went wrong with the last try."""
    other = "id" if language == "en" else "en"
    return _fill(
        "login.html",
        language,
        csrf=csrf,
        link=link,
        other_url=f"/login?lang={other}" + (f"&link={quote(link, safe='')}" if link else ""),
        other_lang=other,
        problem=text(problem, language) if problem else "",
    )


def board_page(
    *, csrf: str, socket_url: str, user: str, shop: str | None, full: bool, language: Language
) -> str:
    """The board; with ``full`` only the notice that there is no room for it."""
    return _fill(
        "board.html",
        language,
        csrf=csrf,
        socket_url=socket_url,
        user=user,
        shop=text("board.operator", language) if shop is None else shop,
        terminal="" if full else "textual-terminal",
        state="-closed" if full else "",
        message=text("board.full" if full else "board.closed", language),
    )


def _fill(name: str, language: Language, **values: str) -> str:
    template = Template((files("tui.web") / "static" / name).read_text(encoding="utf-8"))
    words = {
        field.replace("_", ".", 1): field
        for field in template.get_identifiers()
        if field.startswith(("login_", "board_"))
    }
    texts = {field: text(key, language) for key, field in words.items()}
    found = {**texts, **values, "language": language}
    return template.substitute({field: escape(value) for field, value in found.items()})
