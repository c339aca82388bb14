"""What Python hands over: models, optimizers, plugins and settings; and what a wrong argument is told."""

from __future__ import annotations

import os
import re
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import exprlearn as xl
from exprlearn.errors import DataError, OptionError, RunError
from exprlearn.plugin import Shape, TokenizerSpec, hookimpl
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.objects import model_spec, plugins_of

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
SMALL = {"training.backend": BACKEND, "training.batch_size": 32, "data.validation": 8, "data.test": 8}
SHORT: dict[str, Any] = {"epochs": 2, "examples_per_epoch": 64}


def small_network(shape: Shape) -> Any:
    import keras

    source = keras.Input((shape.source_length,), dtype="int32")
    signs = keras.layers.Flatten()(keras.layers.Embedding(shape.vocabulary_size, 8)(source))
    logits = keras.layers.Dense(shape.target_length * shape.vocabulary_size)(signs)
    return keras.Model(source, keras.layers.Reshape((shape.target_length, shape.vocabulary_size))(logits))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> xl.Run:
    def slow(learning_rate: Any) -> Any:
        import keras

        return keras.optimizers.SGD(learning_rate, momentum=0.5)

    folder = tmp_path_factory.mktemp("door") / "runs"
    how = {"optimizer": slow, "seed": 3, "settings": {**SMALL, "grammar.range": "0..19"}, "runs": folder}
    return xl.train("addition", model=small_network, name="own", **how, **SHORT)


def test_a_function_builds_the_model_and_another_one_the_optimizer(run: xl.Run) -> None:
    config = run.config
    assert (config.model.name, config.training.optimizer.name) == ("python/small-network", "python/slow")
    assert config.seed == 3
    assert run.facts["components"]["model"] == {"plugin": "python", "distribution": "python", "version": "object"}
    assert run.facts["state"] == "finished"


@pytest.mark.long
def test_functions_are_a_loss_and_a_callback_and_a_run_is_begun_with(run: xl.Run, tmp_path: Path) -> None:
    seen: list[float] = []

    def doubled(outputs: Any, batch: Any, context: Any) -> Any:
        return 2.0 * context.default(outputs, batch)

    def second(state: Any) -> str | None:
        seen.append(state.history[-1]["loss"])
        return "seen twice" if state.epoch == 2 else None

    common = {
        "model": small_network,
        "settings": {**SMALL, "grammar.range": "0..19"},
        "runs": tmp_path,
        "epochs": 3,
        "init_from": run,
    }
    plain = xl.train("addition", name="plain", **common)
    own = xl.train("addition", name="own", loss=doubled, callbacks=[second, "training-match"], **common)
    assert own.facts["stopped_by"] == "python/second: seen twice"
    assert own.facts["init_from"] == {**plain.facts["init_from"], "taken": 3, "left_count": 0}
    assert seen[0] == pytest.approx(2 * plain.history[0]["loss"], rel=0.2)
    assert "training-match" in own.history[0]["metrics"]
    with pytest.raises(TypeError, match="callbacks: write a list"):
        xl.train("addition", callbacks=second)
    with pytest.raises(TypeError, match="loss: write the name of one"):
        xl.train("addition", loss=0.5)


def test_a_run_tells_its_epochs_as_rows(run: xl.Run) -> None:
    assert [row["epoch"] for row in run.history] == [1, 2]
    assert run.history.columns[:4] == ["epoch", "examples", "loss", "exact_match"]
    assert "<td>2</td>" in run.history._repr_html_()


def test_rows_become_a_frame_where_pandas_is_there(run: xl.Run, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = types.ModuleType("pandas")
    frames.DataFrame = lambda rows, columns: (rows, columns)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pandas", frames)
    rows, columns = run.history.to_pandas()
    assert rows[0].keys() == set(columns)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(OptionError, match="pandas is not installed: python -m pip install pandas"):
        run.history.to_pandas()


def test_runs_are_listed_as_rows_and_a_damaged_one_is_warned_of(run: xl.Run, tmp_path: Path) -> None:
    (row,) = xl.runs(run.folder.path.parent)
    assert (row["run"], row["model"], row["state"]) == ("own", "python/small-network", "finished")
    assert xl.runs(tmp_path / "none") == []
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{", encoding="utf-8")
    with pytest.warns(UserWarning, match="broken is passed over"):
        assert xl.runs(tmp_path) == []


def test_one_text_is_one_prediction(run: xl.Run) -> None:
    one, (other,) = run.predict("12+3"), run.predict(["12+3"])
    assert one == other
    assert one.truth == "15"


def test_a_run_is_loaded_with_what_was_handed_over_and_says_so_without(run: xl.Run) -> None:
    again = xl.load(run.folder.path, plugins=[small_network])
    assert again.predict("12+3").answer == run.predict("12+3").answer
    with pytest.raises(RunError, match=r"its model was handed over by Python: hand it to xl\.load\(…, plugins="):
        xl.load(run.folder.path)


class Plugin:
    """An object with a hook."""

    @hookimpl
    def exprlearn_tokenizers(self) -> Iterable[TokenizerSpec]:
        from exprlearn.encoding import Characters

        yield TokenizerSpec(name="plain", summary="Characters.", make=lambda options: Characters())


def test_modules_files_objects_specs_and_functions_are_plugins(tmp_path: Path) -> None:
    source = (
        "from exprlearn.plugin import MetricSpec, hookimpl\n"
        "class None_:\n    def score(self, answers, truths): return 0.0\n"
        "@hookimpl\ndef exprlearn_metrics():\n"
        "    yield MetricSpec(name='nothing', summary='Nothing.', make=lambda options: None_())\n"
    )
    file = tmp_path / "mine.py"
    file.write_text(source, encoding="utf-8")
    module = types.ModuleType("brought")
    exec(compile(source.replace("nothing", "else"), "brought", "exec"), module.__dict__)
    spec = model_spec(small_network)
    plugins = plugins_of([module, file, Plugin(), spec])
    found = {kind: registry.names for kind, registry in plugins.registries.items()}
    assert {"nothing", "else"} <= set(found["metric"])
    assert "plain" in found["tokenizer"]
    assert "small-network" in found["model"]
    assert plugins_of(plugins) is plugins
    assert "small-network" not in Plugins().registries["model"].names


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"model": 5}, "model: write the name of one, ModelSpec(…), or a function that builds one, got 5"),
        ({"optimizer": 0.1}, "optimizer: write the name of one, OptimizerSpec(…), or a function that builds one"),
        ({"settings": 7}, 'settings: write {"model.units": 64}'),
        ({"settings": "model.units=64"}, 'settings: write {"model.units": 64}'),
        ({"settings": {7: 1}}, 'settings: a key is text such as "model.units", got 7'),
        ({"plugins": [7]}, "plugins: 7 brings no component: write a module, the path of a file"),
        ({"plugins": "mine.py"}, "plugins: write a list, such as [my_module, 'my_plugin.py'], got 'mine.py'"),
        ({"observer": print}, "cannot hear started, epoch, noted, finished: write a function for each"),
        ({"data": 7}, "data: write a grammar's name, a path, an exprlearn.dataset or a list of pairs, got a int"),
    ],
)
def test_an_argument_of_another_kind_is_a_type_error_that_says_what_would_do(
    tmp_path: Path, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError, match=re.escape(said)):
        xl.train(**{"data": "addition", "runs": tmp_path, **arguments})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"lr": 0.1}, "training.lr: unknown key"),
        ({"model": "seq3seq"}, "no model named 'seq3seq'"),
        ({"settings": {"model.unitz": 64}}, "model.unitz"),
        ({"epochs": "many"}, "training.epochs"),
        ({"seed": -1}, "seed"),
    ],
)
def test_an_unknown_name_or_value_is_an_option_error(tmp_path: Path, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        xl.train("addition", runs=tmp_path, **arguments)


def test_what_a_run_is_asked_is_checked_too(run: xl.Run) -> None:
    with pytest.raises(TypeError, match=r"predict: ask a text such as '12\+34', or a list of texts, got \[12\]"):
        run.predict([12])  # type: ignore[list-item]
    with pytest.raises(OptionError, match="split: no model is evaluated on 'tset': did you mean 'test'"):
        run.evaluate("tset")


def test_what_is_built_already_is_refused_with_what_would_do(run: xl.Run) -> None:
    with pytest.raises(TypeError, match="this one is built already, and its widths follow from the data"):
        xl.train("addition", model=run.model)
    import keras

    with pytest.raises(TypeError, match=r"pass what builds it, such as keras\.optimizers\.SGD"):
        xl.train("addition", optimizer=keras.optimizers.SGD(0.1))


def test_a_missing_file_of_pairs_is_a_grammar_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises((xl.ExprLearnError, DataError), match=r"nowhere\.csv"):
        xl.train(tmp_path / "nowhere.csv", runs=tmp_path)
