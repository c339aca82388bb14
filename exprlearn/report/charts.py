"""Charts in the page's own colours, each as a Vega-Lite specification."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import Any

# All in pixels. A chart of this width fits a narrow phone unscaled, so its text stays readable there.
WIDTH, HEIGHT, STEP = 340, 190, 22
# Vega measures text in another font than the browser draws; this is a generous width of one character.
CHARACTER, PADDING = 7.5, 8
SHARES = [0, 0.25, 0.5, 0.75, 1]
# Of a heat map: its shades, the sides of a square, what labels and margins take of the width, the height, and how many
# labels stand side by side.
SHADES, SMALLEST, LARGEST, MARGIN, TALL, CROWDED = 10, 12, 60, 96, 250, 12
# The colours of lines, in their order.
LINES = ("line-1", "line-2", "right", "quiet")
#: The name of a chart's rows, under which a page that watches a training adds further ones.
ROWS = "rows"


@dataclass(frozen=True)
class Point:
    """One point of a line."""

    line: str
    x: float
    y: float | None


@dataclass(frozen=True)
class Share:
    """One row of a chart of shares, with its interval where there is one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Square:
    """A square of a heat map: where it lies, its share from 0 to 1, a note on it, and whether it has an outline."""

    column: str
    row: str
    share: float
    note: str
    outlined: bool = False


@dataclass
class Chart:
    """A drawing: its Vega-Lite specification, and the SVG element that `exprlearn.report.svg.draw` makes of it."""

    spec: dict[str, Any]
    svg: str = field(default="", compare=False)


def lines_chart(points: Sequence[Point], *, x: str, y: str, shares: bool, names: Sequence[str] = ()) -> Chart:
    """Draw lines over a count; points without a finite height are left out.

    Args:
        points: of all lines, in the order of their legend.
        x: title of the horizontal axis.
        y: title of the vertical axis.
        shares: heights run from 0 to 1 and read as percent.
        names: of the lines, where points may be added later; else those of the points.
    """
    import altair as alt

    rows = lines_rows(points)
    names = list(names) or list(dict.fromkeys(point.line for point in points))
    legend = line_legend(names)
    height = share_axis() if shares else {"axis": alt.Axis(format="~g", tickCount=5), "scale": alt.Scale()}
    base = alt.Chart(alt.InlineData(values=rows, name=ROWS), width=WIDTH, height=HEIGHT).encode(
        x=alt.X("x:Q", title=x, axis=count_axis(tickCount=5), scale=alt.Scale(nice=False)),
        y=alt.Y("y:Q", title=y, **height),
        color=alt.Color("line:N", legend=legend, sort=names, scale=alt.Scale(domain=names, range=line_colours(names))),
        # Lines differ in their dashes too, for those who cannot tell the colours apart.
        strokeDash=alt.StrokeDash(
            "line:N", legend=legend, scale=alt.Scale(domain=names, range=[[1, 0], [5, 3]][: len(names)])
        ),
    )
    # A line through one point is nothing to see.
    return style_chart(base.mark_line(strokeWidth=2, point=len(rows) <= len(names)))


def line_colours(names: Sequence[str]) -> list[str]:
    """Choose the page's colour of each line."""
    return [f"var(--{name})" for name, _ in zip(cycle(LINES), names, strict=False)]


def line_legend(names: Sequence[str]) -> Any:
    """Make the legend of lines; None where one line needs no name."""
    import altair as alt

    made = alt.Legend(title=None, orient="top", symbolType="stroke", symbolOpacity=1, columnPadding=28)
    return made if len(names) > 1 else None


def count_axis(**further: Any) -> Any:
    """Make an axis of counts, between two of which there is none."""
    import altair as alt

    return alt.Axis(format="~s", tickMinStep=1, labelExpr="datum.value % 1 ? '' : datum.label", **further)


def share_axis(**further: Any) -> dict[str, Any]:
    """Make axis and scale of shares, from 0 % to 100 %."""
    import altair as alt

    return {"axis": alt.Axis(format=".0%", values=SHARES, **further), "scale": alt.Scale(domain=[0, 1])}


def lines_rows(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Write points as a chart of lines reads them; those without a finite height are left out."""
    return [{"line": p.line, "x": p.x, "y": p.y} for p in points if p.y is not None and math.isfinite(p.y)]


def shares_chart(shares: Sequence[Share], title: str = "exact match") -> Chart:
    """Draw shares as points with their 95 % intervals, one row each in the given order."""
    import altair as alt

    widest = CHARACTER * max((len(share.label) for share in shares), default=0) + PADDING
    labels = alt.Axis(ticks=False, domain=False, labelPadding=PADDING, minExtent=widest, labelLimit=0)
    rows = [{"label": s.label, "value": s.value, "low": s.low, "high": s.high} for s in shares]
    base = alt.Chart(alt.Data(values=rows), width=WIDTH, height=STEP * max(1, len(rows))).encode(
        y=alt.Y("label:N", title=None, sort=None, axis=labels),
    )
    bars = base.transform_filter("datum.low != null").mark_rule(strokeWidth=2, color="var(--line-1)", opacity=0.6)
    points = base.mark_point(filled=True, size=55, color="var(--line-1)", opacity=1)
    return style_chart(
        bars.encode(x=alt.X("low:Q", title=title), x2=alt.X2("high:Q"))
        + points.encode(x=alt.X("value:Q", title=title, **share_axis(labelFlush=False)))
    )


def heat_chart(
    squares: Sequence[Square],
    columns: Sequence[str],
    rows: Sequence[str],
    *,
    across: str,
    down: str,
    measure: str,
    palette: str = "heat",
) -> Chart:
    """Draw squares in a grid of columns, titled `across`, and rows, titled `down`; what has no square is left blank.

    Shades are those of `measure` in the page's colours `--heat-0` to `--heat-9`, or of another palette than `heat`.
    """
    import altair as alt

    side = _side(WIDTH - MARGIN, len(columns))
    wide = side * len(columns)
    high = _side(TALL, len(rows)) * len(rows)
    shades = [f"var(--{palette}-{shade})" for shade in range(SHADES)]
    legend = alt.Legend(title=measure, orient="top", format=".0%", gradientLength=WIDTH - MARGIN, titleLimit=0)
    chart = style_chart(
        alt.Chart(alt.Data(values=[asdict(square) for square in squares]), width=wide, height=high)
        .mark_rect()
        .encode(
            x=alt.X("column:N", title=across, **_scale(columns), axis=_axis(columns, side)),
            y=alt.Y("row:N", title=down, **_scale(rows), axis=_axis(rows)),
            color=alt.Color(
                "share:Q", legend=legend, scale=alt.Scale(type="quantize", domain=[0, 1], range=shades)
            ),
            stroke=alt.StrokeValue("var(--paper)", condition={"test": "datum.outlined", "value": "currentColor"}),
            strokeWidth=alt.StrokeWidthValue(1, condition={"test": "datum.outlined", "value": 2}),
            tooltip=[
                alt.Tooltip("column:N", title=across),
                alt.Tooltip("row:N", title=down),
                alt.Tooltip("share:Q", title=measure, format=".1%"),
                alt.Tooltip("note:N", title="items"),
            ],
        )
    )  # fmt: skip
    # As wide as its squares: a map of few squares is no wide one.
    return Chart({**chart.spec, "autosize": "pad"})


def style_chart(chart: Any) -> Chart:
    """Give an Altair chart colours that follow the page, and no address of a schema."""
    import altair as alt

    spec: dict[str, Any] = (
        chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(background="transparent", font="sans-serif", padding={"left": 2, "right": 16, "top": 4, "bottom": 2})
        .configure_axis(
            labelColor="currentColor", titleColor="currentColor", titleFontWeight="normal", labelFontSize=12,
            titleFontSize=12, gridColor="var(--rule)", domainColor="var(--rule)", tickColor="var(--rule)",
        )
        .configure_legend(labelColor="currentColor", titleColor="currentColor", labelFontSize=12, titleFontSize=12,
                          titleFontWeight="normal")
        .configure_view(stroke=None)
        # The charts of this project are looked at in its tests; holding them against the schema takes longer than all.
        .to_dict(validate=False)
    )  # fmt: skip
    del spec["$schema"]
    return Chart(spec)


def _side(room: int, count: int) -> int:
    return max(SMALLEST, min(LARGEST, room // max(1, count)))


def _scale(labels: Sequence[str]) -> dict[str, Any]:
    import altair as alt

    return {"sort": list(labels), "scale": alt.Scale(domain=list(labels))}


def _axis(labels: Sequence[str], side: int | None = None) -> object:
    """Label each band, or every second one where they are many; upright where columns are too narrow for them."""
    import altair as alt

    shown = list(labels) if len(labels) <= CROWDED else list(labels)[::2]
    is_upright = side is not None and CHARACTER * max(map(len, labels), default=0) > side
    return alt.Axis(values=shown, labelAngle=-90 if is_upright else 0, ticks=False, domain=False, labelPadding=4)
