from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.plugin import UnitFailure
from exprlearn.sweep import SweepOutcome, SweepPlan, sweep
from exprlearn.sweep.search import make_search
from exprlearn.sweep.sweep_folder import SweepFolder
from exprlearn.sweep.sweep_page import write_page

Planned = Callable[..., SweepPlan]
RUN = Path(__file__).parents[1] / "report" / "data" / "mixed-seq2seq-1"
SECTION = """\
[sweep]
search = "random"
trials = 12
[sweep.parameters]
"model.units" = [4, 8]
"training.learning_rate" = { low = 1e-3, high = 1e-1, log = true }
"""


@pytest.fixture
def plan(planned: Planned) -> SweepPlan:
    return planned(SECTION)


@pytest.fixture
def outcome(plan: SweepPlan, written: Callable[..., None], tmp_path: Path) -> SweepOutcome:
    """Make a sweep whose best two trials have answered a test, and of which one failed."""
    trials, kept = plan.trials(next(make_search(plan.section))), SweepFolder(tmp_path / "out")
    kept.begin(plan)
    for place, trial in enumerate(trials[1:]):
        written(kept.path, trial, [0.1, place / 11, place / 12], test=9)
    kept.fail(trials[0], UnitFailure("ArithmeticError: <five> units", trace="Traceback <here>"))
    for place, trial in enumerate(trials[-2:]):
        run = kept.path / "trials" / trial.name
        shutil.copytree(RUN, run, dirs_exist_ok=True)
        rows = [json.loads(line) for line in (RUN / "predictions.jsonl").read_text().splitlines()]
        unique = {row["expression"]: row for row in rows}
        for row in list(unique.values())[: 40 * place]:
            row["answer"] = row["truth"]
        (run / "predictions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in unique.values()))
    return sweep(plan, kept.path)


def test_the_page_tells_the_best_trial_its_test_and_how_it_was_chosen(plan: SweepPlan, outcome: SweepOutcome) -> None:
    page = write_page(plan, outcome).read_text(encoding="utf-8")
    best = outcome.done[0]
    assert f"{best.trial.name} (model.units=" in page
    assert "answers 90.0 % of the test exactly (95 %:" in page
    assert "It was chosen of 11 by the validation split" in page
    assert re.search(r"is better on these items|no difference is shown", page)
    assert f"exprlearn compare {outcome.run(best)}" in page


def test_the_page_names_failures_and_every_text_is_escaped(plan: SweepPlan, outcome: SweepOutcome) -> None:
    page = write_page(plan, outcome).read_text(encoding="utf-8")
    assert "ArithmeticError: &lt;five&gt; units" in page
    assert "Traceback &lt;here&gt;" in page
    assert "<five>" not in page
    assert "<script" not in page


def test_a_page_that_cannot_be_drawn_has_its_tables_and_says_so(plan: SweepPlan, outcome: SweepOutcome) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    told: list[str] = []
    # More than this process has by now, less than drawing takes.
    resource.setrlimit(resource.RLIMIT_AS, (60 * 2**30, hard))
    try:
        page = write_page(plan, outcome, told.append).read_text(encoding="utf-8")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    assert "<svg" not in page
    assert "<figure" not in page
    assert len(told) == 1
    assert told[0] in page
    assert page.count("<table") == 3


def test_a_sweep_without_a_result_has_a_page_too(plan: SweepPlan, tmp_path: Path) -> None:
    kept, trials = SweepFolder(tmp_path / "none"), plan.trials(next(make_search(plan.section)))
    kept.begin(plan)
    for trial in trials:
        kept.fail(trial, UnitFailure("no"))
    page = write_page(plan, sweep(plan, kept.path)).read_text(encoding="utf-8")
    assert "No trial went to its end." in page
    assert "Not compared: there are no two trials to compare." in page


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_shows_the_page_and_fetches_nothing(
    plan: SweepPlan,
    outcome: SweepOutcome,
    visit: Callable[..., Any],
    overflowing: Callable[[Any], list[str]],
    width: int,
) -> None:
    page = visit(write_page(plan, outcome).as_uri(), width=width)
    assert page.locator("svg.marks").count() == 3
    assert page.locator("tbody tr").count() >= 12
    axes = page.locator("svg.marks").first.locator("text").all_text_contents()
    assert {"model.units", "training.learning_rate", "exact match", "4", "8", "0.001", "0.1"} <= set(axes)
    lines = page.locator("svg.marks").first.locator(".mark-line path")
    assert lines.count() == 11
    # Nothing but what scrolls on its own is wider than the window.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for wide in (width, 1920):
        page.set_viewport_size({"width": wide, "height": 900})
        for look in ({"color_scheme": "dark"}, {"media": "print"}):
            page.emulate_media(**look)
            assert overflowing(page) == []
