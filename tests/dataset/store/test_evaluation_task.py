from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jinja2
import pytest

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import store
from exprlearn.plugin.manager import Plugins

yaml = pytest.importorskip("yaml", reason="python -m pip install pyyaml")


def built(folder: Path, layout: Any, **sections: Any) -> Path:
    data = {"train": 40, "validation": 5, "test": 20, "shards": 4}
    config = RunConfig.model_validate({"grammar": {"name": "addition"}, "data": data, **sections})
    store.build(folder, store.recipe_of(resolve(config, Plugins(only=())), layout=layout))
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


def test_there_is_no_task_where_the_working_stands_with_the_answer(tmp_path: Path) -> None:
    folder = built(tmp_path / "data", "chat", working={"name": "equations"})
    assert not (folder / "lm_harness.yaml").exists()
