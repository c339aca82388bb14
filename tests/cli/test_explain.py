from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Cli = Callable[..., Any]
SMALL = ["--set", "model.units=8", "--set", "model.embedding=4"]


def test_an_expression_is_followed_from_text_to_layers(cli: Cli, backend: str) -> None:
    options = [*SMALL, "--set", f"training.backend={backend}"]
    document = json.loads(cli("explain", "12+34", "--json", *options).out)
    assert document["source"]["text"] == "12+34"
    assert document["source"]["padded"] == "·12+·34"
    assert document["truth"] == "46"
    arrays = {array["name"]: array["shape"] for array in document["arrays"]}
    assert arrays["source"] == [1, len(document["source"]["ids"])]
    assert document["layers"][-1]["shape"] == [None, arrays["target"][1], 15]


def test_a_mapping_model_reads_numbers(cli: Cli, backend: str) -> None:
    options = ["--model", "mapping-mlp", "--set", f"training.backend={backend}"]
    outcome = cli("explain", "500+250", *options)
    assert outcome.code == 0
    assert "(1, 2, 1) float32" in outcome.out
    assert "(batch, 1)" in outcome.out
    assert outcome.out.splitlines()[-1] == "answer untrained   exact 750"


def test_a_trained_model_gives_its_answer(trained: Any, cli: Cli) -> None:
    document = json.loads(cli("explain", "1+2", "--run", "tiny", "--json", *trained.flags).out)
    asked = json.loads(cli("predict", "1+2", "--run", "tiny", "--json", *trained.flags).out)["answers"][0]
    assert document["predicted"]["answer"] == asked["answer"]


def test_an_expression_the_vocabulary_cannot_write_is_one_error(cli: Cli, backend: str) -> None:
    outcome = cli("explain", "1*2", *SMALL, "--set", f"training.backend={backend}")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: ")


def test_settings_beside_a_run_are_refused(cli: Cli) -> None:
    more = ("--tokenizer", "numbers", "--set", "model.units=8", "--config", "x.toml")
    outcome = cli("explain", "1+2", "--run", "none", *more)
    assert (outcome.code, outcome.out) == (2, "")
    names = [line.split(":")[-2].split()[-1] for line in outcome.err.splitlines()]
    assert names == ["--tokenizer", "--config", "--set"]


def test_the_working_stands_among_the_texts(cli: Cli, backend: str) -> None:
    options = ["--grammar", "mixed", *SMALL, "--set", f"training.backend={backend}"]
    outcome = cli("explain", "8+3*(9+9)", "--working", "equations", *options)
    assert "working         9+9=18;3*18=54;8+54=62" in outcome.out.splitlines()


def test_a_model_that_answers_with_a_number_is_not_trained_on_a_working(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text('[working]\nname = "equations"\n', encoding="utf-8")
    given = "--grammar", "mixed", "--model", "mapping-mlp", "--runs", str(tmp_path / "runs")
    for asked in (("--config", str(tmp_path / "run.toml")), ("--working", "equations")):
        outcome = cli("train", *asked, *given)
        assert outcome.code == 2
        assert "a mapping model answers with one number: leave 'equations' out" in outcome.err
