"""Small spaces over shipped grammars, and blocks drawn from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset.store import Recipe, Tools, recipe_of
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.preparation import make_encoder
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.writing.block import Block

# A machine that others work on is slow at times.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

MakeBlock = Callable[..., Block]
MakeRecipe = Callable[..., Recipe]

#: One operand may carry signs, and brackets may hold anything.
SIGNED = """
start: sum
sum: product | sum "+" product | sum "-" product
product: signed | product "*" signed | product "/" signed
signed: atom | "-" atom
atom: NUMBER | "(" sum ")"
NUMBER: /0|[1-9][0-9]{0,11}/
"""


@lru_cache
def signed_space(terms: int, operators: int, brackets: int, high: int) -> ExpressionSpace:
    return ExpressionSpace.from_text(SIGNED, terms=terms, operators=operators, brackets=brackets, ranges=f"0..{high}")


@pytest.fixture
def signed_block() -> MakeBlock:
    """Draw n expressions with signs and brackets; numbers from 0 to high."""

    def make(rows: int, high: int, *, terms: int = 4, operators: int = 4, brackets: int = 2, seed: int = 0) -> Block:
        stratum = signed_space(terms, operators, brackets, high).strata[0]
        return stratum.block(np.random.default_rng(seed).integers(0, min(stratum.size, 2**62), rows))

    return make


@pytest.fixture
def mixed_space() -> Any:
    return ExpressionSpace.from_file("mixed")


@pytest.fixture(scope="session")
def make_recipe() -> MakeRecipe:
    """Write recipes: sections of the config, or numbers of the data section, as keywords."""
    plugins = Plugins(only=())

    def make(
        grammar: str = "mixed", *, file_format: str = "jsonl", layout: str = "rows", seed: int = 0, **settings: Any
    ) -> Recipe:
        data = {"train": 1200, "validation": 100, "test": 150, "shards": 6} | settings.pop("data", {})
        config = RunConfig.model_validate(
            {"seed": seed, "grammar": {"name": grammar} | settings.pop("sizes", {}), "data": data, **settings}
        )
        return recipe_of(resolve(config, plugins), file_format=file_format, layout=layout)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools(encoder=make_encoder)


@pytest.fixture(scope="session")
def recipe(make_recipe: MakeRecipe) -> Recipe:
    return make_recipe()
