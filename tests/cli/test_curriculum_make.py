from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from exprlearn.arithmetic import calculations, parse
from exprlearn.dataset.constraints import MeaningfulBracketsConstraint
from exprlearn.dataset.store import read_manifest, read_rows
from exprlearn.sampling import ExpressionSpace

Cli = Callable[..., Any]

TARGET = ("mixed", "six.toml", "--stages", "6", "--range", "1..99", "--brackets", "0..2", "--terms", "2..5")
ROWS = ("--train", "400", "--validation", "20", "--test", "20", "--progress", "none")


def operators_of(text: str) -> frozenset[str]:
    return frozenset(text) & frozenset("+-*/")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stages")


@pytest.fixture
def six(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a curriculum of six stages, build it, and go to where it lies; once for all tests."""
    monkeypatch.chdir(folder)
    if not Path("six.toml").exists():
        made = cli("curriculum", "make", *TARGET)
        assert made.code == 0, made.err
        built = cli("curriculum", "build", "six.toml", "out", *ROWS)
        assert built.code == 0, built.err
    return folder


def training_rows(folder: Path) -> list[list[dict[str, Any]]]:
    return [list(read_rows(each, "train")) for each in sorted((folder / "out").glob("[1-6]*"))]


pytestmark = pytest.mark.slow


def test_every_stage_practises_what_is_new_in_it(six: Path) -> None:
    stages, known = training_rows(six), frozenset[str]()
    assert len(stages) == 6
    for rows in stages:
        found = [operators_of(row["expression"]) for row in rows]
        for sign in frozenset().union(*found) - known:
            assert sum(sign in each for each in found) >= 0.3 * len(rows), sign
        known = known.union(*found)
    assert known == frozenset("+-*/")
    shares = Counter(operators_of(row["expression"]) for row in stages[-1])
    assert shares[known] >= 0.1 * len(stages[-1])


def test_no_stage_divides_by_one_or_by_the_dividend(six: Path) -> None:
    divisions = [
        step
        for rows in training_rows(six)
        for row in rows
        for step in calculations(parse(row["expression"]))
        if step.operator == "/"
    ]
    assert len(divisions) > 200
    assert not [step for step in divisions if step.right == (1, 1) or step.result in ((0, 1), (1, 1))]


def test_stages_get_harder_and_none_holds_what_an_earlier_one_gives(six: Path) -> None:
    stages = training_rows(six)
    middles = [sorted(row["difficulty"] for row in rows)[len(rows) // 2] for rows in stages]
    assert all(before < after for before, after in pairwise(middles)), middles
    expressions = [row["expression"] for rows in stages for row in rows]
    assert len(set(expressions)) == len(expressions) > 2000


def test_small_stages_are_counted_exactly_and_others_with_an_interval(six: Path) -> None:
    drawn = [read_manifest(each).drawn for each in sorted((six / "out").glob("[1-6]*"))]
    meaningful = MeaningfulBracketsConstraint().holds
    sums = {
        text
        for text in ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=(0, 1), ranges="1..9")
        if operators_of(text) <= {"+", "-"} and meaningful(text, Fraction(0))
    }
    of_two = {f"{one}+{two}" for one in range(1, 10) for two in range(1, 10)}
    assert of_two < sums
    for count, counted in zip((len(of_two), len(sums - of_two)), drawn, strict=False):
        assert counted is not None
        assert (counted.said, counted.count) == ("exact", str(count))
    for counted in drawn[2:]:
        assert counted is not None
        assert counted.said == "estimate"
        assert len(sums) < int(counted.low) < int(counted.count) < int(counted.high)


def test_it_is_run_as_it_was_made(cli: Cli, six: Path) -> None:
    settings = ["model.units=16", "training.examples_per_epoch=128", "data.validation=20", "data.test=20"]
    words = [word for each in settings for word in ("--set", each)]
    done = cli("curriculum", "run", "six.toml", "--epochs", "6", "--name", "six", *words, "--progress", "none")
    assert done.code == 0, done.err
    epochs = [json.loads(line) for line in Path("runs/six/metrics.jsonl").read_text("utf-8").splitlines()]
    assert len(epochs) == 6


def test_other_layouts_hold_the_same_rows(cli: Cli, six: Path) -> None:
    rows = [[row["expression"] for row in stage] for stage in training_rows(six)]
    for layout, read in (
        ("chat", lambda row: row["messages"][0]["content"]),
        ("qa", lambda row: row["question"]),
    ):
        built = cli("curriculum", "build", "six.toml", layout, *ROWS, "--layout", layout)
        assert built.code == 0, built.err
        folders = sorted((six / layout).glob("[1-6]*"))
        assert [[read(row) for row in read_rows(each, "train")] for each in folders] == rows


def test_the_task_itself_is_built_with_every_set_of_operators(cli: Cli, six: Path) -> None:
    assert cli("data", "build", "task", "--config", "six.toml", *ROWS).code == 0
    rows = list(read_rows(Path("task"), "train"))
    sets = Counter(operators_of(row["expression"]) for row in rows)
    assert len(sets) == 15
    # Four standard deviations of what chance gives each.
    even = len(rows) / 15
    assert all(abs(count - even) < 4 * even**0.5 for count in sets.values())
    space = ExpressionSpace.from_file("mixed", terms=(2, 5), brackets=(0, 2), ranges="1..99")
    for row in rows[:50]:
        assert space[int(row["index"])] == row["expression"]
        assert space.locate(int(row["index"]))[0].sizes.as_dict() == row["sizes"]


def test_a_stage_is_sampled_by_its_name_or_number(cli: Cli, six: Path) -> None:
    rows = [
        json.loads(line) for line in cli("curriculum", "sample", "six.toml", "1", "-n", "5", "--json").out.splitlines()
    ]
    assert len({row["expression"] for row in rows}) == 5
    (name,) = {row["stage"] for row in rows}
    assert name == "addition of 2 numbers up to 9"
    named = cli("curriculum", "sample", "six.toml", name, "-n", "5").out.splitlines()
    assert named == [f"{name}:", *(f"  {row['expression']} = {row['answer']}" for row in rows)]
