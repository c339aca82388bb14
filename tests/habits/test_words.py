"""Words that the glossary has retired stay away from all that a person reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

GLOSSARY = "docs/glossary.md"
HEADING = "## Words no longer used"
#: What is written for people, besides the texts in modules; the changelog tells what was.
WRITTEN = ("*.md", "docs/**/*.md", "grammars/*", "plugins/**/*.md", "exprlearn/**/*.jinja", "exprlearn/**/*.js")
WRITTEN += ("exprlearn/**/*.html", "exprlearn/**/*.toml")
HISTORY = {"CHANGELOG.md", GLOSSARY}


def retired(project: Path) -> list[str]:
    """Read the retired words of the glossary."""
    table = (project / GLOSSARY).read_text(encoding="utf-8").partition(HEADING)[2]
    return [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][2:]


def pattern(words: list[str]) -> re.Pattern[str]:
    """Match each of the words, in one number or the other, even where a line breaks within it."""
    each = (r"\s+".join(map(re.escape, word.split())) for word in words)
    return re.compile(rf"\b(?:{'|'.join(each)})s?\b", re.IGNORECASE)


def texts_of(module: str) -> Iterator[str]:
    """Yield the texts in a module: docstrings, messages, help and tables, but no keys of documents."""
    tree = ast.parse(module)
    keys = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in keys)
    return (node.value for node in constants if isinstance(node.value, str))


def test_no_retired_word_stands_in_help_tables_messages_pages_or_docs(project: Path) -> None:
    banned = pattern(retired(project))
    files = {file for each in WRITTEN for file in project.glob(each)}
    said = {file: [file.read_text(encoding="utf-8")] for file in files}
    modules = [*project.glob("exprlearn/**/*.py"), *project.glob("plugins/*/exprlearn_*/**/*.py")]
    said |= {file: list(texts_of(file.read_text(encoding="utf-8"))) for file in modules}
    named = {file.relative_to(project).as_posix(): texts for file, texts in said.items()}
    found = [
        f"{name}: {match[0]}"
        for name, texts in sorted(named.items())
        if name not in HISTORY
        for text in texts
        for match in banned.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize("text", ["answers are written Back\n to front", "two twins", "whoever asks"])
def test_a_retired_word_is_found_wherever_it_stands(project: Path, text: str) -> None:
    (found,) = texts_of(f"x = {{'twins': {text!r}}}")
    assert pattern(retired(project)).search(found)
