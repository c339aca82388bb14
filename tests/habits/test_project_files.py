"""What strangers meet first: the checks of every change, the forms they fill in, how a version is made and cited."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import exprlearn

FORMS = [".github/ISSUE_TEMPLATE/bug.yml", ".github/ISSUE_TEMPLATE/wish.yml", ".github/pull_request_template.md"]


def text(project: Path, name: str) -> str:
    return (project / name).read_text(encoding="utf-8")


def test_the_workflow_tries_every_promised_python_on_three_systems(project: Path) -> None:
    workflow = text(project, ".github/workflows/check.yml")
    promised = re.findall(r"Python :: (3\.\d+)", text(project, "pyproject.toml"))
    (matrix,) = re.findall(r"python: \[(.*)\]", workflow)
    assert re.findall(r"[\d.]+", matrix) == promised
    assert {"ubuntu", "macos", "windows"} == set(re.findall(r"(ubuntu|macos|windows)-latest", workflow))


def test_the_workflow_runs_the_checks_of_the_project_and_the_second_command_of_the_readme(project: Path) -> None:
    workflow = text(project, ".github/workflows/check.yml")
    second = re.findall(r"```sh\n(.*?)\n```", text(project, "README.md"), re.DOTALL)[1]
    assert "- run: .ci/run\n" in workflow
    assert workflow.count(second) == 2


@pytest.mark.skipif(os.name == "nt", reason="the checks are a shell script")
@pytest.mark.parametrize(("failing", "status"), [(None, 0), ("pytest", 1), ("mypy", 1)])
def test_the_checks_end_with_zero_exactly_when_each_of_them_has_passed(
    project: Path, tmp_path: Path, failing: str | None, status: int
) -> None:
    script = tmp_path / "project" / ".ci" / "run"
    script.parent.mkdir(parents=True)
    shutil.copy(project / ".ci" / "run", script)
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("python", "exprlearn", "pytest", "ruff", "lint-imports", "mypy", "chromium", "coverage"):
        (commands / name).write_text(f"#!/bin/sh\nexit {int(name == failing)}\n")
        (commands / name).chmod(0o755)
    path = f"{commands}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [script], env={"PATH": path, "PYTHON": "python"}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == status, done.stdout + done.stderr
    assert ("FAILED" in done.stdout) == bool(status)


@pytest.mark.parametrize("name", FORMS)
def test_every_form_asks_for_the_environment(project: Path, name: str) -> None:
    assert "`exprlearn env`" in text(project, name)


def test_the_version_is_the_same_wherever_the_page_of_releases_says_it_stands(project: Path) -> None:
    (sentence,) = re.findall(
        r"\*\*The version\*\* stands in (.*?) and the packages", text(project, "RELEASING.md"), re.S
    )
    places = re.findall(r"`([^`]+)`", sentence)
    assert len(places) == 3
    for place in places:
        assert re.findall(r'^(?:__)?version(?:__)?(?: =|:) "?([\d.]+)', text(project, place), re.M) == [
            exprlearn.__version__
        ]


def test_the_files_that_programs_read_are_yaml(project: Path) -> None:
    yaml = pytest.importorskip("yaml")
    files = [*(name for name in FORMS if name.endswith("yml")), ".github/workflows/check.yml", "CITATION.cff"]
    assert all(isinstance(yaml.safe_load(text(project, name)), dict) for name in files)
