from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from exprlearn.runs.run_folder import RunFolder

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
    shutil.copytree(trained.runs / "tiny", tmp_path / "runs" / "whole")
    shutil.copytree(trained.runs / "tiny", tmp_path / "runs" / "damaged")
    (tmp_path / "runs" / "damaged" / "run.json").write_text("{", encoding="utf-8")
    outcome = cli("runs", "list", "--json")
    assert [run["run"] for run in json.loads(outcome.out)["runs"]] == ["whole"]
    assert outcome.err.startswith("warning: ")
    assert "damaged" in outcome.err


@pytest.fixture
def several(trained: Any, tmp_path: Path) -> Path:
    """Copy the run three times, begun on three days and with three seeds."""
    for day, name in enumerate(("beta", "alpha", "gamma"), start=1):
        folder = Path(shutil.copytree(trained.runs / "tiny", tmp_path / "runs" / name))
        facts = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps({**facts, "started": f"2026-03-0{day}T12:00:00+00:00"}))
        config = (folder / "config.toml").read_text()
        (folder / "config.toml").write_text(config.replace("seed = 0", f"seed = {7 * day % 5}"))
        os.utime(folder / "run.json", ns=(day, day))
    (tmp_path / "runs" / "latest").write_text("gamma\n")
    return tmp_path / "runs"


def names(cli: Cli, *flags: str) -> list[str]:
    return [run["run"] for run in json.loads(cli("runs", "list", "--json", *flags).out)["runs"]]


def test_a_run_is_listed_with_its_date_seed_and_duration(several: Path, cli: Cli) -> None:
    first = json.loads(cli("runs", "list", "--json").out)["runs"][0]
    assert (first["run"], first["started"], first["seed"]) == ("beta", "2026-03-01T12:00:00+00:00", 2)
    assert first["seconds"] > 0
    heading, row, *_ = cli("runs", "list").out.splitlines()
    assert {"started", "seed", "duration"} <= set(heading.split())
    assert "2026-03-0" in row


def test_a_new_run_keeps_when_it_was_started(trained: Any, cli: Cli) -> None:
    started = datetime.fromisoformat(json.loads((trained.runs / "tiny" / "run.json").read_text())["started"])
    assert started.tzinfo is not None


def test_runs_are_sorted_and_chosen(several: Path, cli: Cli) -> None:
    assert names(cli) == ["beta", "alpha", "gamma"]
    assert names(cli, "--reverse") == ["gamma", "alpha", "beta"]
    assert names(cli, "--sort", "run") == ["alpha", "beta", "gamma"]
    assert names(cli, "--sort", "seed") == ["gamma", "beta", "alpha"]
    assert names(cli, "--sort", "started", "--reverse") == ["gamma", "alpha", "beta"]
    assert names(cli, "--where", "run=*a", "--where", "seed=4") == ["alpha"]
    assert names(cli, "--where", "state=training") == []


@pytest.mark.parametrize("item", ["sate=finished", "finished"])
def test_a_key_that_there_is_not_is_refused(several: Path, cli: Cli, item: str) -> None:
    outcome = cli("runs", "list", "--where", item)
    assert outcome.code == 2
    assert "write key=value" in outcome.err


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_narrow_terminal_leaves_columns_out_and_cuts_none(
    several: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    from exprlearn.cli import output, runs
    from exprlearn.cli.options import CommandOptions

    long = several / "addition-repeat-vector-12"
    (several / "beta").rename(long)
    narrow = lambda stderr=False: Console(highlight=False, stderr=stderr, width=width)  # noqa: E731
    monkeypatch.setattr(output, "console", narrow)
    monkeypatch.setattr(runs, "console", narrow)
    runs.list_runs(CommandOptions(runs=several))
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line.rstrip()) <= width for line in lines)
    assert not any("…" in line for line in lines)
    assert lines[1].split()[0] == long.name
    assert {"run", "state", "started", "exact"} <= set(lines[0].split())


def test_runs_are_removed_and_latest_names_the_newest_that_is_left(several: Path, cli: Cli) -> None:
    outcome = cli("runs", "remove", "gamma", "beta", "--yes", "--json")
    assert json.loads(outcome.out)["removed"] == ["runs/gamma", "runs/beta"]
    assert sorted(place.name for place in several.iterdir()) == ["alpha", "latest"]
    assert (several / "latest").read_text() == "alpha\n"
    assert cli("runs", "remove", "latest", "--yes").out == "removed runs/alpha\n"
    assert list(several.iterdir()) == []


def test_nothing_is_removed_unless_somebody_says_yes(several: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from exprlearn.cli import runs

    assert "pass --yes" in cli("runs", "remove", "alpha").err
    monkeypatch.setattr(runs, "_can_ask", lambda: True)
    refused = cli("runs", "remove", "alpha", stdin="n\n")
    assert refused.code == 1
    assert refused.out.endswith("nothing was removed\n")
    assert (several / "alpha").is_dir()
    assert cli("runs", "remove", "alpha", stdin="y\n").out.endswith("removed runs/alpha\n")
    assert not (several / "alpha").exists()


def test_what_a_link_leads_to_is_not_removed(several: Path, cli: Cli) -> None:
    (several / "link").symlink_to(several / "alpha")
    assert "is a link" in cli("runs", "remove", "link", "--yes").err
    assert (several / "alpha" / "run.json").is_file()


def test_numbers_that_are_none_are_null_in_json(several: Path, cli: Cli) -> None:
    (several / "alpha" / "metrics.jsonl").write_text('{"epoch": 1, "loss": NaN}\n')
    assert json.loads(cli("runs", "show", "alpha", "--json").out)["learned"][0]["loss"] is None


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


def test_charts_and_tables_are_written_as_files_and_their_paths_printed(trained: Any, cli: Cli, tmp_path: Path) -> None:
    run = shutil.copytree(trained.runs / "tiny", tmp_path / "copied")
    paths = [Path(line) for line in cli("report", str(run), "--format", "csv").out.splitlines()]
    assert paths[0] == run / "figures" / "result.csv"
    assert all(path.is_file() for path in paths)
