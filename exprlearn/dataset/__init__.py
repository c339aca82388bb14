"""Examples with a proof: constraints, splits by content, and the stream that training reads.

The room can be called: `exprlearn.dataset("addition", size=6_000)` makes a `Dataset`, see `sequence`.
"""

from __future__ import annotations

import sys

from exprlearn.dataset.acceptance import Acceptance, Drawable, acceptance, drawable
from exprlearn.dataset.answer_extent import longest_answer
from exprlearn.dataset.canonical import Level, canonical_key, canonical_keys
from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.rows import Example, Examples
from exprlearn.dataset.drawing.split import SPLITS, Answering, Split, split_of
from exprlearn.dataset.sequence import Dataset, DatasetRoom, Entry, dataset
from exprlearn.dataset.splits import Proof, Splits, load_space, load_splits, operators_for, prove, split
from exprlearn.dataset.text_forms import canonical_forms
from exprlearn.dataset.working_extent import longest_working

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
    "longest_working",
    "operators_for",
    "prove",
    "split",
    "split_of",
]

# The names under which pages and plugins may still know them.
PARTS, Part, part_of = SPLITS, Split, split_of

# A package and a function of one name: whichever is imported first, the name does both.
sys.modules[__name__].__class__ = DatasetRoom
