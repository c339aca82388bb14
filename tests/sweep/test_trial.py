from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from exprlearn.dataset.store import Tools
from exprlearn.sweep import Result, SweepPlan, Trial
from exprlearn.sweep.trial import RESULT, run_trial

Planned = Callable[..., SweepPlan]


@pytest.fixture
def trial(planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A trial whose target is reached after its first epoch, on the backend that this process can still use."""
    monkeypatch.setenv("EXPRLEARN_TEST_NOTES", str(tmp_path))
    keras = sys.modules.get("keras")
    backend = keras.backend.backend() if keras is not None else "tensorflow"
    plan = planned('[sweep.parameters]\n"model.units" = [4]\n', f"training.backend={backend}", "training.target=0")
    return plan.trials([{"model.units": 4}])[0]


def test_a_trial_notes_the_metric_that_decides(planned: Planned, trial: Trial, tools: Tools, tmp_path: Path) -> None:
    backend = json.loads(trial.config)["training"]["backend"]
    sets = f"training.backend={backend}", "training.monitor=rmse"
    plan = planned('[sweep.parameters]\n"model.units" = [4]\n', *sets)
    (tmp_path / "trials").mkdir()
    result = run_trial(tmp_path, tools, (plan.trials([{"model.units": 4}])[0], 2))
    assert isinstance(result, Result)
    lines = (tmp_path / "trials" / result.trial / "metrics.jsonl").read_text().splitlines()
    assert result.scores == [json.loads(line)["metrics"]["rmse"] for line in lines]
    assert result.score() == min(result.scores) == -result.merit()


@pytest.mark.long
def test_a_trial_is_trained_rung_by_rung_and_no_epoch_twice(trial: Trial, tools: Tools, tmp_path: Path) -> None:
    # What was killed before its first checkpoint is begun anew.
    run = tmp_path / "trials" / trial.name
    run.mkdir(parents=True)
    (run / "config.toml").write_text("")

    # Rungs compare trials after as many epochs each, so that a target ends none of them before.
    rung = run_trial(tmp_path, tools, (trial, 2))
    assert isinstance(rung, Result)
    assert (rung.until, len(rung.curve)) == (2, 2)
    last = run_trial(tmp_path, tools, (trial, None))
    assert isinstance(last, Result)
    assert (last.stopped_by, len(last.curve), last.until) == ("target 0 reached", 2, None)
    # So few are all that the splits of these hundred sums have.
    assert (last.validation, last.test.count) == (7, 5)

    # Killed between its last checkpoint and its result, it is not trained again.
    (run / RESULT).unlink()
    assert run_trial(tmp_path, tools, (trial, None)) == last
    assert Result.model_validate_json((run / RESULT).read_bytes()) == last
    assert [json.loads(line)["epoch"] for line in (run / "metrics.jsonl").read_text().splitlines()] == [1, 2]
    epochs = [line for line in (tmp_path / "notes.txt").read_text().splitlines() if line.startswith("epoch")]
    assert epochs == ["epoch 4 1", "epoch 4 2"]
