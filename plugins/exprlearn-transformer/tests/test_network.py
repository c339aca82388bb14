from __future__ import annotations

import numpy as np
import pytest

from exprlearn.plugin import Shape
from exprlearn_transformer import TransformerOptions, build

SHAPE = Shape(source_length=6, target_length=5, vocabulary_size=9)
SMALL = {"layers": 1, "width": 16, "heads": 2, "feed_forward": 16}
START = np.full((1, 5), 1, np.int32)


def logits(options: TransformerOptions, *sources: list[int]) -> list[np.ndarray]:
    model = build(SHAPE, options)
    return [np.asarray(model([np.array([source], np.int32), START], training=False)) for source in sources]


@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "rotary"])
def test_with_positions_the_order_of_the_source_counts(positions: str) -> None:
    one, other = logits(TransformerOptions(**SMALL, positions=positions), [3, 4, 5, 6, 7, 8], [4, 3, 5, 6, 7, 8])
    assert np.abs(one - other).max() > 1e-4


def test_without_positions_the_order_of_the_source_does_not_count() -> None:
    one, other = logits(TransformerOptions(**SMALL, positions="none"), [3, 4, 5, 6, 7, 8], [8, 4, 6, 5, 7, 3])
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_what_stands_on_padding_is_not_seen() -> None:
    shape = Shape(source_length=6, target_length=5, vocabulary_size=9)
    longer = Shape(source_length=9, target_length=5, vocabulary_size=9)
    models = [build(each, TransformerOptions(**SMALL, positions="rotary")) for each in (shape, longer)]
    models[1].set_weights(models[0].get_weights())
    source = np.array([[3, 4, 5, 6, 7, 0]], np.int32)
    padded = np.pad(source, ((0, 0), (0, 3)))
    one, other = (
        np.asarray(model([rows, START], training=False)) for model, rows in zip(models, (source, padded), strict=True)
    )
    np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize(("width", "heads"), [(6, 4), (12, 4)])
def test_heads_without_an_even_share_of_the_width_are_refused(width: int, heads: int) -> None:
    with pytest.raises(ValueError, match="each head needs an even share of the width"):
        TransformerOptions(width=width, heads=heads)
