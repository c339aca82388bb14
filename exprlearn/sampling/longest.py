"""The length of the longest expression of a stratum, by the same choices that count it."""

from __future__ import annotations

from exprlearn.sampling.choices import Choice, State
from exprlearn.sampling.counting import Chart


def longest_text(chart: Chart, state: State) -> int:
    """Give the characters of the longest expression of a state that has any."""
    known: dict[State, int] = {}
    waiting = [state]
    while waiting:
        current = waiting[-1]
        choices = chart.choices(current).choices
        missing = [part for choice in choices for part in _parts(choice) if part not in known]
        if missing:
            waiting.extend(missing)
            continue
        waiting.pop()
        known[current] = max(_own(chart, choice) + sum(known[part] for part in _parts(choice)) for choice in choices)
    return known[state]


def _parts(choice: Choice) -> list[State]:
    return [part for part in (choice.first, choice.second) if part is not None]


def _own(chart: Chart, choice: Choice) -> int:
    specification = chart.specification
    return sum(
        len(specification.literals[token]) if token >= 0 else specification.languages[-1 - token].longest
        for token in choice.before + choice.between + choice.after
    )
