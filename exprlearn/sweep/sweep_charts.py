"""The drawings of a sweep: every trial as a line over its settings, and as a line over its epochs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exprlearn.report.charts import SHARES, Chart, Share, count_axis, share_axis, shares_chart, style_chart
from exprlearn.sweep.importance import Importance, scores_of
from exprlearn.sweep.section import ChoiceList, Parameter, Range, SweepSection, describe_value
from exprlearn.sweep.trial import End

# In pixels: as wide as the page.
WIDTH, HEIGHT, CURVES = 860, 300, 240
#: Labels on an axis of values that were chosen from, at most.
MOST_LABELS: Final = 12
EXACT: Final = "exact match"
#: The palest shades of the page are hardly seen as lines.
SHADES: Final = tuple(f"var(--heat-{shade})" for shade in range(2, 10))


@dataclass(frozen=True)
class ParallelAxis:
    """An upright axis: where each value lies on it, from 0 at the bottom to 1, and what is written beside it."""

    key: str
    parameter: Parameter

    def height(self, value: Any) -> float:
        """Return the height of a value."""
        if isinstance(self.parameter, ChoiceList):
            # Distinct values lie evenly: three at 0, 0.5 and 1, one in the middle.
            texts = list(dict.fromkeys(map(describe_value, self.parameter.values)))
            return texts.index(describe_value(value)) / (len(texts) - 1) if len(texts) > 1 else 0.5
        low, high = self.parameter.low, self.parameter.high
        if self.parameter.log:
            return math.log(float(value) / low) / math.log(high / low)
        return (float(value) - low) / (high - low)

    @property
    def labels(self) -> Iterator[tuple[float, str]]:
        """Yield heights with what is written there."""
        if isinstance(self.parameter, Range):
            yield 0.0, f"{self.parameter.low:g}"
            yield 1.0, f"{self.parameter.high:g}"
            return
        texts = list(dict.fromkeys(describe_value(value) for value in self.parameter.values))
        for text in texts if len(texts) <= MOST_LABELS else (texts[0], texts[-1]):
            yield self.height(text), text


def coordinates_chart(section: SweepSection, ends: Sequence[End]) -> Chart:
    """Draw parallel coordinates: an upright axis for each setting, exact match at the right, a line for each trial."""
    import altair as alt

    axes = [ParallelAxis(key, parameter) for key, parameter in section.parameters.items()]
    scores = scores_of(section, ends)
    order = [*(axis.key for axis in axes), EXACT]
    evaluated = sorted((end for end in ends if end.trial.name in scores), key=lambda end: scores[end.trial.name])
    lines = [row for end in evaluated for row in _line(axes, end, scores[end.trial.name])]
    labels = [{"axis": axis.key, "y": y, "text": text} for axis in axes for y, text in axis.labels]
    labels += [{"axis": EXACT, "y": share, "text": f"{share:.0%}"} for share in SHARES]
    names = alt.Axis(orient="top", labelAngle=0, labelLimit=0, labelPadding=14, domain=False, ticks=False, grid=True)
    x = alt.X("axis:N", sort=order, title=None, scale=alt.Scale(type="point", padding=0.35), axis=names)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, 1]))
    drawn = (
        alt.Chart(alt.InlineData(values=lines))
        .mark_line(strokeWidth=1.8, opacity=0.85)
        .encode(x=x, y=y, detail="trial:N", color=_shades(scores))
    )
    # Written twice, so that the halo of a label hides lines and never letters.
    texts = [
        alt.Chart(alt.InlineData(values=labels))
        .mark_text(align="left", dx=7, fontSize=11, fill="currentColor", **halo)
        .encode(x=x, y=y, text="text:N")
        for halo in ({"stroke": "var(--paper)", "strokeWidth": 4}, {})
    ]
    return style_chart(alt.layer(drawn, *texts).properties(width=WIDTH, height=HEIGHT))


def curves_chart(section: SweepSection, ends: Sequence[End]) -> Chart:
    """Draw exact match over the epochs, a line for each trial; one that was stopped ends early."""
    import altair as alt

    scores = scores_of(section, ends)
    evaluated = sorted((end for end in ends if end.result), key=lambda end: scores[end.trial.name])
    rows = [
        {"trial": end.trial.name, "epoch": epoch, "y": value, "exact": scores[end.trial.name]}
        for end in evaluated
        for epoch, value in enumerate(end.curve, start=1)
    ]
    last = max((end.epochs for end in evaluated), default=1)
    chart = (
        alt.Chart(alt.InlineData(values=rows), width=WIDTH, height=CURVES)
        .mark_line(strokeWidth=1.8, opacity=0.85, point=alt.OverlayMarkDef(size=14) if last <= MOST_LABELS else False)
        .encode(
            x=alt.X("epoch:Q", axis=count_axis(grid=False), scale=alt.Scale(domain=[1, max(last, 2)], nice=False)),
            y=alt.Y("y:Q", title=EXACT, **share_axis()),
            detail="trial:N",
            color=_shades(scores),
        )
    )
    return style_chart(chart)


def importance_chart(found: Sequence[Importance]) -> Chart:
    """Draw how much each setting explains."""
    return shares_chart([Share(each.key, each.share) for each in found], title="share explained")


def _line(axes: Sequence[ParallelAxis], end: End, score: float) -> Iterator[Mapping[str, Any]]:
    settings = end.trial.settings
    for axis in axes:
        yield {"trial": end.trial.name, "axis": axis.key, "y": axis.height(settings[axis.key]), "exact": score}
    yield {"trial": end.trial.name, "axis": EXACT, "y": score, "exact": score}


def _shades(scores: Mapping[str, float]) -> Any:
    """Colour lines by exact match: the more exact, the darker; the axis beside them has the numbers."""
    import altair as alt

    scale = alt.Scale(type="quantize", domain=[0, max(scores.values(), default=0.0) or 1.0], range=list(SHADES))
    return alt.Color("exact:Q", legend=None, scale=scale)
