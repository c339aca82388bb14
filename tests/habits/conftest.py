"""The files of the project, found from here."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def modules() -> list[Path]:
    return sorted((PROJECT / "exprlearn").rglob("*.py"))
