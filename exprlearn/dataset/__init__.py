"""Examples with a proof: constraints, splits by content, and the stream that training reads.

The room can be called: `exprlearn.dataset("addition", size=6_000)` makes a `Dataset`, see `sequence`.
"""

from __future__ import annotations

import sys

from exprlearn.dataset.acceptance import Acceptance, acceptance
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.canonical import Level, canonical_forms, canonical_key
from exprlearn.dataset.canonical_blocks import canonical_keys
from exprlearn.dataset.drawable import Drawable, drawable
from exprlearn.dataset.drawing.rows import Example, Examples
from exprlearn.dataset.drawing.split import SPLITS, Split, split_of
from exprlearn.dataset.drawing.stream import ExampleStream
from exprlearn.dataset.longest_answer import longest_answer
from exprlearn.dataset.proof import Proof, prove
from exprlearn.dataset.sequence import Dataset, DatasetRoom, Entry, dataset
from exprlearn.dataset.splits import Splits, load_space, load_splits, split

__all__ = [
    "SPLITS",
    "Acceptance",
    "Answering",
    "Dataset",
    "Drawable",
    "Entry",
    "Example",
    "ExampleStream",
    "Examples",
    "Level",
    "Proof",
    "Split",
    "Splits",
    "acceptance",
    "canonical_forms",
    "canonical_key",
    "canonical_keys",
    "dataset",
    "drawable",
    "load_space",
    "load_splits",
    "longest_answer",
    "prove",
    "split",
    "split_of",
]

# A package and a function of one name: whichever is imported first, the name does both.
sys.modules[__name__].__class__ = DatasetRoom
