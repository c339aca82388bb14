from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_a_run_is_judged_as_at_the_end_of_its_training(trained: Any, cli: Cli) -> None:
    told = json.loads(cli("evaluate", "tiny", "--json", *trained.flags).out)
    kept = (trained.runs / "tiny" / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    right = [json.loads(row)["correct"] for row in kept]
    assert (told["run"], told["split"], told["exact_match"]["count"]) == ("tiny", "test", len(right))
    assert told["exact_match"]["value"] == sum(right) / len(right)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_each_split_has_its_table(trained: Any, cli: Cli, split: str) -> None:
    outcome = cli("evaluate", "latest", "--split", split, *trained.flags)
    assert outcome.code == 0
    assert outcome.out.startswith(split)
    assert "baselines" in outcome.out


def test_a_gate_that_is_not_met_leaves_with_3_after_the_table(trained: Any, cli: Cli) -> None:
    outcome = cli("evaluate", "tiny", "--min-exact", "1", *trained.flags)
    assert outcome.code == 3
    assert outcome.out.startswith("test")
    assert outcome.err.startswith("error: exact match is ")
    assert cli("evaluate", "tiny", "--min-exact", "0", *trained.flags).code == 0


def test_a_damaged_run_is_one_error(trained: Any, cli: Cli, tmp_path: Any) -> None:
    import shutil

    for name, text in (("vocabulary.json", "{"), ("config.toml", "= 1"), ("run.json", "[]")):
        copy = tmp_path / f"damaged-{name}"
        shutil.copytree(trained.runs / "tiny", copy)
        (copy / name).write_text(text, encoding="utf-8")
        outcome = cli("evaluate", str(copy))
        assert (outcome.code, outcome.out) == (1, ""), name
        assert outcome.err.startswith("error: ")
        assert "damaged" in outcome.err or "format" in outcome.err
