"""Exact match by the digits of the numbers: one run's with its intervals, several runs' with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from exprlearn.intervals import Interval, percent
from exprlearn.report.charts import HEIGHT, WIDTH, Chart, count_axis, line_colours, line_legend, share_axis, style_chart
from exprlearn.runs.schema import CubeCell, KeptCube
from exprlearn.scoring.cube import Mark

SHORT = {"in": "", "partly": ", partly beyond", "out": ", beyond"}
#: Rows of the table.
MOST_ROWS = 60


@dataclass(frozen=True)
class LengthRow:
    """How right numbers of so many digits are.

    Attributes:
        exact: of one run its exact match with the 95 % interval, of several their mean between the least and the most;
            None where the length could not be asked.
        reason: why it could not be asked.
    """

    digits: int
    operators: str
    mark: Mark
    exact: Interval | None
    reason: str = ""

    @property
    def label(self) -> str:
        """Name the row in a table.

        >>> LengthRow(7, "+", "out", None).label
        '7 digits, +, beyond'
        """
        return f"{self.digits} digit{'' if self.digits == 1 else 's'}, {self.operators}{SHORT[self.mark]}"

    @property
    def ends(self) -> str:
        """Write the ends of the band in percent; blank where there is none.

        >>> LengthRow(7, "+", "out", Interval(0.5, 0.25, 1.0, 20)).ends
        '25.0 – 100.0'
        """
        if self.exact is None:
            return ""
        return " – ".join(percent(end).removesuffix(" %") for end in (self.exact.low, self.exact.high))


def length_rows(asked: Sequence[KeptCube]) -> list[LengthRow]:
    """Put together what `--lengths` asked of one run or of several; what one of them was not asked is left out."""
    places = [{(cell.digits, cell.operators): cell for cell in kept.cells} for kept in asked]
    shared = [[cells[place] for cells in places] for place in places[0] if all(place in cells for cells in places)]
    return [_row(cells) for cells in shared]


def lengths_chart(rows: Sequence[LengthRow]) -> Chart | None:
    """Draw exact match over digits, a line with a band for each set of operators; lengths of the training are shaded.

    None where no length could be asked.
    """
    import altair as alt

    points = [
        {"digits": row.digits, "operators": row.operators, "value": exact.value, "low": exact.low, "high": exact.high}
        for row in rows
        if (exact := row.exact) is not None
    ]
    if not points:
        return None
    names = list(dict.fromkeys(row.operators for row in rows))
    trained = [row.digits for row in rows if row.mark != "out"]
    data = alt.Data(values=points)
    base = alt.Chart(data, width=WIDTH, height=HEIGHT).encode(
        x=alt.X("digits:Q", title="digits of every number", axis=count_axis(tickCount=5), scale=alt.Scale(nice=False)),
        color=alt.Color("operators:N", legend=line_legend(names), sort=names,
                        scale=alt.Scale(domain=names, range=line_colours(names))),
    )  # fmt: skip
    share = {"title": "exact match", **share_axis()}
    band = base.mark_area(opacity=0.25).encode(y=alt.Y("low:Q", **share), y2=alt.Y2("high:Q"))
    line = base.mark_line(strokeWidth=2, point=len(points) <= len(names)).encode(y=alt.Y("value:Q", **share))
    layers = [band, line]
    if trained:
        ends = alt.Data(values=[{"first": min(trained), "last": max(trained)}])
        shade = alt.Chart(ends).mark_rect(color="var(--rule)", opacity=0.5)
        layers.insert(0, shade.encode(x=alt.X("first:Q"), x2=alt.X2("last:Q")))
    return style_chart(alt.layer(*layers))


def _row(cells: Sequence[CubeCell]) -> LengthRow:
    first = cells[0]
    found = [cell.exact_match for cell in cells if cell.exact_match is not None]
    exact = found[0] if len(found) == len(cells) else None
    if exact is not None and len(found) > 1:
        values = [each.value for each in found]
        exact = Interval(fmean(values), min(values), max(values), min(each.count for each in found))
    reason = next((cell.reason for cell in cells if cell.exact_match is None), "")
    return LengthRow(first.digits, first.operators, first.distribution, exact, reason)
