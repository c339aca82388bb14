from __future__ import annotations

import exprlearn as xl
from exprlearn_carry.curriculum import ByCarries, ByCarriesOptions


def test_there_is_a_stage_for_each_number_of_carries_and_one_for_all() -> None:
    stages = ByCarries(ByCarriesOptions(promote_at=0.8)).stages(xl.ExpressionSpace.from_file("addition"))
    assert [stage.name for stage in stages] == ["no carries", "carries up to 1", "carries up to 2", "all"]
    assert [stage.promote_at for stage in stages] == [0.8, 0.8, 0.8, None]
