"""Pages as notebooks: all their words and examples, in the order of the page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from notebooks import BLOCK, NOT_CODE, notebook

PROJECT = Path(__file__).parents[2]
PROJECT_PAGES = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")]
PAGES = [path for path in PROJECT_PAGES if BLOCK.search(path.read_text("utf-8"))]


def cells(path: Path, kind: str) -> list[str]:
    made = json.loads(notebook(path.read_text("utf-8")))
    assert (made["nbformat"], len({cell["id"] for cell in made["cells"]})) == (4, len(made["cells"]))
    return ["".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == kind]


def test_there_are_notebooks_of_the_pages_that_show_python() -> None:
    assert {"python.md", "working.md", "data.md"} <= {path.name for path in PAGES}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_notebook_has_every_example_and_every_heading_of_its_page(path: Path) -> None:
    code = "\n".join(cells(path, "code"))
    shown = [line[4:] for line in path.read_text("utf-8").splitlines() if line.startswith((">>> ", "... "))]
    assert [line for line in code.splitlines() if line] == [line for line in shown if line]
    compile(code, path.name, "exec")
    words = "\n".join(cells(path, "markdown"))
    assert all(line in words for line in path.read_text("utf-8").splitlines() if line.startswith("## "))
    assert re.search(r"\]\((?!http)", NOT_CODE.sub("", words)) is None


@pytest.mark.integration
def test_the_cells_of_a_notebook_run_one_after_the_other() -> None:
    code = "\n".join(cells(PROJECT / "docs" / "working.md", "code"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
