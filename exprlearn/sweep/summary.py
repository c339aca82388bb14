"""What a sweep has shown: its trials in order, the test of the best one, and the best two side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from exprlearn.errors import DataError, RunError
from exprlearn.report.wording import run_reference
from exprlearn.runs.record import read_record
from exprlearn.scoring import percent, span
from exprlearn.scoring.comparison import Comparison, RunAnswers, compare, gather_answers
from exprlearn.sweep.importance import importances
from exprlearn.sweep.section import SweepSection, describe_settings, describe_value
from exprlearn.sweep.sweeping import SweepOutcome
from exprlearn.sweep.trial import End


def columns(section: SweepSection) -> tuple[str, ...]:
    """Name the columns of the table of trials."""
    return ("trial", "exact", "95 %", "epochs", "state", *section.parameters)


def row(section: SweepSection, end: End) -> tuple[str, ...]:
    """Write a trial as a row of the table: what it was, how it ended, exact match on the validation split."""
    settings = (describe_value(end.trial.settings[key]) for key in section.parameters)
    exact = (percent(end.exact_match.value), span(end.exact_match)) if end.result else ("", "")
    return (end.trial.name, *exact, str(end.epochs) if end.result else "", end.state, *settings)


def chosen(outcome: SweepOutcome) -> str:
    """Say in a sentence or two which trial is the best, and how well it does on what it was not chosen by."""
    if not outcome.done:
        return "No trial went to its end."
    best, count = outcome.done[0], len(outcome.ends) - len(outcome.failed)
    assert best.result is not None
    test = f"{percent(best.result.test.value)} of the test exactly (95 %: {span(best.result.test)} %)"
    said = f"{best.trial.name} ({describe_settings(best.trial.settings)}) answers {test}."
    choice = f"It was chosen of {count} by the validation split, on which the best of many looks better than it is"
    return said if count == 1 else f"{said} {choice}; the test had no part in that."


def comparison(outcome: SweepOutcome) -> Comparison | str:
    """Compare the best two trials on their test; where that cannot be, say why."""
    if len(outcome.done) < 2:
        return "there are no two trials to compare"
    try:
        return compare([[_judged(outcome, end)] for end in outcome.done[:2]])[0]
    except (DataError, RunError) as error:
        return str(error)


def compare_command(outcome: SweepOutcome) -> str:
    """Write the command that compares the best two trials; empty where there are none."""
    runs = [run_reference(outcome.run(end)) for end in outcome.done[:2]]
    return f"exprlearn compare {' '.join(runs)}" if len(runs) == 2 else ""


def failures(outcome: SweepOutcome) -> Iterator[str]:
    """Name the trials that failed, a line each."""
    for end in outcome.failed:
        if end.failure is not None:
            yield f"{end.trial.name} ({describe_settings(end.trial.settings)}): {end.failure.said}"


def document(section: SweepSection, outcome: SweepOutcome) -> dict[str, Any]:
    """Write everything as plain values, for JSON."""
    compared = comparison(outcome)
    best = outcome.done[0] if outcome.done else None
    return {
        "sweep": str(outcome.folder),
        "search": section.search,
        "trials": [_trial_document(outcome, end) for end in outcome.ends],
        "best": best and {"trial": best.trial.name, "test": best.result and asdict(best.result.test)},
        "comparison": None if isinstance(compared, str) else compared.document(),
        "importance": [asdict(each) for each in importances(section, outcome.ends)],
    }


def _trial_document(outcome: SweepOutcome, end: End) -> dict[str, Any]:
    found: dict[str, Any] = {"trial": end.trial.name, "settings": dict(end.trial.settings), "state": end.state}
    if end.result is not None:
        exact, run = asdict(end.exact_match), str(outcome.run(end))
        found |= {"exact_match": exact, "epochs": end.epochs, "stopped_by": end.result.stopped_by, "run": run}
    if end.failure is not None:
        found["error"] = end.failure.said
    return found


def _judged(outcome: SweepOutcome, end: End) -> RunAnswers:
    """Read what a trial answered to its test."""
    rows = read_record(outcome.run(end)).predictions
    return gather_answers(end.trial.name, [(row.expression, row.answer, row.truth) for row in rows])
