"""The files of the project, found from here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# Tests import `figures.py`, which lies here.
sys.path.insert(0, str(Path(__file__).parent))

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def modules() -> list[Path]:
    return sorted((PROJECT / "exprlearn").rglob("*.py"))
