"""The tiers of tests: what conftest.py makes of a test, and what it says of a unit test that does more."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import os, sys, types
import pytest

def start():
    os.waitpid(os.spawnlp(os.P_NOWAIT, "true", "true"), 0)

def test_light(): pass
def test_starting(): start()
def test_loading(): sys.modules["jax"] = types.ModuleType("jax")
@pytest.mark.integration
def test_marked(): start()
@pytest.fixture
def done():
    import subprocess
    return subprocess.run(["true"])
def test_naming(done): pass
@pytest.mark.parametrize("much", [b"1", "x" * 1000])
def test_named(much): pass
@pytest.mark.long
def test_computing(): pass
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, project: Path) -> str:
    """Run tests of all kinds with the conftest of the project, and without pytest-xdist."""
    tmp_path = tmp_path_factory.mktemp("tiers")
    shutil.copy(project / "conftest.py", tmp_path)
    for room in ("grammar", "cli"):
        (tmp_path / "tests" / room).mkdir(parents=True)
    (tmp_path / "tests" / "grammar" / "test_all.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "tests" / "cli" / "test_whole.py").write_text("raise ImportError", encoding="utf-8")
    how = ["-p", "no:xdist", "-p", "no:cacheprovider", "--import-mode=importlib", "-rA", "-m", "unit"]
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", str(tmp_path), *how, str(tmp_path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path).stdout


def test_a_unit_test_that_does_more_fails_and_says_so(told: str) -> None:
    found = re.findall(r"^this unit test (.*): do without, or mark it @pytest.mark.integration$", told, re.MULTILINE)
    assert found == ["started a process", "imported a backend of Keras"]
    assert sorted(re.findall(r"^ERROR .*::test_(\w+)", told, re.MULTILINE)) == ["loading", "starting"]
    # What names a process or is marked is no unit test, and a room of whole commands is not read.
    assert "3 deselected" in told


def test_no_test_is_named_by_bytes_or_by_a_long_text(told: str) -> None:
    assert re.findall(r"^PASSED .*::test_named\[(.*)\]$", told, re.MULTILINE) == ["much0", "much1"]
