"""Frozen data: the first thousand expressions of every shipped grammar, and the first thousand rows of datasets.

python tests/golden/test_golden.py      writes the files anew; needs a higher DATA_VERSION when data has changed

The version says how a grammar is drawn from, so that data of another grammar under the same name needs none.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from exprlearn.arithmetic import evaluate
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import split_of
from exprlearn.dataset.store import Tools, recipe_of
from exprlearn.dataset.store.builder import DatasetBuilder, open_builder
from exprlearn.dataset.store.planning import Piece
from exprlearn.errors import DivisionByZero
from exprlearn.grammar.shipped import shipped_names
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.ordering.hashing import DATA_VERSION
from exprlearn.sampling.stream import Stream

GOLDEN = Path(__file__).parent
SEEDS, COUNT, SHOWN = (0, 1), 1000, 20
RULES = {
    "division": {"policy": "exact-only"},
    "data": {"train": COUNT, "constraints": [{"name": "answer-length", "maximum": 6}], "level": "commutative"},
}
# Other ways to draw the rows of a folder, each with one small space.
WAYS: dict[str, dict[str, Any]] = {"by-position": {"split": "position"}}
NAMES = (*shipped_names(), *WAYS)
MEND = (
    "data has changed: raise DATA_VERSION in exprlearn/sampling/ordering/hashing.py,"
    " then run python tests/golden/test_golden.py"
)


def drawn(space: ExpressionSpace, seed: int) -> list[str]:
    """Write the first expressions of a stream with their part of the data and their exact value."""
    expressions = Stream(space, seed).items(0, COUNT).expressions.tolist()
    return [f"{expression} {split_of(expression)} {value(expression)}" for expression in expressions]


def value(expression: str) -> str:
    try:
        return str(evaluate(expression))
    except DivisionByZero:
        return "undefined"


def opened(config: dict[str, Any]) -> DatasetBuilder:
    """Open a folder of format 1, whose rows must come out as they were for as long as it can be mended."""
    recipe = recipe_of(resolve(RunConfig.model_validate(RULES | config), Plugins(only=())))
    return open_builder(replace(recipe, format=1), Tools(plugin_names=""))


def lines(builder: DatasetBuilder, piece: Piece) -> list[str]:
    return [line for found in builder.rows(piece) for line in builder.layout.lines(found)]


def rows(grammar: str, seed: int) -> list[str]:
    """Write the first training rows of a dataset."""
    return lines(opened({"seed": seed, "grammar": {"name": grammar}}), Piece("train", COUNT))


def other_rows(way: str, seed: int) -> dict[str, Any]:
    """Write the first rows of a slice of a dataset that is drawn in another way, and of a held-out part."""
    data = RULES["data"] | WAYS[way] | {"validation": 60, "test": 80}
    grammar = {"name": "mixed", "terms": "2..3", "brackets": 0}
    builder = opened({"seed": seed, "grammar": grammar, "data": data})
    pieces = {
        "rows": Piece("train", COUNT),
        "slice": Piece("train", COUNT, slice=2, slices=3),
        "test": Piece("test", 80),
    }
    return {name: frozen(lines(builder, piece)) for name, piece in pieces.items()}


def frozen(lines: list[str]) -> dict[str, Any]:
    return {"count": len(lines), "sha256": sha256("\n".join(lines).encode()).hexdigest(), "first": lines[:SHOWN]}


@cache
def golden(name: str) -> dict[str, Any]:
    """Make what a file should hold."""
    if name in WAYS:
        return {"data_version": DATA_VERSION, "seeds": {str(seed): other_rows(name, seed) for seed in SEEDS}}
    space = ExpressionSpace.from_file(name)
    seeds = {str(seed): {"expressions": frozen(drawn(space, seed)), "rows": frozen(rows(name, seed))} for seed in SEEDS}
    grammar = sha256(space.grammar.text.encode()).hexdigest()
    return {"data_version": DATA_VERSION, "grammar": grammar, "seeds": seeds}


def refresh(folder: Path) -> None:
    """Write all files; SystemExit when data has changed and the data version has not."""
    for name in NAMES:
        file = folder / f"{name}.json"
        made = golden(name)
        if file.exists():
            before = json.loads(file.read_text(encoding="utf-8"))
            is_same_task = before.get("grammar") == made.get("grammar") and before["data_version"] >= DATA_VERSION
            if before["seeds"] != made["seeds"] and is_same_task:
                sys.exit(f"{name}: {MEND}")
        file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kept() -> list[Path]:
    return sorted(GOLDEN.glob("*.json"))


def test_every_shipped_grammar_and_way_to_draw_has_a_file_and_no_other_has() -> None:
    assert sorted(file.stem for file in kept()) == sorted(NAMES)


@pytest.mark.parametrize("file", kept(), ids=lambda file: file.stem)
def test_data_is_what_it_was_unless_the_data_version_was_raised(file: Path) -> None:
    before, now = json.loads(file.read_text(encoding="utf-8")), golden(file.stem)
    assert before["seeds"] == now["seeds"], MEND
    assert before == now, "refresh these files: python tests/golden/test_golden.py"


@pytest.mark.parametrize("change", ["first", "sha256"])
def test_changed_data_cannot_be_frozen_under_the_old_data_version(tmp_path: Path, change: str) -> None:
    refresh(tmp_path)
    file = tmp_path / "nested.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["seeds"]["1"]["rows"][change] = "other"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(SystemExit, match="nested: data has changed: raise DATA_VERSION"):
        refresh(tmp_path)
    for older in ({"data_version": DATA_VERSION - 1}, {"grammar": "another"}):
        file.write_text(json.dumps(document | older), encoding="utf-8")
        refresh(tmp_path)
        assert json.loads(file.read_text(encoding="utf-8")) == golden("nested")


def test_another_data_version_draws_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    space = ExpressionSpace.from_file("addition")
    before = drawn(space, 0)
    monkeypatch.setattr("exprlearn.sampling.ordering.hashing.DATA_VERSION", DATA_VERSION + 1)
    assert drawn(space, 0) != before


if __name__ == "__main__":
    refresh(GOLDEN)
