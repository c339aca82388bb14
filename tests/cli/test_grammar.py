from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
AMBIGUOUS = 'start: start "+" start | NUMBER\nNUMBER: /[1-9]/\n//@ size terms=2..3'


def test_counts_are_exact_decimal_strings(cli: Cli) -> None:
    document = json.loads(cli("grammar", "count", "mixed", "--terms", "2..3", "--brackets", "0", "--json").out)
    assert document == {
        "format": 1,
        "grammar": "mixed",
        "total": str(9 * 4 * 9 + 9**3 * 4**2),
        "strata": [
            {"sizes": {"terms": 2, "brackets": 0}, "count": "324"},
            {"sizes": {"terms": 3, "brackets": 0}, "count": "11664"},
        ],
    }


def test_counts_of_any_size_are_written_in_full(cli: Cli) -> None:
    outcome = cli("grammar", "count", "mixed", "--terms", "40", "--brackets", "0", "--range", "1..999")
    assert outcome.out.splitlines()[-1].replace(" ", "") == str(999**40 * 4**39)


def test_an_expression_and_its_index_are_inverse(cli: Cli) -> None:
    for index in ("0", "6167", "318167"):
        expression = cli("grammar", "at", "mixed", index, "--terms", "2..3").out.strip()
        assert cli("grammar", "rank", "mixed", expression, "--terms", "2..3").out.strip() == index


@pytest.mark.parametrize("index", ["318168", "1.5", "many"])
def test_what_is_no_index_is_refused_with_the_range(cli: Cli, index: str) -> None:
    outcome = cli("grammar", "at", "mixed", index, "--terms", "2..3")
    assert outcome.code == 2
    assert "a whole number from 0 to 318167" in outcome.err


def test_an_expression_outside_of_the_grammar_is_refused(cli: Cli) -> None:
    outcome = cli("grammar", "rank", "addition", "-1+2")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: ")


def test_samples_are_one_object_a_line(cli: Cli) -> None:
    outcome = cli("grammar", "sample", "mixed", "-n", "20", "--json")
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert len(rows) == len({row["expression"] for row in rows}) == 20
    for row in rows:
        assert list(row) == ["expression", "answer", "index", "sizes", "split"]
        assert row["split"] in ("train", "validation", "test")
        assert cli("grammar", "at", "mixed", row["index"]).out.strip() == row["expression"]
        assert row["sizes"]["brackets"] == row["expression"].count("(")
        assert row["answer"] is None or isinstance(Fraction(row["answer"]), Fraction)


def test_samples_follow_from_the_seed(cli: Cli) -> None:
    first, again, other = (cli("grammar", "sample", "flat", "--seed", seed).out for seed in ("1", "1", "2"))
    assert first == again != other


def test_a_sample_without_an_answer_says_under_which_policy(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "zero.lark").write_text('start: NUMBER "/" ZERO\nNUMBER: /[1-9]/\nZERO: "0"\n', encoding="utf-8")
    outcome = cli("grammar", "sample", "zero.lark", "-n", "2")
    assert [line[3:] for line in outcome.out.splitlines()] == [" has no answer under exact-only"] * 2
    halves = [cli("grammar", "sample", "division", *more).out for more in ((), ("--division", "fraction"))]
    assert ["has no answer under exact-only" in out for out in halves] == [True, False]


def test_a_checked_grammar_is_proven_and_counted(cli: Cli) -> None:
    assert "unambiguous" in cli("grammar", "check", "mixed").out
    document = json.loads(cli("grammar", "check", "addition", "--json").out)
    assert (document["format"], document["total"]) == (1, "1000000")
    assert (document["ambiguity"]["level"], document["lints"]) == ("proven", [])


def test_an_ambiguous_grammar_fails_the_check_with_a_witness(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "twice.lark").write_text(AMBIGUOUS, encoding="utf-8")
    outcome = cli("grammar", "check", "twice.lark")
    assert (outcome.code, outcome.out) == (1, "")
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("command", ["check", "count", "sample"])
def test_a_missing_grammar_is_one_error(cli: Cli, command: str) -> None:
    for name in ("nowhere.lark", "mixd"):
        outcome = cli("grammar", command, name)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith("error: ")
        assert "mixed" in outcome.err


def test_a_syntax_error_is_told_with_its_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "broken.lark").write_text('start: NUMBER "+" (\nNUMBER: /[1-9]/\n', encoding="utf-8")
    outcome = cli("grammar", "count", "broken.lark")
    assert outcome.code == 1
    assert "broken.lark:" in outcome.err
    assert "Traceback" not in outcome.err


def test_settings_of_a_grammar_can_be_set(cli: Cli) -> None:
    outcome = cli("grammar", "count", "sums", "--set", "grammar.terms=2", "--set", "grammar.range=0..9", "--json")
    assert json.loads(outcome.out)["total"] == "100"


def test_a_wrong_size_is_a_usage_error(cli: Cli) -> None:
    outcome = cli("grammar", "count", "sums", "--terms", "4..2")
    assert outcome.code == 2
    assert outcome.err == "error: --terms: grammar.terms: a range runs upwards, write '2..4'. Received: '4..2'\n"
