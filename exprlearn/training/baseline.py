"""The mapping baseline: a small perceptron from the numbers of an expression to its answer, learned within seconds.

It is what the tutorials begin with, and what a sequence model has to be better than: on sums it is perfect, on anything
with products or brackets it is not. Its weights lie in the run folder, so that judging never trains.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.backend.reproducibility import seeded
from exprlearn.config import Components
from exprlearn.dataset import Splits
from exprlearn.decoding.framings import numbers
from exprlearn.encoding import Encoder
from exprlearn.errors import EncodingError
from exprlearn.models import mapping_mlp
from exprlearn.runs.preparation import LOOKED_AT
from exprlearn.runs.run_evaluation import BASELINE
from exprlearn.runs.run_files import write_json
from exprlearn.runs.run_folder import RunFolder
from exprlearn.scoring.baselines import FORMAT, Activation, Perceptron
from exprlearn.training.compiled_steps import steps_of
from exprlearn.training.optimizers import make_optimizer

if TYPE_CHECKING:
    import keras

# The second entry of a seed: what the random numbers are for.
ORDER = 2
UNITS, STEPS, BATCH = 32, 1000, 64
SETTINGS = SimpleNamespace(learning_rate=1e-2, warmup=0.05, clip=1.0)


def write_baseline(folder: RunFolder, components: Components, encoder: Encoder, splits: Splits) -> None:
    """Learn the baseline from the first training examples and keep it in the run folder, or why there is none.

    It follows from the config's seed and the training examples. Keras must be loaded.
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
    """Fit the model `mapping-mlp` to the first training examples.

    Raises:
        EncodingError: answers that are no numbers, or expressions without any.
    """
    if not encoder.number_rows.steps:
        raise EncodingError("the expressions hold no numbers")
    examples, _ = splits.train.take(count, start=0)
    answers = numbers(examples.answers)
    scale = max(float(np.abs(answers).max()), 1.0)
    arrays = {
        "source": encoder.numbers(examples.expressions),
        "target": (answers / scale).astype(np.float32)[:, None],
    }
    activation: Activation = "linear" if set(encoder.alphabet.literals) in ({"+"}, {"-"}) else "relu"
    shape = encoder.number_shape
    with seeded(seed):
        model = mapping_mlp.build(shape, mapping_mlp.MappingMlpOptions(units=UNITS, activation=activation))
    order = np.random.default_rng([seed, ORDER, 0]).integers(0, len(examples), (STEPS, BATCH), np.int32)
    optimizer = make_optimizer(SETTINGS, steps=STEPS)
    steps_of(model, optimizer, "mapping", shape).run(arrays, order)
    return Perceptron(list(_dense(model)), activation, scale)


def _dense(model: keras.Model) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Yield kernel and bias of each layer that has weights."""
    for layer in model.layers:
        if layer.weights:
            kernel, bias = (np.asarray(variable) for variable in layer.weights)
            yield kernel, bias
