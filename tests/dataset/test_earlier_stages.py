from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import block_values, compile_skeletons
from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import Answering, store
from exprlearn.dataset.constraints import IntegerConstraint, SignsConstraint, SignsOptions
from exprlearn.dataset.drawing.split import keep_rows
from exprlearn.dataset.earlier_stages import BeyondEarlierStages, EarlierStage, Membership
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace

MIXED = ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=(0, 1), ranges="1..12")
EARLIER = {
    "the same grammar": ExpressionSpace.from_file("mixed", terms=2, ranges="1..9"),
    "another grammar": ExpressionSpace.from_file("sums", terms=(2, 3), ranges="0..11"),
    "two ranges": ExpressionSpace.from_file("division", ranges="1..9"),
    "so many characters": ExpressionSpace.from_file("mixed", terms=(2, 3), characters=(3, 4), ranges="1..12"),
}


@pytest.mark.parametrize("earlier", EARLIER.values(), ids=EARLIER)
def test_blocks_are_found_in_a_space_as_their_texts_are(earlier: ExpressionSpace) -> None:
    membership, found = Membership(earlier), Counter[bool]()
    for stratum in MIXED.strata:
        block = stratum.block(np.arange(0, stratum.size, max(1, stratum.size // 300)))
        inside = membership.rows(block).tolist()
        assert inside == [text in earlier for text in block.expressions.tolist()]
        found.update(inside)
    assert found[False] > 10
    assert found[True] > 0


def test_what_an_earlier_stage_leaves_out_by_its_constraints_is_new() -> None:
    plus = Answering(ExactOnlyPolicy(), [SignsConstraint(SignsOptions(only="+"))])
    whole = Answering(ExactOnlyPolicy(), [IntegerConstraint()])
    beyond = BeyondEarlierStages([(MIXED, plus), (EARLIER["the same grammar"], whole)])
    for stratum in MIXED.strata:
        block = stratum.block(np.arange(0, stratum.size, max(1, stratum.size // 200)))
        values = block_values(block, compile_skeletons(block.skeletons))
        kept = keep_rows(beyond, block, values)
        for row, text in enumerate(block.expressions.tolist()):
            value = values.fraction(row)
            assert kept[row] == (value is None or beyond.holds(text, value)), text
    assert [beyond.holds(text, values.fraction(0)) for text in ("12+1+1", "3*4", "3*12")] == [False, False, True]


def components_of(**config: Any) -> Any:
    return resolve(RunConfig.model_validate(config), Plugins())


def test_files_hold_nothing_that_an_earlier_stage_gives_and_are_repaired_alike(tmp_path: Path) -> None:
    small = components_of(grammar={"name": "mixed", "terms": 2}, data={"constraints": ["integer"]})
    earlier = EarlierStage(small.config.grammar, EARLIER["the same grammar"].grammar.text, ())
    assert EarlierStage.of_plain(json.loads(json.dumps(earlier.plain()))) == earlier
    components = components_of(
        grammar={"name": "mixed", "terms": "2..3", "brackets": 0},
        data={"train": 300, "validation": 20, "test": 20},
    )
    store.build(tmp_path / "data", store.recipe_of(components, earlier=[earlier]))
    rows = list(store.read_rows(tmp_path / "data"))
    assert len(rows) == 340
    assert all(row["sizes"]["terms"] == 3 for row in rows)
    assert "nothing that an earlier stage gives" in (tmp_path / "data/README.md").read_text(encoding="utf-8")
    file = next((tmp_path / "data").glob("train*"))
    before = file.read_bytes()
    file.write_bytes(b"")
    store.repair(tmp_path / "data")
    assert file.read_bytes() == before


def test_files_mixed_by_operators_have_the_indices_and_sizes_of_their_space(tmp_path: Path) -> None:
    components = components_of(
        grammar={"name": "mixed", "terms": "2..3", "brackets": "0..1"},
        data={"train": 600, "validation": 30, "test": 30, "mix": "operators"},
    )
    store.build(tmp_path / "data", store.recipe_of(components))
    space = ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=(0, 1))
    rows = list(store.read_rows(tmp_path / "data", "train"))
    for row in rows[::5]:
        assert space[int(row["index"])] == row["expression"]
        assert space.locate(int(row["index"]))[0].sizes.as_dict() == row["sizes"]
    sets = Counter(frozenset(row["expression"]) & frozenset("+-*/") for row in rows)
    assert max(sets.values()) < 2 * min(sets.values())
    manifest = store.read_manifest(tmp_path / "data")
    told = Counter({tuple(entry.sizes.values()): entry.rows for entry in manifest.sizes})
    all_rows = Counter(tuple(row["sizes"].values()) for row in store.read_rows(tmp_path / "data"))
    assert +told == all_rows
