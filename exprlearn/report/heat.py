"""Heat maps: shares as squares, in ten shades that follow the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from exprlearn.report.charts import WIDTH, Chart, styled
from exprlearn.report.maps import ErrorMap
from exprlearn.scoring import percent

SHADES = 10
# In pixels: the sides of a square, what the labels of the rows and the margins take of the width, and the height.
SMALLEST, LARGEST, MARGIN = 12, 60, 96
TALL = 250
CROWDED = 12


@dataclass(frozen=True)
class Square:
    """A square of a heat map: its place, its share from 0 to 1, and a note on it."""

    column: str
    row: str
    share: float
    note: str


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

    wide = _side(WIDTH - MARGIN, len(columns)) * len(columns)
    high = _side(TALL, len(rows)) * len(rows)
    shades = [f"var(--{palette}-{shade})" for shade in range(SHADES)]
    legend = alt.Legend(title=measure, orient="top", format=".0%", gradientLength=WIDTH - MARGIN, titleLimit=0)
    chart = styled(
        alt.Chart(alt.Data(values=[asdict(square) for square in squares]), width=wide, height=high)
        .mark_rect(stroke="var(--paper)", strokeWidth=1)
        .encode(
            x=alt.X("column:N", title=across, sort=list(columns), scale=_places(columns), axis=_axis(columns, -90)),
            y=alt.Y("row:N", title=down, sort=list(rows), scale=_places(rows), axis=_axis(rows, 0)),
            color=alt.Color(
                "share:Q", legend=legend, scale=alt.Scale(type="quantize", domain=[0, 1], range=shades)
            ),
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


def _axis(labels: Sequence[str], angle: int) -> object:
    """Label every place, or every second one where they are many."""
    import altair as alt

    shown = list(labels) if len(labels) <= CROWDED else list(labels)[::2]
    flat = max((len(label) for label in labels), default=0) <= 1
    return alt.Axis(values=shown, labelAngle=0 if flat else angle, ticks=False, domain=False, labelPadding=4)
