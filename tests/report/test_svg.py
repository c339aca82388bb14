"""Drawing under the limits that shared machines set: real ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exprlearn.report import write_page
from exprlearn.report.charts import Share, shares_chart
from exprlearn.report.svg import draw

resource = pytest.importorskip("resource")
GIBIBYTE = 2**30
COMMAND = (
    "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv.pop(1)),) * 2);"
    "from exprlearn.cli.main import main; main()"
)


def command(gibibytes: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    limited = [sys.executable, "-c", COMMAND, str(gibibytes * GIBIBYTE), *map(str, arguments)]
    return subprocess.run(limited, capture_output=True, text=True, check=False)


@contextmanager
def address_space(gibibytes: int) -> Iterator[None]:
    """Limit this process, which may have drawn already, so that V8 fits or does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (gibibytes * GIBIBYTE, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_a_report_that_cannot_be_drawn_has_its_tables_and_says_so(folder: Path) -> None:
    done = command(30, "report", folder)
    assert (done.returncode, done.stdout) == (0, f"{folder / 'report.html'}\n")
    assert re.fullmatch(r"note: the charts could not be drawn: .* limited to 30 GiB \(ulimit -v\).*\n", done.stderr)
    page = (folder / "report.html").read_text("utf-8")
    assert "<svg" not in page.partition("<script")[0]
    assert "limited to 30 GiB (ulimit -v)" in page
    assert page.count("<table") > 12
    assert not list(folder.parent.rglob("core*"))


def test_scripts_draw_what_could_not_be_drawn(folder: Path, visit: Callable[..., object]) -> None:
    told: list[str] = []
    with address_space(60):
        page = visit(write_page(folder, noted=told.append).as_uri())
    assert len(told) == 1
    page.locator("[data-chart] svg.marks").first.wait_for()  # type: ignore[attr-defined]


@pytest.mark.integration
def test_a_limit_that_is_large_enough_costs_no_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A file of the current folder is not taken for a module of Python's own.
    (tmp_path / "json.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    chart = shares_chart([Share("a", 0.5)])
    with address_space(200):
        assert draw([chart]) == ""
    assert chart.svg.startswith("<svg")


@pytest.mark.slow
@pytest.mark.parametrize("gibibytes", [12, 30])
def test_a_training_under_a_limit_ends_with_its_report(tmp_path: Path, gibibytes: int) -> None:
    sets = ("grammar.range=0..9", "data.validation=5", "data.test=5", "training.examples_per_epoch=64")
    flags = [flag for each in sets for flag in ("--set", each)]
    backend = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
    done = command(gibibytes, "train", *flags, "--epochs", 1, "--backend", backend, "--runs", tmp_path, "--name", "a")
    assert done.returncode == 0, done.stderr
    assert f"limited to {gibibytes} GiB" in done.stderr
    assert (tmp_path / "a" / "report.html").is_file()
