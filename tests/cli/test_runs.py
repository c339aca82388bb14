from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exprlearn.training.run_folder import RunFolder

Cli = Callable[..., Any]


def test_runs_are_listed_with_what_they_are_and_how_well_they_do(trained: Any, cli: Cli) -> None:
    document = json.loads(cli("runs", "list", "--json", *trained.flags).out)
    (run,) = document["runs"]
    assert document["format"] == 1
    assert (run["run"], run["grammar"], run["model"], run["state"]) == ("tiny", "addition", "seq2seq", "finished")
    row = cli("runs", "list", *trained.flags).out.splitlines()[1].split()
    assert row[:4] == ["tiny", "addition", "seq2seq", "finished"]


def test_a_run_whose_process_is_gone_is_interrupted_and_may_be_read_meanwhile(trained: Any, cli: Cli) -> None:
    import shutil

    shutil.copytree(trained.runs / "tiny", "runs/cut")
    facts = Path("runs/cut/run.json")
    facts.write_text(facts.read_text(encoding="utf-8").replace('"finished"', '"training"'), encoding="utf-8")

    def state() -> str:
        (run,) = json.loads(cli("runs", "list", "--json").out)["runs"]
        shown = json.loads(cli("runs", "show", "cut", "--json").out)
        assert run["state"] == shown["state"]
        return str(run["state"])

    assert state() == "interrupted"
    with RunFolder(Path("runs/cut")).hold():
        assert state() == "training"
        assert cli("report", "cut").code == 0
        assert cli("predict", "1+2", "--run", "cut").code == 0
    assert state() == "interrupted"
    assert not Path("runs/cut/.lock").exists()


def test_a_damaged_run_is_told_and_passed_over(trained: Any, cli: Cli, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(trained.runs / "tiny", tmp_path / "runs" / "whole")
    shutil.copytree(trained.runs / "tiny", tmp_path / "runs" / "damaged")
    (tmp_path / "runs" / "damaged" / "run.json").write_text("{", encoding="utf-8")
    outcome = cli("runs", "list", "--json")
    assert [run["run"] for run in json.loads(outcome.out)["runs"]] == ["whole"]
    assert outcome.err.startswith("warning: ")
    assert "damaged" in outcome.err


def test_without_runs_the_list_is_empty(cli: Cli) -> None:
    assert json.loads(cli("runs", "list", "--json").out) == {"format": 1, "runs": []}


def test_a_run_is_shown_with_its_settings_epochs_and_table(trained: Any, cli: Cli) -> None:
    outcome = cli("runs", "show", "tiny", *trained.flags)
    assert 'name = "seq2seq"' in outcome.out
    assert "digit accuracy" in outcome.out
    document = json.loads(cli("runs", "show", "tiny", "--json", *trained.flags).out)
    assert document["config"]["model"]["units"] == 8
    assert document["learned"][0]["epoch"] == 1


def test_the_report_is_written_afresh_and_its_path_printed(trained: Any, cli: Cli) -> None:
    page = trained.runs / "tiny" / "report.html"
    before = page.stat().st_mtime_ns
    outcome = cli("report", "tiny", *trained.flags)
    assert outcome.out == f"{page}\n"
    assert page.stat().st_mtime_ns > before
    assert page.read_text(encoding="utf-8").startswith("<!")
