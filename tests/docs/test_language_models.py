"""The page of language models, with what needs a package that is not always there."""

from __future__ import annotations

import asyncio
import doctest
import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "language-models.md"
VERIFIERS = re.compile(r"^```python\n(import verifiers.*?)^```$", re.DOTALL | re.MULTILINE)
SUMS = """
import exprlearn as xl
from exprlearn.rewards import exact
sums = xl.dataset("addition", size=3, seed=0, template="What is {expression}?")
"""
BLOCK = re.compile(r"^```python\n(>>> .*?)^```$", re.DOTALL | re.MULTILINE)


# The package warns of its own syntax when it is compiled for the first time.
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_the_loops_run_with_the_data_sets_of_reasoning_gym_too() -> None:
    pytest.importorskip("reasoning_gym", reason="python -m pip install reasoning-gym")
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert any("reasoning_gym" in block for block in blocks)
    said: list[str] = []
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, None, 0)
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert "".join(said) == ""


@pytest.mark.filterwarnings("ignore")
def test_entries_are_tasks_of_verifiers_and_replies_are_rewarded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vf = pytest.importorskip("verifiers.v1", reason="python -m pip install verifiers")
    (block,) = VERIFIERS.findall(PAGE.read_text(encoding="utf-8"))
    (tmp_path / "sums_as_tasks.py").write_text(SUMS + block, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    page = importlib.import_module("sums_as_tasks")
    tasks = list(page.Sums(vf.TasksetConfig(id="sums")))
    assert [task.data.prompt for task in tasks] == [entry["question"] for entry in page.sums]
    for task in tasks:
        for reply, earned in ((f"It is {task.data.answer}.", 1.0), ("It is -1.", 0.0)):
            trace = vf.Trace.model_construct(rewards={}, metrics={}, root_reply=reply)
            assert asyncio.run(task.right(trace)) == earned
