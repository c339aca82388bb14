"""Pages as Jupyter notebooks: what a page says between its examples, and each example as a cell with what it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from doctest import DocTestParser, Example
from functools import partial
from typing import Any

BLOCK = re.compile(r"^```python\n(>>> .*?)^```$", re.DOTALL | re.MULTILINE)
NOT_CODE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[([^]]+)\]\((?!https?:)[^)]*\)")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)


def notebook(page: str) -> str:
    """Write a page as a notebook of format 4.5; links to other pages, which are not beside it, become plain words.

    >>> made = json.loads(notebook("# Sums\\n\\n```python\\n>>> 1 + 2\\n3\\n```\\nSee [there](there.md).\\n"))
    >>> [(cell["cell_type"], "".join(cell["source"])) for cell in made["cells"]]
    [('markdown', '# Sums'), ('code', '1 + 2'), ('markdown', 'See there.')]
    """
    cells: list[dict[str, Any]] = []
    for place, part in enumerate(BLOCK.split(page)):
        if place % 2:
            cells += [code_cell(example) for example in DocTestParser().get_examples(part)]
        elif text := outside_code(partial(_LINK.sub, r"\1"), _COMMENT.sub("", part)).strip():
            cells.append({"cell_type": "markdown", "metadata": {}, "source": lines(text)})
    numbered = [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {"cells": numbered, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def outside_code(change: Callable[[str], str], text: str) -> str:
    """Change a page but for its blocks of code.

    >>> outside_code(str.upper, "a\\n```\\nb\\n```\\nc").split()
    ['A', '```', 'b', '```', 'C']
    """
    return "".join(part if place % 2 else change(part) for place, part in enumerate(NOT_CODE.split(text)))


def code_cell(example: Example) -> dict[str, Any]:
    """Write an example as a cell, with what the page shows of it."""
    shown = [{"output_type": "stream", "name": "stdout", "text": lines(example.want)}] if example.want else []
    source = lines(example.source.rstrip("\n"))
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": shown, "source": source}


def lines(text: str) -> list[str]:
    """Cut a text into lines as notebooks hold them, each with its end."""
    return text.splitlines(keepends=True)
