"""A model that is saved as Keras does is anybody's: plain Keras loads it where exprlearn is not installed."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from exprlearn.decoding.framings import FRAMINGS
from exprlearn.models.builtin import exprlearn_models
from exprlearn.plugin import Shape

SPECS = {spec.name: spec for spec in exprlearn_models()}
IDS = Shape(source_length=7, target_length=4, vocabulary_size=15)
NUMBERS = Shape(source_length=3, target_length=1, vocabulary_size=15, features=2)
SAVED = [
    ("mapping-mlp", {}),
    ("stacked-lstm", {}),
    ("repeat-vector", {"bidirectional": True, "encoder_layers": 2, "dropout": 0.1, "batch_norm": True}),
    ("repeat-vector", {"bridge": "each-step", "masking": True, "bidirectional_decoder": True}),
    ("seq2seq", {"dropout": 0.1}),
    ("seq2seq", {"layers": 1, "head": 4}),
    ("causal-transformer", {"head": 4, "layers": 2, "window": 2}),
    ("causal-transformer", {"head": 4, "layers": 1, "positions": "places"}),
    ("causal-transformer", {"head": 4, "layers": 1, "positions": "learned"}),
    ("rewriter", {"head": 4, "layers": 2}),
    ("transducer", {}),
    ("transducer", {"bidirectional": True, "layers": 2, "dropout": 0.1}),
    ("transducer", {"terms": 1, "layers": 2}),
]
LOADING = """
import json, sys
import numpy as np

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "exprlearn":
            raise ModuleNotFoundError("exprlearn is not installed here")

sys.meta_path.insert(0, Blocked())
import keras

told = []
for number in range(int(sys.argv[1])):
    inputs = list(np.load(f"{number}.npz").values())
    told.append(np.asarray(keras.saving.load_model(f"{number}.keras")(inputs, training=False)).tolist())
assert not [name for name in sys.modules if name.partition(".")[0] == "exprlearn"]
json.dump(told, open("told.json", "w"))
"""


def inputs_of(spec):
    random = np.random.default_rng([5, 1, 0])
    if spec.framing == "mapping":
        return [random.random((3, 3, 2), np.float32)]
    batch = {name: random.integers(0, 15, (3, length), np.int32) for name, length in (("source", 7), ("target", 4))}
    return [np.asarray(each) for each in FRAMINGS[spec.framing].inputs(IDS, batch)]


# What Keras itself uses to read and write weights is deprecated by numpy.
@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_saved_model_answers_the_same_in_plain_keras(keras, tmp_path):
    assert {name for name, _ in SAVED} == {*SPECS}
    here = []
    for number, (name, options) in enumerate(SAVED):
        options = SPECS[name].options(**{"units": 8, **options})
        spec = SPECS[name].chosen(options)
        model = spec.build(NUMBERS if spec.framing == "mapping" else IDS, options)
        here.append(np.asarray(model(inputs_of(spec), training=False)))
        model.save(tmp_path / f"{number}.keras")
        np.savez(tmp_path / f"{number}.npz", *inputs_of(spec))
    command = [sys.executable, "-c", LOADING, str(len(SAVED))]
    loaded = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert loaded.returncode == 0, loaded.stderr[-2000:]
    there = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    for one, other in zip(here, there, strict=True):
        np.testing.assert_allclose(one, np.asarray(other), atol=1e-5)
