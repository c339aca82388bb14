"""The first layers of every model that reads ids: one-hot, ordinal or learned features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exprlearn.plugin import Shape

if TYPE_CHECKING:
    import keras


def features_of(shape: Shape, *, width: int, name: str) -> keras.layers.Layer:
    """Make the layer from ids (batch, steps) int32 to features (batch, steps, size) float32, as `shape.inputs` says.

    `one-hot` is a fixed identity embedding, since gathering rows is faster than multiplying by one-hot rows;
    `integer` is the ordinal encoding `id / (vocabulary_size - 1)`; `embedding` is learned, `width` numbers a token.
    """
    import keras

    size = shape.vocabulary_size
    if shape.inputs == "integer":
        column = keras.layers.Reshape((-1, 1))
        return keras.Sequential([column, keras.layers.Rescaling(1.0 / (size - 1))], name=name)
    if shape.inputs == "one-hot":
        return keras.layers.Embedding(size, size, embeddings_initializer="identity", trainable=False, name=name)
    return keras.layers.Embedding(size, width, name=name)
