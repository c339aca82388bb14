"""The one door to the seeds that Keras draws for itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let layers that are built in the block draw the same first weights and dropout for the same seed.

    Keras takes the seed of every initializer and dropout layer without one from Python's `random`. Its own
    `set_random_seed` reseeds NumPy as well, imports TensorFlow on every backend, and leaves all of it seeded.
    """
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
