"""The command of CONTRIBUTING.md, with the pip that this Python brings along."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"


def test_the_page_has_one_command_that_installs_everything() -> None:
    assert len(re.findall(r"^python -m pip install .+$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)) == 1


@pytest.mark.slow
def test_one_command_finds_a_version_of_everything(checkout: Any) -> None:
    (command,) = re.findall(r"^python -m pip install (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    checkout.run(f"'{sys.executable}' -m venv venv")
    told = checkout.run(f"python -m pip install --dry-run {command}", PIP_QUIET="0").stdout
    assert all(f"exprlearn-{name}-0.1" in told for name in ("carry", "trackers", "words"))
