"""Three small charts as SVG, drawn on the server: bars, stacked bars, a line. No script, no style attribute.

    chart = Chart("Meetings held per pair", ["0", "1 to 2"], [Series("Pairs", (3, 5))])
    chart.svg()      # a safe string with title and description; colours and patterns come from mentoring/reports.css
    chart.rows()     # the same numbers for the table that always stands beside it

A value of None is "not shown": it is neither drawn nor described, and the table says so in words.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString, mark_safe

WIDTH = 400.0
ROW = 42.0
BAR = 16.0
LEGEND_ROW = 22.0
NUMBER = 46.0  # room for the number at the end of a bar
PATTERNS = 5
HIDDEN = "not shown"


class Kind(enum.StrEnum):
    BARS = "bars"
    STACKED = "stacked"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers, one per label of the chart."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. Values are counts or shares, never negative."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    kind: Kind = Kind.BARS
    unit: str = ""
    first_column: str = ""

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.labels):
                raise ValueError(f"“{series.name}” has {len(series.values)} values for {len(self.labels)} labels.")
            if any(value is not None and not 0 <= value < float("inf") for value in series.values):
                raise ValueError(f"“{series.name}” has a value that cannot be drawn.")
        if self.kind is not Kind.STACKED and len(self.series) != 1:
            raise ValueError("Only stacked bars show several series.")
        if len(self.series) > PATTERNS:
            raise ValueError(f"At most {PATTERNS} series can be told apart without colour.")

    @property
    def is_empty(self) -> bool:
        return not any(value for series in self.series for value in series.values)

    @property
    def columns(self) -> list[str]:
        return [series.name for series in self.series]

    def rows(self) -> list[tuple[str, list[str]]]:
        """Label and numbers, for a table."""
        return [
            (label, [self._said(series.values[i]) for series in self.series]) for i, label in enumerate(self.labels)
        ]

    @property
    def description(self) -> str:
        """The chart in words, for those who cannot see it."""
        names = self.columns
        said = []
        for label, numbers in self.rows():
            values = numbers if len(names) == 1 else [f"{name} {n}" for name, n in zip(names, numbers, strict=True)]
            said.append(f"{label}: {', '.join(values)}")
        return "; ".join(said) + "."

    def _said(self, value: float | None) -> str:
        return HIDDEN if value is None else f"{value:g}{self.unit}"

    @property
    def key(self) -> str:
        """Of the ids inside the drawing: two charts of one page must not share them."""
        return hashlib.sha256(repr((self.title, self.labels, self.series)).encode()).hexdigest()[:8]

    def svg(self) -> SafeString:
        drawn = _Drawing(self)
        return mark_safe(drawn.text())  # noqa: S308 - ElementTree escapes each word


class _Drawing:
    """Turns a chart into elements. All lengths in units of a drawing 400 wide."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.id = f"chart-{chart.key}"
        legend = LEGEND_ROW * len(chart.series) + 8 if chart.kind is Kind.STACKED else 0
        height = 210.0 if chart.kind is Kind.LINE else legend + ROW * len(chart.labels)
        self.root = ET.Element(
            "svg",
            {
                "class": f"m-chart m-chart--{chart.kind.value}",
                "viewBox": f"0 0 {WIDTH:g} {height:g}",
                "role": "img",
                "aria-labelledby": f"{self.id}-title {self.id}-words",
            },
        )
        self.add("title", chart.title, id=f"{self.id}-title")
        self.add("desc", chart.description, id=f"{self.id}-words")
        if chart.kind is Kind.LINE:
            self.line(height)
        else:
            if chart.kind is Kind.STACKED:
                self.patterns()
                self.legend()
            self.bars(legend)

    def text(self) -> str:
        return ET.tostring(self.root, encoding="unicode")

    def add(self, tag: str, words: str = "", parent: ET.Element | None = None, /, **attributes: object) -> ET.Element:
        given = {
            name.replace("_", "-").removesuffix("-"): f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in attributes.items()
        }
        made = ET.SubElement(self.root if parent is None else parent, tag, given)
        made.text = words or None
        return made

    def patterns(self) -> None:
        """Plain, stripes one way, stripes the other way, dots, crossed: told apart without colour."""
        shapes = ((), ("M0 8L8 0",), ("M0 0L8 8",), ("M3 4h2",), ("M0 8L8 0", "M0 0L8 8"))
        defs = self.add("defs")
        for number in range(len(self.chart.series)):
            pattern = self.add(
                "pattern", "", defs, id=f"{self.id}-{number}", width=8, height=8, patternUnits="userSpaceOnUse"
            )
            self.add("rect", "", pattern, class_=f"m-chart__fill m-chart__fill--{number}", width=8, height=8)
            for path in shapes[number]:
                self.add("path", "", pattern, class_="m-chart__mark", d=path)

    def fill(self, number: int) -> dict[str, object]:
        if self.chart.kind is Kind.STACKED:
            return {"fill": f"url(#{self.id}-{number})", "class_": "m-chart__bar"}
        return {"class_": "m-chart__bar m-chart__fill--0"}

    def legend(self) -> None:
        for number, series in enumerate(self.chart.series):
            y = LEGEND_ROW * number
            self.add("rect", x=0, y=y + 2.0, width=16, height=14, **self.fill(number))
            self.add("text", series.name, x=24, y=y + 14.0, class_="m-chart__label")

    def bars(self, top: float) -> None:
        chart = self.chart
        totals = [sum(series.values[i] or 0 for series in chart.series) for i in range(len(chart.labels))]
        most = max(totals, default=0) or 1
        for i, label in enumerate(chart.labels):
            y = top + ROW * i
            self.add("text", label, x=0, y=y + 14.0, class_="m-chart__label")
            x = 0.0
            for number, series in enumerate(chart.series):
                width = round((series.values[i] or 0) / most * (WIDTH - NUMBER), 2)
                if width:
                    self.add("rect", x=x, y=y + 20.0, width=width, height=BAR, **self.fill(number))
                x += width
            unknown = all(series.values[i] is None for series in chart.series)
            said = HIDDEN if unknown else f"{totals[i]:g}{chart.unit}"
            self.add("text", said, x=x + 6, y=y + 33.0, class_="m-chart__number")

    def line(self, height: float) -> None:
        values = self.chart.series[0].values
        left, right, top, bottom = 8.0, WIDTH - 8, 26.0, height - 26
        step = (right - left) / max(len(values) - 1, 1)
        most = max((value for value in values if value is not None), default=0) or 1
        self.add("path", d=f"M{left:g} {bottom:g}H{right:g}", class_="m-chart__axis")
        points = [
            (left + step * i, bottom - (bottom - top) * value / most, value)
            for i, value in enumerate(values)
            if value is not None
        ]
        if len(points) > 1:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y, _ in points)
            self.add("path", d=path, class_="m-chart__line")
        every = max(1, -(-len(points) // 8))  # eight numbers fit beside each other
        for i, (x, y, value) in enumerate(points):
            self.add("circle", cx=x, cy=y, r=4, class_="m-chart__point")
            if i % every == 0:
                self.add("text", self.chart._said(value), x=x, y=y - 9, text_anchor=_side(x), class_="m-chart__number")
        for i, label in enumerate(self.chart.labels):
            if i % every == 0:
                x = left + step * i
                self.add("text", label, x=x, y=height - 6, text_anchor=_side(x), class_="m-chart__label")


def _side(x: float) -> str:
    """Words at the edges stay inside the drawing."""
    return "start" if x < WIDTH / 5 else "end" if x > WIDTH * 4 / 5 else "middle"
