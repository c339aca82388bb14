"""The page of language models, with what needs a package that is not always there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "language-models.md"
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
