"""The board's own themes: dark, light, and one of high contrast. Textual's own work as well."""

from __future__ import annotations

from difflib import get_close_matches

from textual.theme import BUILTIN_THEMES, Theme

from waagent.errors import ConfigError

DARK = Theme(
    name="waagent",
    primary="#3dbb98",
    secondary="#82a9c9",
    accent="#e3b765",
    warning="#e0a35a",
    error="#e87d74",
    success="#7fc58a",
    foreground="#dde5e2",
    background="#101615",
    surface="#18211f",
    panel="#212c2a",
    dark=True,
    variables={
        "block-cursor-background": "#3dbb98",
        "block-cursor-foreground": "#0d1312",
        "footer-key-foreground": "#3dbb98",
        "border": "#3dbb98",
        "border-blurred": "#2b3836",
        "input-selection-background": "#3dbb98 35%",
    },
)

LIGHT = Theme(
    name="waagent-light",
    primary="#0e7c66",
    secondary="#3f6f94",
    accent="#9a6a00",
    warning="#a65f00",
    error="#b3352d",
    success="#2c7a3b",
    foreground="#1f2a28",
    background="#f4f2ec",
    surface="#fdfcf9",
    panel="#e8e5dc",
    dark=False,
    variables={
        "block-cursor-background": "#0e7c66",
        "block-cursor-foreground": "#ffffff",
        "footer-key-foreground": "#0e7c66",
        "border": "#0e7c66",
        "border-blurred": "#d3cfc3",
        "input-selection-background": "#0e7c66 25%",
    },
)

CONTRAST = Theme(
    name="waagent-contrast",
    primary="#00ffc8",
    secondary="#8fd0ff",
    accent="#ffe14d",
    warning="#ffb84d",
    error="#ff8a80",
    success="#7dff9b",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    dark=True,
    variables={
        "block-cursor-background": "#ffe14d",
        "block-cursor-foreground": "#000000",
        "footer-key-foreground": "#ffe14d",
        "footer-description-foreground": "#ffffff",
        "foreground-muted": "#e6e6e6",
        "foreground-disabled": "#cccccc",
        "text-muted": "#e6e6e6",
        "text-disabled": "#cccccc",
        "border": "#ffffff",
        "border-blurred": "#bfbfbf",
        "input-selection-background": "#ffe14d 60%",
    },
)

OWN = (DARK, LIGHT, CONTRAST)


def theme_names() -> tuple[str, ...]:
    """Every theme: ours first."""
    return (*(theme.name for theme in OWN), *BUILTIN_THEMES)


def pick_theme(setting: str | None, chosen: str | None) -> str:
    """The theme to start with: as set, else as chosen last, else the dark one.

    Raises ConfigError if the one that is set does not exist; a choice that does not is passed by.
    """
    names = theme_names()
    if setting is not None and setting not in names:
        near = get_close_matches(setting, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"ours are {', '.join(names[:3])}"
        raise ConfigError(f"theme: there is no {setting!r}", hint=hint)
    return setting or (chosen if chosen in names else None) or DARK.name
