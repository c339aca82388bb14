from __future__ import annotations

import numpy as np
import pytest

from exprlearn.arithmetic import Operation, block_values, compile_skeletons
from exprlearn.curriculum.curricula import AutoCurriculum, AutoOptions
from exprlearn.dataset.constraints.effort import DifficultyConstraint, DifficultyOptions
from exprlearn.dataset.difficulty import features_of, scores
from exprlearn.dataset.drawing.split import keep_rows
from exprlearn.sampling import ExpressionSpace


@pytest.mark.parametrize("operation", ["exact", "floor"])
def test_blocks_are_checked_as_single_expressions_are(operation: Operation) -> None:
    constraint = DifficultyConstraint(DifficultyOptions(minimum=90, maximum=150))
    stratum = ExpressionSpace.from_file("mixed", ranges="1..99").strata[-1]
    block = stratum.block(np.random.default_rng(1).integers(0, stratum.size, 400))
    values = block_values(block, compile_skeletons(block.skeletons), operation)
    kept = keep_rows(constraint, block, values)
    assert 0.05 < kept.mean() < 0.95
    for row, text in enumerate(block.expressions.tolist()):
        value = values.fraction(row)
        assert kept[row] == (value is None or constraint.holds(text, value)), text


def test_stages_are_cut_at_even_shares_of_the_scores_and_end_with_the_task_itself() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..99")
    points = np.array([int(scores(features_of(space[index]))) for index in range(0, space.size, 3)])
    *easier, whole = AutoCurriculum(AutoOptions(stages=4)).stages(space)
    cuts = [stage.constraints[0]["maximum"] for stage in easier]  # type: ignore[index]
    assert cuts == sorted(set(cuts))
    for part, cut in enumerate(cuts, start=1):
        assert (points < cut).mean() <= part / 4 + 0.03
        assert (points <= cut).mean() >= part / 4 - 0.03
    assert (whole.grammar, whole.constraints) == ({}, ())


def test_expressions_that_are_all_alike_make_one_stage() -> None:
    space = ExpressionSpace.from_text('start: NUMBER "+" NUMBER\nNUMBER: /[1-4]/\n')
    assert [stage.name for stage in AutoCurriculum().stages(space)] == ["all"]
