"""Heat maps: shares as squares, in ten shades that follow the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from exprlearn.report.charts import CHARACTER, WIDTH, Chart, styled
from exprlearn.report.maps import ErrorMap
from exprlearn.scoring import percent

SHADES = 10
# In pixels: the sides of a square, what the labels of the rows and the margins take of the width, and the height.
SMALLEST, LARGEST, MARGIN = 12, 60, 96
TALL = 250
CROWDED = 12


@dataclass(frozen=True)
class Square:
    """A square of a heat map: its place, its share from 0 to 1, a note on it, and whether it has an outline."""

    column: str
    row: str
    share: float
    note: str
    outlined: bool = False


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
    """Draw squares in a grid; what has no square is left blank.

    Args:
        squares: in any order.
        columns: from left to right.
        rows: from the top.
        across: title of the columns.
        down: title of the rows.
        measure: what the shades mean.
        palette: the page's colours `--heat-0` to `--heat-9`, or another name's.
    """
    import altair as alt

    side = _side(WIDTH - MARGIN, len(columns))
    wide = side * len(columns)
    high = _side(TALL, len(rows)) * len(rows)
    shades = [f"var(--{palette}-{shade})" for shade in range(SHADES)]
    legend = alt.Legend(title=measure, orient="top", format=".0%", gradientLength=WIDTH - MARGIN, titleLimit=0)
    chart = styled(
        alt.Chart(alt.Data(values=[asdict(square) for square in squares]), width=wide, height=high)
        .mark_rect()
        .encode(
            x=alt.X("column:N", title=across, sort=list(columns), scale=_places(columns), axis=_axis(columns, side)),
            y=alt.Y("row:N", title=down, sort=list(rows), scale=_places(rows), axis=_axis(rows)),
            color=alt.Color(
                "share:Q", legend=legend, scale=alt.Scale(type="quantize", domain=[0, 1], range=shades)
            ),
            stroke=alt.condition("datum.outlined", alt.value("currentColor"), alt.value("var(--paper)")),
            strokeWidth=alt.condition("datum.outlined", alt.value(2), alt.value(1)),
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


def map_chart(shown: ErrorMap) -> Chart:
    """Draw an error map: wrong answers in one colour, right ones in another."""
    squares = [
        Square(cell.column, cell.row, cell.share, f"{cell.right} of {cell.count} right ({percent(cell.share)})")
        for cell in shown.cells.values()
    ]
    return heat_chart(
        squares, shown.columns, shown.rows, across=shown.across, down=shown.down, measure="exact match", palette="map"
    )


def _side(room: int, count: int) -> int:
    return max(SMALLEST, min(LARGEST, room // max(1, count)))


def _places(labels: Sequence[str]) -> object:
    import altair as alt

    return alt.Scale(domain=list(labels))


def _axis(labels: Sequence[str], side: int | None = None) -> object:
    """Label every place, or every second one where they are many; upright where columns are too narrow for them."""
    import altair as alt

    shown = list(labels) if len(labels) <= CROWDED else list(labels)[::2]
    is_upright = side is not None and CHARACTER * max(map(len, labels), default=0) > side
    return alt.Axis(values=shown, labelAngle=-90 if is_upright else 0, ticks=False, domain=False, labelPadding=4)
