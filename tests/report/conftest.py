from __future__ import annotations

import shutil
from pathlib import Path

import pytest

RUN = Path(__file__).parent / "data" / "mixed-seq2seq-1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the small run, so that a test may change it."""
    return Path(shutil.copytree(RUN, tmp_path / "runs" / RUN.name))
