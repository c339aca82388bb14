"""The length of the longest expression of every size vector, by the same dynamic programme that counts them."""

from __future__ import annotations

from exprlearn.sampling.choices import Form
from exprlearn.sampling.counting import Chart, Table


def longest_texts(chart: Chart) -> Table:
    """Give the characters of the longest expression of the start rule, by packed size vector."""
    found: list[Table] = [{} for _ in chart.forms]
    places = {rule: place for place, rule in enumerate(chart.order)}
    states = [(chart.level(vector), places[rule], vector) for rule in places for vector in chart.counts[rule]]
    for _, place, vector in sorted(states):
        rule = chart.order[place]
        found[rule][vector] = max(_longest(chart, form, vector - form.vector, found) for form in chart.forms[rule])
    return found[chart.specification.start]


def _longest(chart: Chart, form: Form, rest: int, found: list[Table]) -> int:
    """The longest text of one alternative; below 0 when it has none of this size."""
    own = sum(_width(chart, token) for run in form.tokens for token in run)
    if not form.references:
        return -1 if rest else own
    first = found[form.references[0]]
    if len(form.references) == 1:
        return own + first[rest] if rest in first else -1
    second = found[form.references[1]]
    if len(second) < len(first):
        first, second = second, first
    pairs = [width + second[rest - share] for share, width in first.items() if rest - share in second]
    return own + max(pairs) if pairs else -1


def _width(chart: Chart, token: int) -> int:
    specification = chart.specification
    return len(specification.literals[token]) if token >= 0 else specification.languages[-1 - token].longest
