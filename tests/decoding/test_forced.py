from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exprlearn.decoding.forced import TIE
from exprlearn.plugin import Shape
from exprlearn.scoring.wrong_steps import wrong_steps

LONGER = Shape(source_length=4, target_length=5, vocabulary_size=7)
SPECS = ["teacher-forced", "without attention", "without incremental", "sequence"]


def sources(count: int) -> np.ndarray:
    size = (count, LONGER.source_length)
    return np.random.default_rng([count, 8, 0]).integers(0, LONGER.vocabulary_size, size, np.int32)


def ended(ids: np.ndarray) -> np.ndarray:
    """Let every row end, and nothing but padding stand behind its end mark."""
    rows = ids.copy()
    rows[:, -1] = np.where((rows[:, :-1] == LONGER.end).any(axis=1), LONGER.pad, LONGER.end)
    behind = np.cumsum(rows == LONGER.end, axis=1) - (rows == LONGER.end) > 0
    return np.where(behind, LONGER.pad, rows).astype(np.int32)


@pytest.mark.parametrize(
    "kind", ["teacher-forced", *(pytest.param(kind, marks=pytest.mark.slow) for kind in SPECS[1:])]
)
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_one_pass_says_of_each_row_what_decoding_it_would(untrained: Any, kind: str, seed: int) -> None:
    decoder, rows = untrained(kind, seed, LONGER, compiling=True), sources(300)
    # Padding and start are never written, the end mark often.
    bias = decoder.model.get_layer("logits").bias
    bias.assign(np.array([-50, -50, 3, 0, 0, 0, 0], np.float32))
    decoded = decoder.decode(rows).ids
    draw = np.random.default_rng([seed, 9, 0])
    # Half of the targets are what the model writes, in half a token is changed, perhaps to an early end mark.
    changed = decoded.copy()
    changed[np.arange(300), draw.integers(0, 2, 300)] = draw.integers(2, LONGER.vocabulary_size, 300)
    target = ended(np.where((draw.random(300) < 0.5)[:, None], decoded, changed))
    margins = decoder.margins(rows, target)
    written = ((decoded == target) | (target == LONGER.pad)).all(axis=1)
    decided = np.abs(margins) > TIE
    assert decided.mean() > 0.9
    assert 0.1 < written.mean() < 0.9
    assert (margins > 0)[decided].tolist() == written[decided].tolist()


def test_a_row_decided_by_a_hair_is_left_to_decoding(untrained: Any) -> None:
    decoder, rows = untrained("sequence", 0, LONGER), sources(1)
    decoder.model.get_layer("logits").kernel.assign(np.zeros((6, 7)))
    decoder.model.get_layer("logits").bias.assign([0, 0, 0, 1, 1, 0, 0])
    for token in (3, 4):
        target = np.array([[token, 2, 0, 0, 0]], np.int32)
        assert decoder.margins(rows, target)[0] <= TIE


def test_a_margin_is_the_lead_of_the_weakest_step(untrained: Any) -> None:
    decoder, rows = untrained("sequence", 0, LONGER), sources(2)
    decoder.model.get_layer("logits").kernel.assign(np.zeros((6, 7)))
    decoder.model.get_layer("logits").bias.assign([0, 0, 5, 3, 1, 0, 0])
    target = np.array([[2, 0, 0, 0, 0], [3, 2, 0, 0, 0]], np.int32)
    assert decoder.margins(rows, target) == pytest.approx([2.0, -2.0])


@pytest.mark.parametrize("kind", ["teacher-forced", "sequence"])
def test_until_its_wrong_step_a_decoder_saw_what_one_pass_over_the_truth_sees(kind: str, untrained: Any) -> None:
    decoder = untrained(kind)
    source = np.random.default_rng([3, 1, 0]).integers(3, 5, (16, 4)).astype(np.int32)
    targets = np.array([[3, 4, LONGER.end], [4, LONGER.end, 0]] * 8, np.int32)
    decoded = decoder.decode(source)
    on_the_right_way = decoder.retrace(source, targets).probabilities
    found = wrong_steps(decoded.ids, decoded.probabilities, targets, LONGER.end, str)
    assert any(step is not None for step in found)
    for row, step in enumerate(found):
        if step is not None:
            seen = on_the_right_way[row, step.step - 1]
            assert step.right_probability == pytest.approx(seen[int(step.right)], abs=1e-4)
            assert step.chosen_probability == pytest.approx(seen.max(), abs=1e-4)
