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
    for index in ("0", "6167", "35315"):
        expression = cli("grammar", "at", "mixed", index, "--terms", "2..3").out.strip()
        assert cli("grammar", "rank", "mixed", expression, "--terms", "2..3").out.strip() == index


@pytest.mark.parametrize("index", ["35316", "1.5", "many"])
def test_what_is_no_index_is_refused_with_the_range(cli: Cli, index: str) -> None:
    outcome = cli("grammar", "at", "mixed", index, "--terms", "2..3")
    assert outcome.code == 2
    assert "a whole number from 0 to 35315" in outcome.err


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


TWO_WAYS = 'start: e\ne: e "+" e | N\nN: /[0-2]/\n'
STRINGS = "grammar.ambiguity=strings"


@pytest.mark.parametrize(("terms", "texts"), [("3", 27), ("1..3", 39), ("4", 81)])
@pytest.mark.parametrize("more", [0, 5])
def test_an_ambiguous_grammar_gives_each_text_once_while_there_are_others(
    cli: Cli, tmp_path: Path, terms: str, texts: int, more: int
) -> None:
    (tmp_path / "twice.lark").write_text(TWO_WAYS, encoding="utf-8")
    arguments = ("twice.lark", "-n", str(texts + more), "--terms", terms, "--set", STRINGS, "--json")
    rows = [json.loads(line)["expression"] for line in cli("grammar", "sample", *arguments).out.splitlines()]
    assert len(rows) == texts + more
    assert len(set(rows[:texts])) == len(set(rows)) == texts
    assert all(rows)


def test_two_texts_of_an_ambiguous_grammar_are_two(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "twice.lark").write_text(TWO_WAYS.replace("0-2", "0-9"), encoding="utf-8")
    for seed in map(str, range(5)):
        found = cli("grammar", "sample", "twice.lark", "--terms", "1..4", "--set", STRINGS, "-n", "2", "--seed", seed)
        assert len(set(found.out.splitlines())) == 2
        assert found.code == 0


def test_derivations_are_not_counted_as_expressions(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "twice.lark").write_text(TWO_WAYS, encoding="utf-8")
    arguments = ("twice.lark", "--terms", "3", "--set", STRINGS)
    checked = cli("grammar", "check", *arguments).out
    assert checked.startswith("twice: 27 expressions in 54 derivations")
    assert "terms=3 brackets=0: 27, such as" in checked
    for command in ("check", "count"):
        document = json.loads(cli("grammar", command, *arguments, "--json").out)
        assert (document["total"], document["derivations"]) == ("27", "54")
    table = cli("grammar", "count", *arguments).out.splitlines()
    assert table[0].split() == ["terms", "brackets", "expressions", "derivations"]
    assert table[-1].split() == ["27", "54"]


def test_expressions_that_are_too_many_to_be_told_apart_are_not_counted(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "twice.lark").write_text(TWO_WAYS, encoding="utf-8")
    arguments = ("twice.lark", "--terms", "40", "--set", "grammar.ambiguity=derivations")
    document = json.loads(cli("grammar", "count", *arguments, "--json").out)
    assert document["total"] is None
    assert int(document["derivations"]) > 10**20
    assert "not counted" in cli("grammar", "count", *arguments).out
    assert "derivations, some of the same expression" in cli("grammar", "check", *arguments).out


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        ('N "^" N', "'^' has no value"),
        ('N "%" N', "'%' has no value"),
        ('N "//" N', "'//' has no value"),
        ('N "<" N', "'<' has no value"),
        ('"max(" N "," N ")"', "'max(', ',' have no value"),
        ('N "+" N "="', "'=' has no value"),
        ('N "–" N', "'–' has no value"),
        ('N "plus" N', "'plus' has no value"),
        ("N N", ""),
        ('N "+"', "which is no arithmetic expression"),
    ],
)
def test_a_check_asks_whether_expressions_can_be_answered(cli: Cli, tmp_path: Path, rule: str, sign: str) -> None:
    (tmp_path / "odd.lark").write_text(f'start: {rule} | N "+" N\nN: /[1-9]/\n', encoding="utf-8")
    outcome = cli("grammar", "check", "odd.lark")
    assert outcome.code == (1 if sign else 0)
    assert sign in outcome.err
    assert "odd: " in outcome.out
    if sign:
        assert sign in cli("data", "preview", "odd.lark").err


@pytest.mark.parametrize("sign", ['"plus"i', "/plus/i", "PLUS"])
def test_a_sign_in_any_case_is_written_in_one_way(cli: Cli, tmp_path: Path, sign: str) -> None:
    (tmp_path / "plus.lark").write_text(f'start: N {sign} N | N\nN: /[1-9]/\nPLUS: "plus"i\n', encoding="utf-8")
    document = json.loads(cli("grammar", "count", "plus.lark", "--json").out)
    assert document["total"] == str(9 + 81)
    assert "'plus' has no value" in cli("grammar", "check", "plus.lark").err


def test_all_missing_bounds_are_told_at_once_with_the_settings_that_end_it(cli: Cli, tmp_path: Path) -> None:
    text = 'start: e\ne: e "+" t | t\nt: N | M | "-" t | "(" e ")"\nN: /[0-9]+/\nM: /[1-9][0-9]*/\n'
    (tmp_path / "loose.lark").write_text(text, encoding="utf-8")
    outcome = cli("grammar", "count", "loose.lark")
    assert outcome.code == 1
    for said in ("terminal N has", "terminal M has", "terms can grow", "operators can grow", "brackets can nest"):
        assert said in outcome.err
    settings = outcome.err.partition("this ends it: ")[2].split()
    assert settings[::2] == ["--set"] * 4
    (tmp_path / "loose.lark").write_text(text.replace("N | M |", "N |").partition("M: ")[0], encoding="utf-8")
    assert cli("grammar", "count", "loose.lark", *settings).code == 0


@pytest.mark.parametrize("command", ["check", "count"])
def test_counts_that_python_cannot_write_are_powers_of_ten(cli: Cli, tmp_path: Path, command: str) -> None:
    text = '//@ size terms=1500\nstart: N ("+" N)*\n//@ range=0..999\nN: /0|[1-9][0-9]*/\n'
    (tmp_path / "large.lark").write_text(text, encoding="utf-8")
    assert "~10^4500" in cli("grammar", command, "large.lark").out
    assert json.loads(cli("grammar", command, "large.lark", "--json").out)["total"] == "~10^4500"
    outcome = cli("grammar", "at", "large.lark", "9" * 5000)
    assert (outcome.code, "~10^4500" in outcome.err) == (2, True)
    assert "Traceback" not in cli("grammar", "sample", "large.lark").err


def test_what_can_be_drawn_is_counted_beside_what_is_written_once_rules_are_asked_for(cli: Cli) -> None:
    kept = ["--division", "fraction", "--set", 'data.constraints=["integer"]']
    asked = ["grammar", "count", "mixed", "--terms", "2", *kept]
    document = json.loads(cli(*asked, "--json").out)
    # Of the 81 quotients of two numbers from 1 to 9, 23 come out.
    whole = {"count": "266", "low": "266", "high": "266", "said": "exact", "text": "266"}
    assert document["strata"][0] == {"sizes": {"terms": 2, "brackets": 0}, "count": "324", "drawn": whole}
    assert document["drawn"] == whole
    lines = cli(*asked).out.splitlines()
    assert [line.split()[-1] for line in lines] == ["drawn", "266", "266"]
    large = json.loads(cli("grammar", "count", "mixed", "--range", "1..99", *kept, "--json").out)["drawn"]
    assert large["said"] == "estimate"
    assert int(large["low"]) < int(large["count"]) < int(large["high"])
