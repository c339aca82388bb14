"""What pip makes of the project works without the checkout, with every package of plugins/ beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
STRICT = {"EXPRLEARN_STRICT_PLUGINS": "1"}
SHORT = "--max-time 5s --json --progress none"


def document(environment: Any, command: str) -> Any:
    return json.loads(environment.run(command, **STRICT).stdout)


def test_it_is_the_wheel_that_is_tested(environment: Any) -> None:
    place = Path(environment.run("python -c 'import exprlearn; print(exprlearn.__file__)'").stdout.strip())
    assert place.is_relative_to(environment.folder / "venv")
    assert not place.is_relative_to(PROJECT)


def test_every_package_is_found_and_works_under_strict_loading(environment: Any, packages: list[Path]) -> None:
    states = {
        state["distribution"]: state for state in document(environment, "exprlearn plugins list --json")["plugins"]
    }
    assert {package.name for package in packages} == set(states) - {"exprlearn"}
    assert all(state["state"] == "ok" and state["components"] for state in states.values())


@pytest.mark.parametrize("task", ["--model rewriter", "--grammar words --tokenizer words"], ids=lambda task: task)
def test_the_wheel_trains_from_the_command_line_and_reports(environment: Any, task: str) -> None:
    report = document(environment, f"exprlearn train {task} {SHORT}")
    assert report["exact_match"]["count"] > 0
    page = environment.run(f"exprlearn report {report['run']}").stdout.strip()
    assert "</html>" in (environment.folder / page).read_text(encoding="utf-8")
