from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import pytest

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import store
from exprlearn.plugin.manager import Plugins
from exprlearn.working.builtin import exprlearn_workings

yaml = pytest.importorskip("yaml", reason="python -m pip install pyyaml")


WORKINGS = [spec.name for spec in exprlearn_workings() if spec.name != "none"]


def built(folder: Path, layout: Any, template: str | None = None, **sections: Any) -> Path:
    data = {"train": 40, "validation": 5, "test": 20, "shards": 4}
    config = RunConfig.model_validate({"grammar": {"name": "addition"}, "data": data, **sections})
    store.build(folder, store.recipe_of(resolve(config, Plugins(only=())), layout=layout, template=template))
    return folder


@pytest.mark.parametrize("layout", ["rows", "qa", "chat", "completion"])
def test_the_task_asks_every_test_row_for_its_answer(tmp_path: Path, layout: str) -> None:
    folder = built(tmp_path / "data", layout)
    task = yaml.safe_load((folder / "lm_harness.yaml").read_text(encoding="utf-8"))
    assert task["task"] == "exprlearn_addition"
    assert all((folder / name).is_file() for names in task["dataset_kwargs"]["data_files"].values() for name in names)
    pattern = re.compile(task["filter_list"][0]["filter"][0]["regex_pattern"])
    pairs = zip(store.read_rows(folder, "test"), store.read_examples(folder, "test"), strict=True)
    for row, (expression, answer) in pairs:
        asked, wanted = (jinja2.Template(task[key]).render(**row) for key in ("doc_to_text", "doc_to_target"))
        assert asked.removesuffix("=") == expression
        assert wanted == answer == pattern.findall(f"{expression} is {answer}.")[-1]
    assert not store.verify(folder).findings


@pytest.mark.long
@pytest.mark.parametrize("layout", ["rows", "qa", "chat", "completion"])
@pytest.mark.parametrize("working", WORKINGS)
def test_a_working_is_shown_and_its_last_number_is_what_counts(tmp_path: Path, layout: str, working: str) -> None:
    grammar = {"name": "mixed", "range": "1..40"}
    folder = built(tmp_path / "data", layout, working={"name": working}, grammar=grammar)
    task = yaml.safe_load((folder / "lm_harness.yaml").read_text(encoding="utf-8"))
    (metric,) = task["metric_list"]
    (before,) = metric["regexes_to_ignore"]
    pattern = re.compile(task["filter_list"][0]["filter"][0]["regex_pattern"])
    pairs = zip(store.read_rows(folder, "test"), store.read_examples(folder, "test"), strict=True)
    for row, (_, answer) in pairs:
        shown = jinja2.Template(task["doc_to_target"]).render(**row)
        # The harness ignores the same in what is written and in what should be.
        assert re.sub(before, "", shown) == answer == re.sub(before, "", pattern.findall(shown)[-1])


def test_a_template_is_what_is_asked(tmp_path: Path) -> None:
    recipe = {"layout": "completion", "template": "Q: What is {expression}?\nA:"}
    folder = built(tmp_path / "data", **recipe)
    task = yaml.safe_load((folder / "lm_harness.yaml").read_text(encoding="utf-8"))
    row = next(store.read_rows(folder, "test"))
    example = next(store.read_examples(folder, "test"))
    asked = jinja2.Template(task["doc_to_text"]).render(**row)
    assert asked == f"Q: What is {example.expression}?\nA:"
    assert task["target_delimiter"] == " "
