from __future__ import annotations

import pytest
from pydantic import ValidationError

from exprlearn.config import RunConfig


def test_sizes_left_out_are_left_to_the_grammar() -> None:
    sizes = RunConfig.model_validate({"grammar": {"terms": "2..4", "depth": 3}}).grammar.sizes
    assert sizes == {"terms": (2, 4), "brackets": None, "operators": None, "characters": None, "depth": (3, 3)}


def test_a_config_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RunConfig().seed = 1  # type: ignore[misc]


def test_the_time_limit_is_told_in_seconds() -> None:
    assert RunConfig.model_validate({"training": {"max_time": "10m"}}).training.max_seconds == 600
