from __future__ import annotations

import pytest
from pydantic import ValidationError

from exprlearn.config import RunConfig


def test_sizes_left_out_are_left_to_the_grammar() -> None:
    sizes = RunConfig.model_validate({"grammar": {"terms": "2..4", "depth": 3}}).grammar.sizes
    assert sizes == {"terms": (2, 4), "brackets": None, "operators": None, "characters": None, "depth": (3, 3)}


def test_a_range_of_decimals_is_kept_as_it_is_written() -> None:
    section = RunConfig.model_validate({"grammar": {"range": {"N": "0.00..9.50", "M": "1..3"}}}).grammar
    assert section.range == {"N": "0.00..9.50", "M": (1, 3)}
    assert section.model_dump()["range"] == {"N": "0.00..9.50", "M": "1..3"}


@pytest.mark.parametrize(("written", "said"), [("1.5..1.25", "as many decimals"), ("2.0..1.0", "write '1.0..2.0'")])
def test_a_range_of_decimals_that_is_none_is_refused(written: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RunConfig.model_validate({"grammar": {"range": written}})


def test_a_config_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RunConfig().seed = 1  # type: ignore[misc]


def test_the_time_limit_is_told_in_seconds() -> None:
    assert RunConfig.model_validate({"training": {"max_time": "10m"}}).training.max_seconds == 600
