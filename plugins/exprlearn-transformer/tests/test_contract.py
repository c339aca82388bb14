"""Every promise of a model, as tests of `transformer`."""

from __future__ import annotations

from typing import Any, ClassVar

from exprlearn.testing import ModelContract

SMALL = {"layers": 2, "width": 32, "heads": 2, "feed_forward": 64}


class TestTransformer(ModelContract):
    """As it comes, but small, and with its weights taken to both backends."""

    component = "transformer"
    options = SMALL
    reloaded_on = ("tensorflow", "jax")


class TestPlacesOfDigits(ModelContract):
    """With what is meant for numbers longer than those it learns from."""

    component = "transformer"
    options: ClassVar[dict[str, Any]] = {**SMALL, "positions": "rotary", "places": "digits", "reach": 12}
