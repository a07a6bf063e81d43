"""The board's own theme, dark and light. Textual's built-in themes work as well."""

from __future__ import annotations

from textual.theme import Theme

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
