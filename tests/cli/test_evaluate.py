from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_a_run_is_evaluated_as_at_the_end_of_its_training(trained: Any, cli: Cli) -> None:
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


def test_every_expression_is_answered_and_every_wrong_answer_written(trained: Any, cli: Cli, tmp_path: Any) -> None:
    file = tmp_path / "wrong.jsonl"
    told = json.loads(cli("evaluate", "tiny", "--split", "all", "--wrong", str(file), "--json", *trained.flags).out)
    asked = [f"{one}+{other}" for one in range(10) for other in range(10)]
    answers = json.loads(cli("predict", "-", "--json", *trained.flags, stdin="\n".join(asked)).out)["answers"]
    wrong = {row["expression"]: row["answer"] for row in answers if not row["correct"]}
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert {row["expression"]: row["answer"] for row in rows} == wrong
    assert (told["census"]["expressions"], told["census"]["answered"], told["census"]["wrong"]) == (
        100,
        100,
        len(wrong),
    )
    exact = told["exact_match"]
    assert exact["value"] == exact["low"] == exact["high"] == 1 - len(wrong) / 100
    assert sum(part["count"] for part in told["census"]["parts"].values()) == 100
    assert told["census"]["examples"] == rows[:10]
    shown = cli("evaluate", "tiny", "--split", "all", *trained.flags).out
    assert f"{len(wrong)} of all 100 answers are wrong" in shown


def test_a_space_too_large_is_refused_with_what_would_do(trained: Any, cli: Cli, tmp_path: Any) -> None:
    file = tmp_path / "wrong.jsonl"
    outcome = cli("evaluate", "tiny", "--split", "all", "--size", "99", "--wrong", str(file), *trained.flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert "addition has 100 expressions, at most 99 are answered one by one" in outcome.err
    assert "--split all --size 100" in outcome.err
    assert not file.exists()


def test_the_mapping_baseline_of_a_run_stands_beside_the_others(trained: Any, cli: Cli) -> None:
    first = json.loads(cli("evaluate", "tiny", "--json", *trained.flags).out)["baselines"]
    assert list(first) == ["blank", "most-common-answer", "copy-first-number", "mapping-mlp"]
    assert first["mapping-mlp"] == 1
    assert json.loads(cli("evaluate", "tiny", "--json", *trained.flags).out)["baselines"] == first


def test_a_run_that_keeps_no_mapping_baseline_says_so(trained: Any, cli: Cli, tmp_path: Any) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(trained.runs / "tiny", copy)
    (copy / "baseline.json").unlink()
    told = json.loads(cli("evaluate", str(copy), "--json").out)
    assert "mapping-mlp" not in told["baselines"]
    assert "mapping-mlp" in told["omitted_baselines"]


def test_a_beam_evaluates_the_most_probable_answers(trained: Any, cli: Cli) -> None:
    told = json.loads(cli("evaluate", "tiny", "--beam", "3", "--json", *trained.flags).out)
    assert told["beam"] == 3
    assert cli("evaluate", "tiny", "--beam", "0", *trained.flags).code == 2


def test_every_mistake_is_named_and_shown_where_it_happened(trained: Any, cli: Cli) -> None:
    told = json.loads(cli("evaluate", "tiny", "--split", "all", "--mistakes", "--json", *trained.flags).out)
    groups = told["mistakes"]
    assert sum(group["count"] for group in groups) == told["census"]["wrong"]
    assert all(group["examples"][0]["wrong_step"]["right"] for group in groups)
    assert all(0 <= group["right_probability"] <= group["chosen_probability"] <= 1 for group in groups)
    few = json.loads(cli("evaluate", "tiny", "--mistakes", "--json", *trained.flags).out)
    wrong = round((1 - few["exact_match"]["value"]) * few["exact_match"]["count"])
    assert sum(group["count"] for group in few["mistakes"]) == wrong
    shown = cli("evaluate", "tiny", "--mistakes", *trained.flags).out
    assert "step that went wrong" in shown or not wrong


def test_of_more_mistakes_than_memory_holds_the_first_are_named(
    trained: Any, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exprlearn.cli.evaluate.MOST_NAMED", 7)
    outcome = cli("evaluate", "tiny", "--split", "all", "--mistakes", "--json", *trained.flags)
    told = json.loads(outcome.out)
    assert sum(group["count"] for group in told["mistakes"]) == 7
    assert outcome.err == f"note: the first 7 of {told['census']['wrong']} mistakes are named\n"


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


@pytest.mark.long
def test_several_runs_are_evaluated_on_an_engine_as_each_by_itself(trained: Any, cli: Cli) -> None:
    alone = json.loads(cli("evaluate", "tiny", "--json", *trained.flags).out)
    flags = ("--engine", "processes", "--workers", "2")
    told = json.loads(cli("evaluate", "tiny", "latest", "--json", *flags, *trained.flags).out)
    assert told == {"format": 1, "evaluations": [alone, alone], "failures": {}}
    shown = cli("evaluate", "tiny", "latest", *trained.flags)
    assert [line.split()[:2] for line in shown.out.splitlines()] == [
        ["run", "split"],
        ["tiny", "test"],
        ["tiny", "test"],
    ]


def test_a_run_that_cannot_be_evaluated_is_named_and_the_others_are(trained: Any, cli: Cli) -> None:
    outcome = cli("evaluate", "tiny", "missing", *trained.flags)
    assert outcome.code == 1
    assert outcome.err.startswith("warning: the run missing could not be evaluated: no run 'missing'")
    assert outcome.out.splitlines()[1].startswith("tiny")


def test_what_is_told_of_one_run_is_refused_for_several(trained: Any, cli: Cli) -> None:
    outcome = cli("evaluate", "tiny", "latest", "--mistakes", *trained.flags)
    assert (outcome.code, outcome.err) == (2, "error: --mistakes: of one run at a time; name one\n")
