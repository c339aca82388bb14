"""What a sweep makes of trials that have ended, and of those that fail before a backend is imported."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.dataset.store import Tools
from exprlearn.errors import DataError, GrammarError, RunError
from exprlearn.runs.run_folder import create
from exprlearn.sweep import End, SweepOutcome, SweepPlan, Trial, sweep
from exprlearn.sweep.search import make_search
from exprlearn.sweep.sweep_folder import SweepFolder
from exprlearn.sweep.sweep_page import columns, describe_best, row
from exprlearn.sweep.sweeping import best
from exprlearn.sweep.trial import run_trial

Planned = Callable[..., SweepPlan]
Written = Callable[..., None]
FIVE = '[sweep.parameters]\n"model.units" = [1, 2, 4, 8, 16]\n'
STOP = "[sweep.stop]\nafter = [1, 2]\n"
# No expression of the grammar has nine terms, which is found when a trial begins.
EMPTY = '[sweep.parameters]\n"grammar.terms" = ["9..9", "8..8"]\n'


class Heard:
    """Notes what a sweep tells."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def asked(self, folder: Path, trials: list[Trial]) -> None:
        self.lines.append(f"asked {len(trials)}")

    def ended(self, end: End) -> None:
        self.lines.append(f"{end.trial.settings['model.units']} {end.state} {end.epochs}")


def trials_of(plan: SweepPlan) -> list[Trial]:
    return plan.trials(next(make_search(plan.section)))


def ended(outcome: SweepOutcome) -> list[tuple[int, str, int]]:
    return [(end.trial.settings["model.units"], end.state, end.epochs) for end in outcome.ends]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.05, 0.95))
def test_whoever_goes_on_is_as_good_as_each_who_is_stopped(scores: list[float], keep: float) -> None:
    named = {str(place): score for place, score in enumerate(scores)}
    going = best(named, keep)
    assert keep * len(scores) <= len(going) <= max(1, keep * len(scores) + 1)
    assert all(named[one] >= score for one in going for other, score in named.items() if other not in going)


def test_the_better_half_goes_on_after_each_rung(planned: Planned, written: Written, tmp_path: Path) -> None:
    plan, folder = planned(FIVE + STOP), tmp_path / "out"
    curves = ([0.0, 0.9], [0.3, 0.4, 0.6], [0.2, 0.1], [0.2, 0.5], [0.5, 0.5, 0.4])
    begun(folder, plan)
    for trial, curve in zip(trials_of(plan), curves, strict=True):
        written(folder, trial, curve, until=None if len(curve) == 3 else 2)
    heard = Heard()
    outcome = sweep(plan, folder, observer=heard)
    # Of the two with 0.2 the first goes on; the best epoch counts, also when it is not the last.
    assert ended(outcome) == [(2, "done", 3), (16, "done", 3), (4, "stopped", 2), (8, "stopped", 1), (1, "stopped", 1)]
    assert [end.exact_match.value for end in outcome.ends] == [0.6, 0.5, 0.2, 0.2, 0.0]
    assert heard.lines[0] == "asked 5"
    assert heard.lines[1:] == ["1 stopped 1", "8 stopped 1", "4 stopped 2", "2 done 3", "16 done 3"]


def test_another_metric_decides_who_goes_on_and_who_is_the_best(
    planned: Planned, written: Written, tmp_path: Path
) -> None:
    plan, folder = planned(FIVE.replace(", 8, 16", "") + STOP, "training.monitor=rmse"), tmp_path / "out"
    made = (([0.9, 0.9], [5.0, 9.0]), ([0.1, 0.3, 0.2], [4.0, 1.5, 2.0]), ([0.2, 0.1, 0.0], [3.0, 3.0, 1.0]))
    begun(folder, plan)
    for trial, (curve, errors) in zip(trials_of(plan), made, strict=True):
        written(folder, trial, curve, errors=errors, until=None if len(curve) == 3 else 2)
    outcome = sweep(plan, folder)
    # The most exact has the largest errors. Of the others the first has the smaller error until epoch 2.
    assert ended(outcome) == [(2, "done", 3), (4, "stopped", 2), (1, "stopped", 1)]
    # Exact match is that of the epoch with the smallest error, which is the one whose weights are kept.
    assert [(end.score, end.exact_match.value) for end in outcome.ends] == [("1.5", 0.3), ("3", 0.1), ("5", 0.9)]
    assert columns(plan)[:3] == ("trial", "rmse", "exact")
    assert row(plan, outcome.ends[0])[1:3] == ("1.5", "30.0 %")
    assert "It was chosen of 3 by rmse on the validation split" in describe_best(outcome)


def test_settings_that_are_equal_are_one_trial(planned: Planned, written: Written, tmp_path: Path) -> None:
    plan = planned('[sweep]\nsearch = "random"\ntrials = 9\n[sweep.parameters]\n"model.units" = [1, 2]\n')
    folder = tmp_path / "out"
    asked = trials_of(plan)
    begun(folder, plan)
    for trial in {trial.name: trial for trial in asked}.values():
        written(folder, trial, [0.1, 0.2, 0.3])
    assert len(asked) == 9
    assert len(sweep(plan, folder).ends) == 2


def begun(folder: Path, plan: SweepPlan) -> None:
    from exprlearn.sweep.sweep_folder import SweepFolder

    SweepFolder(folder).begin(plan)


def test_a_trial_that_fails_twice_is_remembered_and_tried_again_only_when_asked(
    planned: Planned, tools: Tools, tmp_path: Path
) -> None:
    plan, folder = planned(EMPTY), tmp_path / "out"
    outcome = sweep(plan, folder, tools)
    assert [end.state for end in outcome.ends] == ["failed", "failed"]
    assert outcome.done == []
    failures = sorted((folder / "failures").iterdir())
    kept = json.loads(failures[0].read_text())
    assert list(kept)[:2] == ["format", "trial"]
    assert kept["is_expected"]
    assert "Traceback" in kept["trace"]
    assert "terms" in kept["said"]
    before = [file.stat().st_mtime_ns for file in failures]
    assert [end.failure and end.failure.said for end in sweep(plan, folder, tools).ends] == [
        end.failure and end.failure.said for end in outcome.ends
    ]
    assert [file.stat().st_mtime_ns for file in failures] == before
    sweep(plan, folder, tools, again=True)
    assert all(file.stat().st_mtime_ns > when for file, when in zip(failures, before, strict=True))


def test_a_sweep_that_is_being_carried_out_is_not_begun_again(planned: Planned, tmp_path: Path) -> None:
    plan, folder = planned(EMPTY), tmp_path / "out"
    with (
        SweepFolder(folder).hold(),
        pytest.raises(DataError, match=f"sweep out is being carried out by process {os.getpid()} "),
    ):
        sweep(plan, folder)
    assert list(folder.iterdir()) == []


def test_a_sweep_whose_folder_was_removed_stops_and_makes_none(planned: Planned, tmp_path: Path) -> None:
    class Removing(Heard):
        def ended(self, end: End) -> None:
            shutil.rmtree(tmp_path / "out")

    with pytest.raises(DataError, match="out was removed, renamed or taken over"):
        sweep(planned(EMPTY), tmp_path / "out", observer=Removing())
    assert not (tmp_path / "out").exists()


def test_a_trial_that_another_process_still_trains_is_waited_for(
    planned: Planned, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(EMPTY)
    (tmp_path / "out" / "trials").mkdir(parents=True)
    trial = trials_of(plan)[0]
    place = create(tmp_path / "out" / "trials", trial.name, "")
    with place.hold() as lock, monkeypatch.context() as patch:
        patch.setattr("exprlearn.sweep.trial.SOON_SECONDS", 0.1)
        with pytest.raises(RunError, match=f"run {trial.name} is being trained by process {os.getpid()} "):
            run_trial(tmp_path / "out", tools, (trial, None))
        assert place.path.is_dir()
        patch.setattr("exprlearn.sweep.trial.SOON_SECONDS", 30)
        Timer(0.2, lock.release).start()
        with pytest.raises(GrammarError):
            run_trial(tmp_path / "out", tools, (trial, None))


def test_another_sweep_in_the_folder_is_refused_with_what_differs(planned: Planned, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    begun(folder, planned(FIVE))
    begun(folder, planned(FIVE))
    with pytest.raises(DataError, match=r"sweep\.seed: 0 here, 3 asked for.*name another folder with --out"):
        begun(folder, planned(FIVE + "[sweep]\nseed = 3\n"))
    with pytest.raises(DataError, match=r"training\.epochs: 3 here, 4 asked for"):
        begun(folder, planned(FIVE, "training.epochs=4"))
    with pytest.raises(
        DataError, match=r"sweep\.parameters\.model\.units\.values: \[1, 2, 4, 8, 16\] here, \[1\] asked"
    ):
        begun(folder, planned('[sweep.parameters]\n"model.units" = [1]\n'))


def test_more_trials_may_be_asked_for_later(planned: Planned, tmp_path: Path) -> None:
    text = '[sweep]\nsearch = "random"\ntrials = {}\n[sweep.parameters]\n"model.units" = [1, 2]\n'
    begun(tmp_path / "out", planned(text.format(3)))
    begun(tmp_path / "out", planned(text.format(9)))
    assert json.loads((tmp_path / "out" / "sweep.json").read_text())["sweep"]["trials"] == 9


def test_a_folder_with_other_files_is_refused(planned: Planned, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").touch()
    with pytest.raises(DataError, match="holds other files: name a new or an empty folder with --out"):
        begun(tmp_path / "out", planned(FIVE))


def test_a_damaged_note_of_a_sweep_is_told(planned: Planned, tmp_path: Path) -> None:
    begun(tmp_path / "out", planned(FIVE))
    (tmp_path / "out" / "sweep.json").write_text("{")
    with pytest.raises(DataError, match=r"sweep\.json is damaged: name another folder with --out"):
        begun(tmp_path / "out", planned(FIVE))
