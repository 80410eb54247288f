"""Charts are readable without colour, without sight and without script."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.reports.charts import HIDDEN, WIDTH, Chart, Kind, Series

LABELS = ("North <School>", "South & Co")
STACKED = Chart("Shares", LABELS, [Series("Matched", (3, 1)), Series("Waiting", (2, None))], kind=Kind.STACKED)


def drawn(chart: Chart) -> ET.Element:
    return ET.fromstring(chart.svg())  # noqa: S314 - our own drawing


@pytest.mark.parametrize("kind", [Kind.BARS, Kind.LINE])
def test_chart__any_kind__has_title_description_and_no_style(kind: Kind) -> None:
    svg = drawn(Chart("Pairs per week", LABELS, [Series("Pairs", (3, 5))], kind=kind))
    assert svg.attrib["role"] == "img"
    named = {found.attrib["id"]: found.text for found in svg if found.tag in ("title", "desc")}
    assert [named[key] for key in svg.attrib["aria-labelledby"].split()] == [
        "Pairs per week",
        "North <School>: 3; South & Co: 5.",
    ]
    assert not [found for found in svg.iter() if "style" in found.attrib or found.tag in ("style", "script")]


def test_stacked__each_series__has_a_pattern_of_its_own_and_a_legend() -> None:
    svg = drawn(STACKED)
    patterns = svg.findall(".//pattern")
    marks = [[path.attrib["d"] for path in pattern.findall("path")] for pattern in patterns]
    assert len(marks) == 2 and marks[0] != marks[1]
    fills = {f"url(#{pattern.attrib['id']})" for pattern in patterns}
    assert {rect.attrib["fill"] for rect in svg.findall("rect")} == fills
    words = [text.text for text in svg.findall("text")]
    assert words[:2] == ["Matched", "Waiting"]


def test_stacked__bars__are_in_proportion() -> None:
    legend = 2
    widths = [float(rect.attrib["width"]) for rect in drawn(STACKED).findall("rect")[legend:]]
    assert [round(width / widths[2], 2) for width in widths] == [3, 2, 1]


def test_table__value_not_shown__says_so() -> None:
    assert STACKED.rows() == [("North <School>", ["3", "2"]), ("South & Co", ["1", HIDDEN])]
    hidden = Chart("A", ["x", "y"], [Series("n", (None, 8))], unit=" %")
    assert HIDDEN in [text.text for text in drawn(hidden).findall("text")]
    assert "8 %" in [text.text for text in drawn(hidden).findall("text")]


def test_two_charts__on_one_page__share_no_id() -> None:
    other = Chart("Shares", LABELS, [Series("Matched", (3, 2)), Series("Waiting", (2, 1))], kind=Kind.STACKED)
    ids = [{found.attrib["id"] for found in drawn(chart).iter() if "id" in found.attrib} for chart in (STACKED, other)]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("series", "kind"),
    [
        ([Series("n", (1,))], Kind.BARS),
        ([Series("n", (1, -2))], Kind.BARS),
        ([Series("n", (1, float("nan")))], Kind.LINE),
        ([Series("n", (1, float("inf")))], Kind.LINE),
        ([Series("n", (1, 2)), Series("m", (1, 2))], Kind.LINE),
        ([Series(str(n), (1, 2)) for n in range(6)], Kind.STACKED),
    ],
)
def test_chart__what_cannot_be_drawn__is_refused(series: list[Series], kind: Kind) -> None:
    with pytest.raises(ValueError, match=r"values|drawn|several|told apart"):
        Chart("A", LABELS, series, kind=kind)


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=30),
    st.sampled_from([Kind.BARS, Kind.LINE, Kind.STACKED]),
)
def test_chart__any_numbers__stay_inside_the_drawing(values: list[float | None], kind: Kind) -> None:
    chart = Chart("A", [f"Label {n}" for n in range(len(values))], [Series("n", tuple(values))], kind=kind)
    svg = drawn(chart)
    height = float(svg.attrib["viewBox"].split()[3])
    for rect in svg.findall("rect"):
        assert float(rect.attrib["x"]) + float(rect.attrib["width"]) <= WIDTH
        assert float(rect.attrib["y"]) + float(rect.attrib["height"]) <= height
    for circle in svg.findall("circle"):
        assert 0 <= float(circle.attrib["cx"]) <= WIDTH and 0 <= float(circle.attrib["cy"]) <= height
