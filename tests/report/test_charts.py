from __future__ import annotations

import math
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from exprlearn.report.charts import Chart, Point, Share, Square, heat_chart, lines_chart, shares_chart
from exprlearn.report.svg import draw


def svg(chart: Chart) -> str:
    assert draw([chart]) == ""
    return chart.svg


def test_a_chart_is_one_svg_element_that_fetches_nothing_and_runs_nothing() -> None:
    drawn = svg(lines_chart([Point("loss", x, 1 / x) for x in range(1, 9)], x="epoch", y="loss", shares=False))
    assert ElementTree.fromstring(drawn).tag == "svg"
    assert not any(word in drawn for word in ("http", "<script", "<image", "@import", "@font-face", "<a "))


@pytest.mark.parametrize(
    "chart",
    [
        lambda: lines_chart([Point("loss", x, 1 / (x + 1)) for x in range(3)], x="epoch", y="loss", shares=False),
        lambda: lines_chart([Point(line, 1, 0.5) for line in "ab"], x="epoch", y="right", shares=True),
        lambda: shares_chart([Share("blank", 0.5, 0.4, 0.6), Share("most common answer", 0.1)]),
        lambda: heat_chart([Square("1", "2", 0.5, "9", True)], "1", "2", across="a", down="b", measure="exact"),
    ],
    ids=["one line", "two lines", "shares", "squares"],
)
def test_a_chart_is_what_the_schema_of_vega_lite_allows(chart: Callable[[], Chart]) -> None:
    import altair as alt
    from jsonschema import ValidationError

    spec = chart().spec
    assert alt.Chart.from_dict(spec, validate=True).to_dict()["config"] == spec["config"]
    with pytest.raises(ValidationError, match="is not one of"):
        alt.Chart.from_dict({**spec, "autosize": 3}, validate=True)


def test_a_chart_is_narrow_enough_for_a_phone() -> None:
    for drawn in (
        svg(lines_chart([Point("loss", x, 12345.6) for x in range(3)], x="epoch", y="loss", shares=False)),
        svg(shares_chart([Share("most common answer", 0.5, 0.4, 0.6), Share("blank", 0.0)])),
    ):
        assert float(ElementTree.fromstring(drawn).attrib["width"]) <= 342


def test_every_colour_follows_the_page() -> None:
    points = [Point(line, x, x / 9) for line in ("exact match", "digits") for x in range(9)]
    root = ElementTree.fromstring(svg(lines_chart(points, x="epoch", y="right", shares=True)))
    painted = [
        element.attrib[paint]
        for element in root.iter()
        for paint in ("fill", "stroke")
        if element.attrib.get(paint, "none") not in ("none", "transparent")
    ]
    assert {colour for colour in painted if not colour.startswith("var(")} == {"currentColor"}
    assert {"var(--line-1)", "var(--line-2)"} <= set(painted)


def test_a_loss_that_is_no_number_is_left_out() -> None:
    points = [Point("loss", x, y) for x, y in enumerate([2.0, math.nan, math.inf, None, 1.0])]
    drawn = svg(lines_chart(points, x="epoch", y="loss", shares=False))
    assert "NaN" not in drawn
    assert "Infinity" not in drawn


def test_hostile_labels_are_text() -> None:
    drawn = svg(shares_chart([Share("</svg><script>alert(1)</script>", 0.5, 0.4, 0.6)]))
    assert "<script" not in drawn
    assert any("<script>" in (element.text or "") for element in ElementTree.fromstring(drawn).iter())


def test_the_rows_keep_their_order() -> None:
    root = ElementTree.fromstring(svg(shares_chart([Share(label, 0.5) for label in ("zebra", "10", "9", "ant")])))
    texts = [element.text for element in root.iter("text")]
    assert [text for text in texts if text in ("zebra", "10", "9", "ant")] == ["zebra", "10", "9", "ant"]
