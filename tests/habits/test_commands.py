from __future__ import annotations

import os
import re
from pathlib import Path

LEARN = "python -m pip install -e . && exprlearn train --grammar grammars/mixed.lark --model seq2seq"
TEST = 'python -m pip install -e ".[test]" && pytest'


def entries(project: Path) -> list[str]:
    """List the commands that pre-commit runs."""
    return re.findall(r"entry: (.+)", (project / ".pre-commit-config.yaml").read_text(encoding="utf-8"))


def test_the_readme_begins_with_the_two_commands(project: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (project / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert [block.strip() for block in blocks[:2]] == [LEARN, TEST]


def test_continuous_integration_runs_the_two_commands_word_for_word(project: Path) -> None:
    script = (project / ".ci" / "run").read_text(encoding="utf-8")
    assert f"LEARN='{LEARN}'\n" in script
    assert f"TEST='{TEST}'\n" in script
    assert 'section learn "$LEARN --max-time' in script
    assert 'section test "$TEST --cov' in script


def test_continuous_integration_can_be_started_as_it_lies_there(project: Path) -> None:
    assert os.access(project / ".ci" / "run", os.X_OK)


def test_pre_commit_runs_what_continuous_integration_runs(project: Path) -> None:
    script = (project / ".ci" / "run").read_text(encoding="utf-8")
    sections = re.findall(r"^  (?:lint|format|rooms|types) '(.+)'", script, re.MULTILINE)
    assert sections == entries(project) == ["ruff check", "ruff format --check", "lint-imports", "mypy"]


def test_pre_commit_fetches_no_hooks(project: Path) -> None:
    text = (project / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (.+)", text) == ["local"]


def test_the_page_for_contributors_names_the_same_checks(project: Path) -> None:
    page = (project / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert all(entry in page for entry in entries(project))
