"""The three ways a source row becomes features, in NumPy: the reference for what the models compute inside."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.plugin.kinds.model import Inputs


def one_hot(ids: NDArray[np.int32], vocabulary_size: int) -> NDArray[np.float32]:
    """Mark each id with a 1: (n, steps) int32 -> (n, steps, vocabulary_size) float32.

    >>> one_hot(np.array([[2, 0]], dtype=np.int32), 3)
    array([[[0., 0., 1.],
            [1., 0., 0.]]], dtype=float32)
    """
    return np.eye(vocabulary_size, dtype=np.float32)[ids]


def from_one_hot(features: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return the ids (n, steps) int32 of the largest entries of (n, steps, vocabulary_size)."""
    ids: NDArray[np.int32] = features.argmax(axis=-1).astype(np.int32)
    return ids


def ordinal(ids: NDArray[np.int32], vocabulary_size: int) -> NDArray[np.float32]:
    """Scale ids to 0..1: (n, steps) int32 -> (n, steps, 1) float32; digits keep their order.

    >>> ordinal(np.array([[0, 1, 4]], dtype=np.int32), 5)[..., 0]
    array([[0.  , 0.25, 1.  ]], dtype=float32)
    """
    return (ids[..., None] / np.float32(max(vocabulary_size - 1, 1))).astype(np.float32)


def from_ordinal(features: NDArray[np.float32], vocabulary_size: int) -> NDArray[np.int32]:
    """Return the nearest ids (n, steps) int32 of scaled ids (n, steps, 1)."""
    return np.rint(features[..., 0] * max(vocabulary_size - 1, 1)).astype(np.int32)


def represent(ids: NDArray[np.int32], inputs: Inputs, vocabulary_size: int) -> NDArray[Any]:
    """Return ids (n, steps) as the features that `inputs` names.

    `one-hot` gives (n, steps, vocabulary_size) float32, `integer` (n, steps, 1) float32 and `embedding` the ids
    themselves, (n, steps) int32, for a layer that learns its own features.
    """
    if inputs == "one-hot":
        return one_hot(ids, vocabulary_size)
    return ordinal(ids, vocabulary_size) if inputs == "integer" else ids


def restore(features: NDArray[Any], inputs: Inputs, vocabulary_size: int) -> NDArray[np.int32]:
    """Return the ids (n, steps) int32 that `represent` made features of."""
    if inputs == "one-hot":
        return from_one_hot(features)
    return from_ordinal(features, vocabulary_size) if inputs == "integer" else features
