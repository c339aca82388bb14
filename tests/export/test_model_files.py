from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from exprlearn.cli.app import app
from exprlearn.dataset import Examples
from exprlearn.dataset.pairs import Pairs
from exprlearn.errors import OptionError
from exprlearn.export.text_rules import text_rules
from exprlearn.intervals import percent
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.exporting import answerer_in_numpy, facts_of
from exprlearn.runs.record import read_record
from exprlearn.runs.starting import load

pytestmark = pytest.mark.long

KEPT = Path(__file__).parents[1] / "kept" / "trained"
MODELS = ("transformer", "lstm", "repeat", "transducer", "rewriter", "mlp", "stacked", "causal")


def answers(run, expressions):
    """Answer as `predict` does, whether or not there is an exact answer."""
    return answerer_in_numpy(run).answer(expressions, lines=True).texts


def test_every_model_gives_the_answers_of_predict_in_plain_keras(written, expressions, ask_alone, tmp_path):
    expected = {name: answers(written(name), expressions) for name in MODELS}
    found = ask_alone(expressions, *(written(name).export(tmp_path / name) / "decode.py" for name in MODELS))
    assert dict(zip(MODELS, found, strict=True)) == expected
    assert all(len(set(each)) > 5 for each in found)


def test_every_model_gives_the_answers_of_predict_in_onnxruntime(written, expressions, ask_alone, tmp_path):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    expected = {name: answers(written(name), expressions) for name in MODELS}
    files = [written(name).export(tmp_path / name, "onnx") / "decode.py" for name in MODELS]
    assert dict(zip(MODELS, ask_alone(expressions, *files), strict=True)) == expected


def test_a_saved_model_gives_the_answers_of_predict_in_tensorflow(saved_models, expressions, ask_alone):
    expected, files = saved_models
    assert dict(zip(expected, ask_alone(expressions, *files), strict=True)) == expected


def test_a_saved_model_is_written_by_tensorflow_alone(written, tmp_path):
    run = written("mlp")
    on_jax = run.config.training.model_copy(update={"backend": "jax"})
    run.components = replace(run.components, config=run.config.model_copy(update={"training": on_jax}))
    with pytest.raises(OptionError, match="TensorFlow writes it, and the run is on jax"):
        run.export(tmp_path / "out", "savedmodel")


def test_rules_say_how_a_row_is_laid_out(written):
    run = written("transducer")
    rules = text_rules(answerer_in_numpy(run), run.components)
    assert rules["source"] == {"length": 11, "number_length": 1, "turned": "row", "side": "right"}
    assert rules["answer"]["turned"] == "row"
    assert [rules["readings"][sign] for sign in "× 7"] == ["*", "", "7"]


def test_a_model_of_texts_is_asked_for_texts_and_no_sign_at_their_end_is_dropped(written):
    run = written("repeat")
    run.pairs = Pairs("dozens", Examples.of([("how much is a dozen?", "12"), ("and two?", "24")]))
    facts = facts_of(run)
    assert text_rules(answerer_in_numpy(run), run.components, asks=facts.asks)["asks"] == "text"
    assert facts.shown["sizes"] == "questions of up to 11 characters"
    run.pairs = Pairs("sums", Examples.of([("1+2", "3"), ("3+4", "7")]))
    assert facts_of(run).asks == "expression"


def test_what_is_there_already_is_left_alone(written, tmp_path):
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(OptionError, match="is there already: name a new one"):
        written("mlp").export(tmp_path / "kept")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["mapping-mlp", "repeat-vector", "seq2seq", "stacked-lstm", "stages", "transducer"])
def test_runs_of_earlier_versions_leave_too(name, tmp_path):
    run = load(KEPT / name, plugins=Plugins(only=()))
    page = run.export(tmp_path / "model.html", "page").read_text("utf-8")
    assert f"The run “{run.folder.name}”" in page


def test_rules_that_are_code_cannot_leave(written, tmp_path):
    run = written("repeat")

    object.__setattr__(run.components, "padding", SimpleNamespace(pad=lambda ids, *_: ids))
    with pytest.raises(OptionError, match=r"padding\.name: '[a-z-]+' lays rows out by code of its own"):
        run.export(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_card_tells_the_score_on_the_test_and_its_interval(scored_run, tmp_path):
    rows = read_record(scored_run.folder.path).predictions
    share = percent(sum(row.correct for row in rows) / len(rows))
    card = (scored_run.export(tmp_path / "out") / "README.md").read_text("utf-8")
    assert f"| exact match | {share} (95 %: " in card
    assert f"n = {len(rows)}) |" in card
    assert "On the same test " in card


def test_a_model_that_needs_code_of_its_own_is_refused(written, keras, tmp_path):
    run = written("mlp")

    @keras.saving.register_keras_serializable("strange")
    class Doubled(keras.layers.Layer):
        def call(self, inputs):
            return inputs * 2

    source = keras.Input((4, 7))
    run.model = keras.Model([source], Doubled()(source))
    with pytest.raises(OptionError, match=r"a \.keras file would need the code of .*Doubled"):
        run.export(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_command_prints_where_the_model_lies(written, tmp_path):
    run = written("mlp")
    asked = ["export", "mlp", str(tmp_path / "out"), "--runs", str(run.folder.path.parent), "--json"]
    outcome = CliRunner().invoke(app, asked)
    assert outcome.exit_code == 0, outcome.output
    assert json.loads(outcome.stdout) == {"run": "mlp", "format": "keras", "path": str(tmp_path / "out")}
    names = ["README.md", "decode.py", "model.keras", "vocabulary.json"]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == names
