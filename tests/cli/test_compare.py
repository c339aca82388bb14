from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def copied(trained: Any, folder: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> Path:
    """Copy the tiny run and change what it answered."""
    shutil.copytree(trained.runs / "tiny", folder)
    file = folder / "predictions.jsonl"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    file.write_text("".join(json.dumps(row) + "\n" for row in change(rows)), encoding="utf-8")
    return folder


@pytest.mark.long
def test_runs_are_compared_on_the_test_they_share(trained: Any, cli: Cli, tmp_path: Path) -> None:
    tiny = trained.runs / "tiny"
    better = copied(trained, tmp_path / "better", lambda rows: [{**row, "answer": row["truth"]} for row in rows][::-1])
    items = tmp_path / "items.jsonl"
    outcome = cli("compare", str(tiny), str(better), "--items", str(items), "--json")
    (found,) = json.loads(outcome.out)["comparisons"]
    (pair,) = found["pairs"]
    assert (pair["first"], pair["second"], pair["only_first"]) == ("tiny", "better", 0)
    assert pair["only_second"] == len(items.read_text(encoding="utf-8").splitlines()) > 0
    assert found["difference"]["value"] == pair["only_second"] / pair["count"]
    shown = cli("compare", str(tiny), str(better)).out
    assert "only one is right" in shown
    assert shown.rstrip().splitlines()[-1].startswith("→ ")


def test_runs_with_different_tests_are_refused(trained: Any, cli: Cli, tmp_path: Path) -> None:
    other = copied(trained, tmp_path / "other", lambda rows: rows[1:])
    outcome = cli("compare", str(trained.runs / "tiny"), str(other))
    assert (outcome.code, outcome.out) == (1, "")
    assert "have answered different tests" in outcome.err
    assert "--ask" in outcome.err


def test_runs_with_different_tests_can_be_asked_the_same(trained: Any, cli: Cli, tmp_path: Path) -> None:
    other = copied(trained, tmp_path / "other", lambda rows: rows[1:])
    told = json.loads(cli("compare", str(trained.runs / "tiny"), str(other), "--ask", "--json").out)
    assert told["runs"][0]["exact_match"] == told["runs"][1]["exact_match"]
    (found,) = told["comparisons"]
    assert (found["p"], found["verdict"]) == (1.0, "no difference is shown on these items")


def test_a_test_that_may_have_been_learned_is_not_asked(trained: Any, cli: Cli, tmp_path: Path) -> None:
    texts = [f"{one}+{other}" for one in range(10) for other in range(10)]
    rows = [{"expression": text, "answer": "0", "truth": str(int(text[0]) + int(text[2]))} for text in texts]
    first = copied(trained, tmp_path / "first", lambda kept: rows)
    outcome = cli("compare", str(first), str(trained.runs / "tiny"), "--ask")
    assert outcome.code == 1
    assert "may have been trained on" in outcome.err


def test_seeds_are_joined_by_commas(trained: Any, cli: Cli) -> None:
    tiny = str(trained.runs / "tiny")
    told = json.loads(cli("compare", f"{tiny},{tiny}", f"{tiny},{tiny}", "--json").out)
    (found,) = told["comparisons"]
    assert (found["p"], len(found["pairs"]), found["difference"]["value"]) == (None, 2, 0)
    assert cli("compare", f"{tiny},{tiny}", tiny).code == 2
    assert cli("compare", tiny).code == 2
