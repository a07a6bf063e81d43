"""Draws a chart with plotext. Importing it costs a while: only the reports do, when they open."""

from __future__ import annotations

from textual.app import RenderResult
from textual.color import Color
from textual_plotext import PlotextPlot

from tui.charts import Bars, Chart, Columns, Intervals
from tui.strings import t

_LABEL_GAP = 2
_THICK_FROM = 3
"""Lines a bar needs to be drawn thick, with a gap to the next."""


class ChartPlot(PlotextPlot):
    """One chart, as large as there is room. Shapes and figures tell everything; colour adds."""

    def __init__(self) -> None:
        super().__init__(id="chart")
        self._chart: Chart | None = None

    def show(self, chart: Chart) -> None:
        """Draw that one."""
        if chart != self._chart:
            self._chart = chart
            self.refresh()

    def render(self) -> RenderResult:
        """Anew for the present size and theme."""
        self.plt.clear_figure()
        if self._chart is None or self.size.width < 10 or self.size.height < 3:
            return ""
        self.plt.frame(False)
        if isinstance(self._chart, Bars):
            self._bars(self._chart)
        elif isinstance(self._chart, Columns):
            self._columns(self._chart)
        else:
            self._intervals(self._chart)
        return super().render()

    def _colour(self, name: str) -> tuple[int, int, int]:
        return Color.parse(self.app.theme_variables[name]).rgb

    def _bars(self, chart: Bars) -> None:
        """From the top down, each with its figure."""
        count, most = len(chart.values), max(*chart.values, 1)
        colour = self._colour("primary")
        places = range(count, 0, -1)
        beyond = 4 * most / self.size.width  # cells after the end of the bar
        thick = self.size.height >= _THICK_FROM * count
        for place, value in zip(places, chart.values, strict=True):
            if value and thick:
                self.plt.bar([place], [value], orientation="horizontal", width=0.5, color=colour)
            elif value:
                self.plt.plot([0, value], [place, place], marker="█", color=colour)
            self.plt.text(
                str(value),
                x=value + beyond,
                y=place,
                color=self._colour("foreground"),
                background=self._colour("surface"),
            )
        self.plt.yticks(list(places), [f"{label} " for label in chart.labels])
        self.plt.xticks([])
        self.plt.ylim(0.5, count + 0.5)
        self.plt.xlim(0, most * 1.12)

    def _columns(self, chart: Columns) -> None:
        """In the order of time; a column is one cell wide if there are many."""
        count, most = len(chart.values), max(*chart.values, 1)
        colour = self._colour("primary")
        room = max(self.size.width - 4, 1) / count
        for place, value in enumerate(chart.values):
            if value and room < _THICK_FROM:
                self.plt.plot([place, place], [0, value], marker="█", color=colour)
            elif value:
                self.plt.bar([place], [value], width=0.5, color=colour)
        widest = max(len(label) for label in chart.labels) + _LABEL_GAP
        every = max(-(-widest // max(int(room), 1)), 1)
        shown = list(range(0, count, every))
        self.plt.xticks([float(at) for at in shown], [chart.labels[at] for at in shown])
        ticks = sorted({0, most // 2, most})
        self.plt.yticks([float(tick) for tick in ticks], [f"{tick} " for tick in ticks])
        self.plt.ylim(0, most)
        self.plt.xlim(-0.6, count - 0.4)

    def _intervals(self, chart: Intervals) -> None:
        """The share is the dot, and 95 of 100 times the truth is between the ends."""
        count = len(chart.values)
        most = max(high for _, _, high in chart.values) * 100
        for number, (low, share, high) in enumerate(chart.values):
            place = count - number
            colour = self._colour("secondary" if number % 2 else "primary")
            self.plt.plot([low * 100, high * 100], [place, place], marker="─", color=colour)
            for mark, at in (("├", low), ("┤", high), ("●", share)):
                self.plt.scatter([at * 100], [place], marker=mark, color=colour)
        self.plt.yticks(list(range(count, 0, -1)), [f"{label} " for label in chart.labels])
        step = next(size for size in (1, 2, 5, 10, 20, 25) if most / size <= 5)
        ticks = [tick for tick in range(0, 101, step) if tick <= most + step]
        self.plt.xticks(
            [float(tick) for tick in ticks], [t("reports.tick", n=tick) for tick in ticks]
        )
        self.plt.ylim(0.5, count + 0.5)
        self.plt.xlim(0, min(most + step / 2, 100))
