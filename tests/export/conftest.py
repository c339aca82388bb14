from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exprlearn.config import read_config, resolve, to_toml
from exprlearn.dataset import load_space
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import Encoder
from exprlearn.plugin.manager import Plugins
from exprlearn.runs import checkpoint
from exprlearn.runs.built_models import in_numpy
from exprlearn.runs.preparation import make_encoder
from exprlearn.runs.run import Run
from exprlearn.runs.run_files import write_json, write_lines, write_text
from exprlearn.runs.run_folder import create
from exprlearn.runs.starting import load
from exprlearn.sampling import ExpressionSpace
from exprlearn.tensors.array_keras import Model

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
PLUGINS = Plugins(only=())
BLOCKS = ("model.units=16", "model.layers=2", "model.feed_forward=24", "model.head=8")
ALONE = "working.name=none"
#: Every framing, and every way to lay rows out.
MODELS = {
    "transformer": ("model.name=seq2seq", *BLOCKS),
    "lstm": ("model.name=seq2seq", "model.network=lstm", "model.units=12", "padding.name=right", ALONE),
    "repeat": ("model.name=repeat-vector", "model.units=12", "reversal.name=both", ALONE),
    "transducer": ("model.name=transducer", "model.units=12", "padding.name=per-term", "reversal.name=both", ALONE),
    "rewriter": ("model.name=rewriter", *BLOCKS, "model.spare=2"),
    "default": ("model.name=seq2seq",),
    "mlp": ("model.name=mapping-mlp", "model.units=12", "model.activation=gelu"),
    "stacked": ("model.name=stacked-lstm", "model.units=8"),
    "causal": (
        *("model.name=causal-transformer", *BLOCKS, "model.positions=places", "model.window=3"),
        *("working.name=equations", "grammar.name=mixed", "tokenizer.name=digits", "tokenizer.group=2"),
    ),
}
#: Runs files in a process of its own, to which the toolkit is not there.
ALONE_IN_PYTHON = """
import json, runpy, sys
sys.modules["exprlearn"] = None
expressions = json.load(sys.stdin)
print(json.dumps([runpy.run_path(file)["answer"](expressions) for file in sys.argv[1:]]))
"""


def made_of(*settings: str) -> tuple[Any, ExpressionSpace, Encoder, Model]:
    """Make components, space, encoder and a model in numpy whose weights are drawn and were never trained."""
    asked = ["grammar.name=mixed", f"training.backend={BACKEND}", *settings]
    config = read_config(None, {}, asked, plugins=PLUGINS, of_model=True).config
    components = resolve(config, PLUGINS)
    space = load_space(config.grammar, components)
    encoder, draw = make_encoder(space, components), np.random.default_rng([3, 19, 6])
    model = in_numpy(components, encoder)
    for variable in model.variables:
        drawn = draw.normal(0.0, 0.5, variable.shape).astype(variable.dtype)
        # A variance is no less than 0.
        variable.assign(np.abs(drawn) if "variance" in variable.name else drawn)
    return components, space, encoder, model


@pytest.fixture(scope="session")
def asking() -> Callable[..., Answerer]:
    """Return what asks a model of some settings in numpy."""

    def make(*settings: str) -> Answerer:
        components, _, encoder, model = made_of(*settings)
        rules = FRAMINGS[components.model.framing].adapted(components)
        return Answerer(Decoder(model, components.model, rules.shape(encoder), rules=rules), encoder)

    return make


def write_run(runs: Path, name: str, *settings: str) -> Run:
    """Write a run with weights that tell its answers apart and were never trained; no backend is needed."""
    components, space, encoder, model = made_of(*settings)
    folder = create(runs, name, name)
    values = {key: each.value for key, each in checkpoint.name_variables("model", model.variables).items()}
    write_text(folder.path / "grammar.lark", space.grammar.text)
    folder.write_config(to_toml(components.config))
    write_json(folder.path / "vocabulary.json", encoder.to_json())
    folder.write_run({"name": name, "state": "finished", "scale": 99.0, "framing": components.model.framing})
    folder.checkpoints.mkdir(exist_ok=True)
    checkpoint.save(folder.checkpoints, values, {"epoch": 1, "best_epoch": 1})
    return load(folder.path, plugins=PLUGINS)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """Return what loads a run of `MODELS`, each written once."""
    runs, known = tmp_path_factory.mktemp("runs"), set()

    def loaded(name: str) -> Run:
        if name not in known:
            known.add(name)
            write_run(runs, name, *MODELS[name])
        return load(runs / name, plugins=PLUGINS)

    return loaded


@pytest.fixture
def scored_run(written: Callable[[str], Run]) -> Run:
    """Return a run with an evaluated test, some of it right."""
    run = written("mlp")
    rows = [{"expression": f"{n}+2", "answer": str(n + n // 20), "truth": str(n)} for n in range(1, 41)]
    write_lines(run.folder.path / "predictions.jsonl", rows)
    return run


@pytest.fixture(scope="session")
def expressions(written: Callable[[str], Run]) -> list[str]:
    """Draw a thousand expressions of the grammar that all runs have."""
    run = written("mlp")
    space = load_space(run.config.grammar, run.components, text=run.grammar_text)
    return [space[index] for index in np.random.default_rng([3, 20, 6]).integers(0, space.size, 1000).tolist()]


SAVE = """
import json, sys
import exprlearn as xl
from exprlearn.plugin.manager import Plugins
expressions, out, found = json.load(sys.stdin), sys.argv[1], []
for folder in sys.argv[2:]:
    run = xl.load(folder, plugins=Plugins(only=()), backend="tensorflow")
    found.append(run.answerer_for(len(expressions)).answer(expressions, lines=True).texts)
    run.export(f"{out}/{run.folder.name}", "savedmodel")
print(json.dumps(found))
"""


@pytest.fixture
def saved_models(
    written: Callable[[str], Run], expressions: list[str], tmp_path: Path
) -> tuple[dict[str, list[str]], list[Path]]:
    """Write models in a process whose Keras runs on TensorFlow; return what they answer, and each `decode.py`."""
    names = ("transformer", "lstm", "mlp")
    done = subprocess.run(
        [sys.executable, "-c", SAVE, str(tmp_path), *(str(written(name).folder.path) for name in names)],
        input=json.dumps(expressions),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return dict(zip(names, found, strict=True)), [tmp_path / name / "decode.py" for name in names]


@pytest.fixture(scope="session")
def ask_alone() -> Callable[..., list[list[str]]]:
    """Return what asks several `decode.py`, in one process that cannot import exprlearn."""
    return answers_alone


def answers_alone(expressions: list[str], *files: Path) -> Any:
    """Ask each `decode.py` in one process that cannot import exprlearn."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE_IN_PYTHON, *map(str, files)],
        input=json.dumps(expressions),
        env={**os.environ, "KERAS_BACKEND": BACKEND},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
