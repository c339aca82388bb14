"""The settings that pairs bring, and those that say nothing of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exprlearn.config import ConfigWithOrigins, Preset, RunConfig, leaves
from exprlearn.config.origins import value_at
from exprlearn.dataset.pairs.pairs import Pairs
from exprlearn.errors import OptionError

#: Settings of what a grammar writes, by key or section, and why pairs have none.
IDLE: Mapping[str, str] = {
    "grammar": "the file says what is learned",
    "working": "the answers of the file are learned as they stand",
    "curriculum": "a file has no stages",
    "data.constraints": "every row of the file is an example",
    "data.split": "pairs are split by content, or by a column split",
    "data.balance": "every row of the file is an example",
    "data.mix": "rows come as often as the file has them",
    "data.thinning": "rows come as often as the file has them",
}


def pairs_preset(pairs: Pairs, below: Preset | None = None) -> Preset:
    """Make the settings that pairs bring, over those of a preset: each example as it is, text read as it stands."""
    usual = RunConfig().model_dump(mode="json")
    values: dict[str, Any] = {
        "data": {"constraints": [], "mix": usual["data"]["mix"], "thinning": usual["data"]["thinning"]},
        "working": {"name": usual["working"]["name"]},
    }
    if not pairs.are_expressions:
        # Padding before every number and answers reversed help sums, not sentences.
        values |= {"padding": {"name": "left"}, "reversal": {"name": "none"}}
    return Preset(pairs.name, {**(below.values if below else {}), **values})


def refuse_beside_pairs(read: ConfigWithOrigins) -> None:
    """Refuse with an `OptionError` what was asked for and says nothing of pairs, all at once."""
    usual, values = RunConfig().model_dump(mode="json"), read.config.model_dump(mode="json")
    usual["data"]["constraints"] = []
    problems = []
    for key, _ in leaves(values):
        reason = next((said for known, said in IDLE.items() if key == known or key.startswith(f"{known}.")), None)
        if reason and value_at(values, key) != value_at(usual, key):
            problems.append(f"{key}: {reason}, which is {read.config.data.file}: leave one of the two out")
    if problems:
        raise OptionError(problems)
