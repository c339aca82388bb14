"""The mapping baseline: a small perceptron from the numbers of an expression to its answer, learned in a moment.

It is what the tutorials begin with, and what a sequence model has to be better than: on sums it is perfect, on anything
with products or brackets it is not. Its weights lie in the run folder, so that evaluating never trains.
"""

from __future__ import annotations

import numpy as np

from exprlearn.config import Components
from exprlearn.dataset import Splits
from exprlearn.decoding.framings import numbers
from exprlearn.encoding import Encoder
from exprlearn.errors import EncodingError
from exprlearn.runs.preparation import LOOKED_AT
from exprlearn.runs.run_evaluation import BASELINE
from exprlearn.runs.run_files import write_json
from exprlearn.runs.run_folder import RunFolder
from exprlearn.scoring.baselines import FORMAT, Activation, Perceptron
from exprlearn.training.perceptron import fit_perceptron

#: Units of the hidden layers.
HIDDEN = (32, 32)
#: Inputs; texts of many words would have hundreds of thousands.
WIDEST = 4096


def write_baseline(folder: RunFolder, components: Components, encoder: Encoder, splits: Splits) -> None:
    """Learn the baseline from the first training examples and keep it in the run folder, or why there is none.

    It follows from the config's seed and the training examples.
    """
    if (folder.path / BASELINE).is_file():
        return
    count = min(components.config.data.train or LOOKED_AT, LOOKED_AT)
    try:
        document = fitted(encoder, splits, count=count, seed=components.config.seed).document()
    except EncodingError:
        document = {"format": FORMAT, "omitted": "not every answer is one number, or there is none to read"}
    write_json(folder.path / BASELINE, document)


def fitted(encoder: Encoder, splits: Splits, *, count: int, seed: int) -> Perceptron:
    """Fit a network as `mapping-mlp` builds it to the first training examples.

    Raises:
        EncodingError: answers that are no numbers, or expressions without any.
    """
    inputs = encoder.number_rows.steps * encoder.number_rows.features
    if not inputs:
        raise EncodingError("the expressions hold no numbers")
    if inputs > WIDEST:
        raise EncodingError(f"texts of {inputs} inputs are no expressions, which have at most {WIDEST}")
    examples, _ = splits.train.take(count, start=0)
    answers = numbers(examples.answers)
    scale = max(float(np.abs(answers).max()), 1.0)
    rows = encoder.numbers(examples.expressions).reshape(len(examples), -1)
    activation: Activation = "linear" if set(encoder.alphabet.literals) in ({"+"}, {"-"}) else "relu"
    targets = (answers / scale).astype(np.float32)[:, None]
    return Perceptron(fit_perceptron(rows, targets, HIDDEN, activation, seed), activation, scale)
