"""A sweep as one HTML page that opens offline: nothing fetched, no scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from exprlearn.errors import DataError
from exprlearn.files import write_whole
from exprlearn.report.page import origin_of, templates
from exprlearn.report.svg import draw
from exprlearn.sweep import summary
from exprlearn.sweep.importance import ENOUGH, importances
from exprlearn.sweep.plan import SweepPlan
from exprlearn.sweep.section import ChoiceList, SweepSection
from exprlearn.sweep.sweep_charts import coordinates_chart, curves_chart, importance_chart
from exprlearn.sweep.sweeping import SweepOutcome
from exprlearn.sweep.trial import End

NAME: Final = "report.html"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_page(plan: SweepPlan, outcome: SweepOutcome, noted: Callable[[str], None] = lambda sentence: None) -> Path:
    """Write the page of a sweep into its folder and return its path; `noted` is told what it lacks.

    Raises:
        DataError: it cannot be written.
    """
    file = outcome.folder / NAME
    figures = _figures(plan.section, outcome)
    write_whole(file, render(plan, outcome, figures), DataError)
    if figures["undrawn"]:
        noted(figures["undrawn"])
    return file


def render(plan: SweepPlan, outcome: SweepOutcome, figures: Mapping[str, Any]) -> str:
    """Fill the page's template; every text is escaped."""
    section, config = plan.section, plan.base.config.model_dump(mode="json")
    judged = [end for end in outcome.ends if end.result is not None]
    compared = summary.comparison(outcome)
    varied = [(word, value) for word, value in origin_of(config) if word not in _varied(section)]
    template = templates("sweep").get_template("sweep.html.jinja")
    return template.render(
        name=outcome.folder.name,
        policy=POLICY,
        origin=[*varied, ("search", section.search), ("trials", str(len(outcome.ends)))],
        best=outcome.done[0] if outcome.done else None,
        chosen=summary.chosen(outcome),
        columns=summary.columns(section),
        numbers={"exact", "95 %", "epochs", *(key for key in section.parameters if _is_number(judged, key))},
        rows=[(end.state, _cells(section, end)) for end in outcome.ends],
        failures=[end for end in outcome.failed if end.failure is not None],
        **figures,
        kinds={key: "choice" if isinstance(each, ChoiceList) else "range" for key, each in section.parameters.items()},
        judged=len(judged),
        enough=ENOUGH,
        first=section.stop.after[0] if section.stop else None,
        stop=section.stop,
        comparison=None if isinstance(compared, str) else compared,
        no_comparison=compared if isinstance(compared, str) else "",
        command=summary.compare_command(outcome),
    )


def _figures(section: SweepSection, outcome: SweepOutcome) -> dict[str, Any]:
    """Draw every chart of a sweep; None for those that have nothing to show."""
    is_judged = any(end.result is not None for end in outcome.ends)
    found = importances(section, outcome.ends)
    figures = {
        "coordinates": coordinates_chart(section, outcome.ends) if is_judged else None,
        "curves": curves_chart(section, outcome.ends) if is_judged else None,
        "importance": importance_chart(found) if found else None,
    }
    undrawn = draw([chart for chart in figures.values() if chart is not None])
    return {**figures, "importances": found, "undrawn": undrawn}


def _cells(section: SweepSection, end: End) -> list[tuple[str, str]]:
    return list(zip(summary.columns(section), summary.row(section, end), strict=True))


def _varied(section: SweepSection) -> set[str]:
    """Name the facts that differ from trial to trial."""
    words = {"grammar.name": "grammar", "model.name": "model", "seed": "seed"}
    return {word for key, word in words.items() if key in section.parameters}


def _is_number(ends: list[End], key: str) -> bool:
    values: list[Any] = [end.trial.settings[key] for end in ends]
    return bool(values) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
