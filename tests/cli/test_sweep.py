from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.cli.progress import Lines
from exprlearn.cli.sweep import TrialLines, TrialTable
from exprlearn.errors import ExprLearnError
from exprlearn.plugin.manager import Plugins
from exprlearn.sweep import End, Result, SweepPlan, Trial, read_plan
from exprlearn.sweep.search import make_search

Cli = Callable[..., Any]
CONFIG = """\
[grammar]
name = "addition"
[training]
epochs = 3
[sweep.parameters]
"model.units" = [4, 8]
"""
# No expression of the grammar has nine terms, which is found when a trial begins, before any backend is imported.
FAILING = CONFIG.replace('"model.units" = [4, 8]', '"grammar.terms" = ["9..9", "8..8"]')


@pytest.fixture
def plan(tmp_path: Path) -> SweepPlan:
    (tmp_path / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    return read_plan(tmp_path / "tiny.toml", {}, (), Plugins(only=()))


@pytest.fixture
def trials(plan: SweepPlan) -> list[Trial]:
    return plan.trials(next(make_search(plan.section)))


def done(trial: Trial) -> End:
    test = {"value": 0.8, "low": 0.5, "high": 0.9, "count": 10}
    told = {"trial": trial.name, "settings": trial.settings, "until": None, "stopped_by": "", "examples": 1}
    curve = {"curve": [0.2, 0.9, 0.8], "validation": 10, "seconds": 1}
    return End(trial, "done", Result.model_validate({**told, **curve, "test": test}))


def test_the_trials_are_listed_before_anything_is_begun(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(CONFIG, encoding="utf-8")
    outcome = cli("sweep", "tiny.toml", "--list")
    heading, *rows = outcome.out.splitlines()
    assert heading.split() == ["trial", "model.units"]
    assert [row.split()[1] for row in rows] == ["4", "8"]
    assert not (tmp_path / "sweeps").exists()


@pytest.mark.long
def test_pairs_are_swept_over_as_grammars_are(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sums.csv").write_text("question,answer\n" + "".join(f"{n}+1,{n + 1}\n" for n in range(60)), "utf-8")
    settings = CONFIG.replace('[grammar]\nname = "addition"\n', '[model]\nname = "mapping-mlp"\n')
    settings = settings.replace("epochs = 3", "epochs = 1\nexamples_per_epoch = 64")
    (tmp_path / "tiny.toml").write_text(settings, encoding="utf-8")
    outcome = cli("sweep", "tiny.toml", "--data", "sums.csv", "--progress", "none", "--json", "--plugins", "")
    document = json.loads(outcome.out)
    assert [trial["state"] for trial in document["trials"]] == ["done", "done"]
    trials = (tmp_path / "sweeps" / "tiny" / "trials").glob("*/pairs.jsonl")
    assert [len(file.read_text(encoding="utf-8").splitlines()) for file in trials] == [60, 60]


def test_a_file_of_pairs_that_changed_makes_other_trials(tmp_path: Path) -> None:
    settings = CONFIG.replace('[grammar]\nname = "addition"\n', '[data]\nfile = "sums.csv"\n')
    names = []
    for answer in (2, 3):
        (tmp_path / "sums.csv").write_text(f"question,answer\n1+1,{answer}\n", encoding="utf-8")
        (tmp_path / "tiny.toml").write_text(settings.replace("sums.csv", str(tmp_path / "sums.csv")), encoding="utf-8")
        plan = read_plan(tmp_path / "tiny.toml", {}, (), Plugins(only=()))
        names += [trial.name for trial in plan.trials(next(make_search(plan.section)))]
    assert len(set(names)) == 4


@pytest.mark.parametrize(("key", "value"), [("grammar.range", '"1..9"'), ("data.file", '"other.csv"')])
def test_what_says_nothing_of_pairs_is_not_varied(key: str, value: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "sums.csv").write_text("question,answer\n1+1,2\n", encoding="utf-8")
    settings = CONFIG.replace('[grammar]\nname = "addition"\n', "") + f'"{key}" = [{value}]\n'
    (tmp_path / "tiny.toml").write_text(settings, encoding="utf-8")
    outcome = cli("sweep", "tiny.toml", "--data", "sums.csv", "--list")
    assert outcome.code == 2
    assert f"{key}: " in outcome.err


def test_failures_are_named_and_the_exit_code_is_one(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(FAILING, encoding="utf-8")
    outcome = cli("sweep", "tiny.toml", "--json", "--progress", "none", "--plugins", "")
    assert outcome.code == 1
    document = json.loads(outcome.out)
    assert list(document)[:3] == ["format", "sweep", "search"]
    assert document["sweep"] == "sweeps/tiny"
    assert [trial["state"] for trial in document["trials"]] == ["failed", "failed"]
    assert (document["best"], document["comparison"]) == (None, None)
    assert Path(document["report"]).is_file()
    for trial in document["trials"]:
        assert f"warning: failed, tried twice: {trial['trial']} (grammar.terms=" in outcome.err
    told = cli("sweep", "tiny.toml", "--plugins", "", "--out", "sweeps/tiny")
    assert told.code == 1
    assert "No trial went to its end." in told.out
    assert "1/2" in told.err


def test_a_wrong_section_is_a_wrong_option(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(CONFIG + "[sweep]\ntrails = 3\n", encoding="utf-8")
    outcome = cli("sweep", "tiny.toml")
    assert (outcome.code, outcome.out) == (2, "")
    assert "tiny.toml:8: sweep.trails: unknown key, did you mean 'trials'?" in outcome.err


def test_plain_and_json_lines_tell_each_trial_once(trials: list[Trial], capfd: pytest.CaptureFixture[str]) -> None:
    for watcher in (TrialLines(Lines("plain")), TrialLines(Lines("json"))):
        watcher.asked(Path("sweeps/tiny"), trials)
        watcher.ended(done(trials[1]))
    first, second, third = capfd.readouterr().err.splitlines()
    assert first == "2 trials, runs in sweeps/tiny/trials"
    assert second.startswith(f"1/2  {trials[1].name}  model.units=8  done: exact 90.0 % (95 %:")
    told = {"trial": trials[1].name, "settings": {"model.units": 8}, "state": "done", "exact_match": 0.9, "epochs": 3}
    assert json.loads(third) == told


def test_the_live_table_reads_how_far_each_trial_is(trials: list[Trial], tmp_path: Path) -> None:
    from rich.console import Console

    table = TrialTable(section_of_units())
    table.asked(tmp_path, trials)
    assert [line.split() for line in drawn(table, Console)][1:3] == [
        [trials[0].name, "4", "waiting"],
        [trials[1].name, "8", "waiting"],
    ]
    run = tmp_path / "trials" / trials[1].name
    run.mkdir(parents=True)
    (run / "metrics.jsonl").write_text('{"epoch": 1, "exact_match": 0.5, "seconds": 1.5}\n{"epoch": 2, "exact')
    table.ended(done(trials[0]))
    lines = [line.split() for line in drawn(table, Console)]
    assert lines[1] == [trials[1].name, "8", "learning", "1/3", "50.0", "%"]
    assert lines[2][:4] == [trials[0].name, "4", "done", "90.0"]
    assert "1 of 2 ended" in " ".join(lines[3])


def section_of_units() -> Any:
    from exprlearn.sweep.section import read_section

    return read_section({"parameters": {"model.units": [4, 8]}})


def drawn(table: TrialTable, console: Any) -> list[str]:
    import io

    file = io.StringIO()
    console(file=file, width=120).print(table.drawn())
    return file.getvalue().splitlines()


def test_what_is_no_config_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExprLearnError, match=r"cannot read .*missing\.toml: No such file"):
        read_plan(tmp_path / "missing.toml", {}, (), Plugins(only=()))
