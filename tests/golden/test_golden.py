"""Frozen data: the first thousand expressions of every shipped grammar, and the first thousand rows of a dataset.

python tests/golden/test_golden.py      writes the files anew; needs a higher DATA_VERSION when data has changed
"""

from __future__ import annotations

import json
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from exprlearn.arithmetic import evaluate
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import part_of
from exprlearn.dataset.store import Tools, recipe_of
from exprlearn.dataset.store.planning import Piece
from exprlearn.dataset.store.workshop import open_workshop
from exprlearn.errors import DivisionByZero
from exprlearn.grammar.shipped import shipped_names
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.hashing import DATA_VERSION
from exprlearn.sampling.stream import Stream

GOLDEN = Path(__file__).parent
SEEDS, COUNT, SHOWN = (0, 1), 1000, 20
RULES = {
    "division": {"policy": "exact-only"},
    "data": {"train": COUNT, "constraints": [{"name": "answer-length", "maximum": 6}], "level": "commutative"},
}
MEND = (
    "data has changed: raise DATA_VERSION in exprlearn/sampling/hashing.py, then run python tests/golden/test_golden.py"
)


def drawn(space: ExpressionSpace, seed: int) -> list[str]:
    """Write the first expressions of a stream with their part of the data and their exact value."""
    expressions = Stream(space, seed).items(0, COUNT).expressions.tolist()
    return [f"{expression} {part_of(expression)} {value(expression)}" for expression in expressions]


def value(expression: str) -> str:
    try:
        return str(evaluate(expression))
    except DivisionByZero:
        return "undefined"


def rows(grammar: str, seed: int) -> list[str]:
    """Write the first training rows of a dataset."""
    config = RunConfig.model_validate({"seed": seed, "grammar": {"name": grammar}, **RULES})
    workshop = open_workshop(recipe_of(resolve(config, Plugins(only=()))), Tools(plugin_names=""))
    return [line for found in workshop.rows(Piece("train", COUNT)) for line in workshop.layout.lines(found)]


def frozen(lines: list[str]) -> dict[str, Any]:
    return {"count": len(lines), "sha256": sha256("\n".join(lines).encode()).hexdigest(), "first": lines[:SHOWN]}


@cache
def golden(grammar: str) -> dict[str, Any]:
    """Make what the file of a grammar should hold."""
    space = ExpressionSpace.from_file(grammar)
    seeds = {
        str(seed): {"expressions": frozen(drawn(space, seed)), "rows": frozen(rows(grammar, seed))} for seed in SEEDS
    }
    return {"data_version": DATA_VERSION, "seeds": seeds}


def refresh(folder: Path) -> None:
    """Write the files of all shipped grammars; SystemExit when data has changed and the data version has not."""
    for name in shipped_names():
        file = folder / f"{name}.json"
        made = golden(name)
        if file.exists():
            before = json.loads(file.read_text(encoding="utf-8"))
            if before["seeds"] != made["seeds"] and before["data_version"] >= DATA_VERSION:
                sys.exit(f"{name}: {MEND}")
        file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept() -> list[Path]:
    return sorted(GOLDEN.glob("*.json"))


def test_every_shipped_grammar_has_a_file_and_no_other_has() -> None:
    assert [file.stem for file in kept()] == sorted(shipped_names())


@pytest.mark.parametrize("file", kept(), ids=lambda file: file.stem)
def test_data_is_what_it_was_unless_the_data_version_was_raised(file: Path) -> None:
    before, now = json.loads(file.read_text(encoding="utf-8")), golden(file.stem)
    assert before["seeds"] == now["seeds"], MEND
    assert before["data_version"] == DATA_VERSION, "refresh these files: python tests/golden/test_golden.py"


@pytest.mark.parametrize("change", ["first", "sha256"])
def test_changed_data_cannot_be_frozen_under_the_old_data_version(tmp_path: Path, change: str) -> None:
    refresh(tmp_path)
    file = tmp_path / "nested.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["seeds"]["1"]["rows"][change] = "other"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SystemExit, match="nested: data has changed: raise DATA_VERSION"):
        refresh(tmp_path)
    file.write_text(json.dumps(document | {"data_version": DATA_VERSION - 1}), encoding="utf-8")
    refresh(tmp_path)
    assert json.loads(file.read_text(encoding="utf-8")) == golden("nested")


def test_another_data_version_draws_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    space = ExpressionSpace.from_file("addition")
    before = drawn(space, 0)
    monkeypatch.setattr("exprlearn.sampling.hashing.DATA_VERSION", DATA_VERSION + 1)
    assert drawn(space, 0) != before


if __name__ == "__main__":
    refresh(GOLDEN)
