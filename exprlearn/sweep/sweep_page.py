"""What a sweep has shown: in words, as a document, and as one HTML page that opens offline without any scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from exprlearn.errors import DataError, RunError
from exprlearn.files import write_whole
from exprlearn.report.page import origin_of, templates
from exprlearn.report.svg import draw
from exprlearn.report.wording import run_reference
from exprlearn.runs.record import read_record
from exprlearn.scoring import percent, span
from exprlearn.scoring.comparison import Comparison, RunAnswers, compare, gather_answers
from exprlearn.sweep.importance import ENOUGH, importances
from exprlearn.sweep.plan import SweepPlan
from exprlearn.sweep.section import ChoiceList, SweepSection, describe_settings, describe_value
from exprlearn.sweep.sweep_charts import coordinates_chart, curves_chart, importance_chart
from exprlearn.sweep.sweeping import SweepOutcome
from exprlearn.sweep.trial import End

NAME: Final = "report.html"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def columns(plan: SweepPlan) -> tuple[str, ...]:
    """Name the columns of the table of trials; what decides is one of them where it is not exact match."""
    decides = () if plan.monitor.is_exact_match else (plan.monitor.name,)
    return ("trial", *decides, "exact", "95 %", "epochs", "state", *plan.section.parameters)


def row(plan: SweepPlan, end: End) -> tuple[str, ...]:
    """Write a trial as a row of the table: what it was, how it ended, how it does on the validation split."""
    settings = (describe_value(end.trial.settings[key]) for key in plan.section.parameters)
    decides = () if plan.monitor.is_exact_match else (end.score,)
    exact = (percent(end.exact_match.value), span(end.exact_match)) if end.result else ("", "")
    return (end.trial.name, *decides, *exact, str(end.epochs) if end.result else "", end.state, *settings)


def describe_best(outcome: SweepOutcome) -> str:
    """Say in a sentence or two which trial is the best, and how well it does on what it was not chosen by."""
    if not outcome.done:
        return "No trial went to its end."
    best, count = outcome.done[0], len(outcome.ends) - len(outcome.failed)
    assert best.result is not None
    test = f"{percent(best.result.test.value)} of the test exactly (95 %: {span(best.result.test)} %)"
    sentence = f"{best.trial.name} ({describe_settings(best.trial.settings)}) answers {test}."
    monitor = best.result.monitor
    metric = "" if monitor.is_exact_match else f"{monitor.name} on "
    of_many = "on which the best of many looks better than it is"
    choice = f"It was chosen of {count} by {metric}the validation split, {of_many}"
    return sentence if count == 1 else f"{sentence} {choice}; the test had no part in that."


def compare_best(outcome: SweepOutcome) -> Comparison | str:
    """Compare the best two trials on their test; where that cannot be, say why."""
    if len(outcome.done) < 2:
        return "there are no two trials to compare"
    try:
        return compare([[_answers(outcome, end)] for end in outcome.done[:2]])[0]
    except (DataError, RunError) as error:
        return str(error)


def _answers(outcome: SweepOutcome, end: End) -> RunAnswers:
    """Read what a trial answered to its test."""
    rows = read_record(outcome.run(end)).predictions
    return gather_answers(end.trial.name, [(row.expression, row.answer, row.truth) for row in rows])


def compare_command(outcome: SweepOutcome) -> str:
    """Write the command that compares the best two trials; empty where there are none."""
    runs = [run_reference(outcome.run(end)) for end in outcome.done[:2]]
    return f"exprlearn compare {' '.join(runs)}" if len(runs) == 2 else ""


def describe_failures(outcome: SweepOutcome) -> Iterator[str]:
    """Name the trials that failed, a line each."""
    for end in outcome.failed:
        if end.failure is not None:
            yield f"{end.trial.name} ({describe_settings(end.trial.settings)}): {end.failure.said}"


def sweep_document(section: SweepSection, outcome: SweepOutcome) -> dict[str, Any]:
    """Write everything as plain values, for JSON."""
    compared = compare_best(outcome)
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
        found |= {} if end.result.monitor.is_exact_match else {"score": end.result.score(end.until)}
        found |= {"exact_match": exact, "epochs": end.epochs, "stopped_by": end.result.stopped_by, "run": run}
    if end.failure is not None:
        found["error"] = end.failure.said
    return found


def write_page(plan: SweepPlan, outcome: SweepOutcome, noted: Callable[[str], None] = lambda sentence: None) -> Path:
    """Write the page of a sweep into its folder and return its path; `noted` hears what it lacks.

    A DataError says that it cannot be written.
    """
    file = outcome.folder / NAME
    figures = _figures(plan.section, outcome)
    write_whole(file, _render(plan, outcome, figures), DataError)
    if figures["undrawn"]:
        noted(figures["undrawn"])
    return file


def _render(plan: SweepPlan, outcome: SweepOutcome, figures: Mapping[str, Any]) -> str:
    section, compared = plan.section, compare_best(outcome)
    evaluated = [end for end in outcome.ends if end.result is not None]
    numbers = {plan.monitor.name, "exact", "95 %", "epochs"}
    numbers |= {key for key in section.parameters if _is_number(evaluated, key)}
    template = templates("sweep").get_template("sweep.html.jinja")
    return template.render(
        name=outcome.folder.name,
        policy=POLICY,
        origin=_origin(plan, len(outcome.ends)),
        best=outcome.done[0] if outcome.done else None,
        chosen=describe_best(outcome),
        columns=columns(plan),
        numbers=numbers,
        rows=[(end.state, list(zip(columns(plan), row(plan, end), strict=True))) for end in outcome.ends],
        failures=[end for end in outcome.failed if end.failure is not None],
        **figures,
        kinds={key: "choice" if isinstance(each, ChoiceList) else "range" for key, each in section.parameters.items()},
        evaluated=len(evaluated),
        enough=ENOUGH,
        first=section.stop.after[0] if section.stop else None,
        stop=section.stop,
        comparison=None if isinstance(compared, str) else compared,
        no_comparison=compared if isinstance(compared, str) else "",
        command=compare_command(outcome),
    )


def _figures(section: SweepSection, outcome: SweepOutcome) -> dict[str, Any]:
    """Draw every chart of a sweep; None for those that have nothing to show."""
    is_evaluated = any(end.result is not None for end in outcome.ends)
    found = importances(section, outcome.ends)
    charts = {
        "coordinates": coordinates_chart(section, outcome.ends) if is_evaluated else None,
        "curves": curves_chart(section, outcome.ends) if is_evaluated else None,
        "importance": importance_chart(found) if found else None,
    }
    undrawn = draw([chart for chart in charts.values() if chart is not None])
    return {**charts, "importances": found, "undrawn": undrawn}


def _origin(plan: SweepPlan, trials: int) -> list[tuple[str, str]]:
    """List the facts that do not differ from trial to trial."""
    keys = {"grammar": "grammar.name", "model": "model.name", "seed": "seed"}
    facts = origin_of(plan.base.config.model_dump(mode="json"))
    same = [(word, value) for word, value in facts if keys.get(word) not in plan.section.parameters]
    return [*same, ("search", plan.section.search), ("trials", str(trials))]


def _is_number(ends: Sequence[End], key: str) -> bool:
    values: list[Any] = [end.trial.settings[key] for end in ends]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
