"""What plugins may rely on only grows; what is to go says so for one minor release.

python tests/testing/test_interface.py      writes down what is new; refuses when something would be lost
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import exprlearn.testing

PROJECT = Path(__file__).parents[2]
sys.path.append(str(PROJECT / "docs"))

from interface import interface  # noqa: E402

FILE = PROJECT / "tests" / "golden" / "plugin-interface.txt"
FREEZE = "write it down with python tests/testing/test_interface.py, and say it in CHANGELOG.md under Plugin API"
DEPRECATED = re.compile(r"  \(deprecated in (\d+)\.(\d+)\)$")
WORDS = re.compile(r": Literal\[('[^']*'(, )?)+\]$")
TYPE = r"[\w.]+(\[[^]]*\])?( \| [\w.]+)*"


def kept() -> list[str]:
    return FILE.read_text(encoding="utf-8").splitlines()


def breaches(before: list[str], now: list[str], version: str) -> list[str]:
    """List what of `now` breaks plugins that were written for `before`."""
    return [*_lost(before, now, version), *_demanded([DEPRECATED.sub("", line) for line in before], now)]


def says_the_same(before: str, now: str) -> bool:
    """Tell whether a line says what another said.

    What components are handed may have types in place of `Any`; where a text was one of a few, any may be taken now.
    """
    if WORDS.search(before) and WORDS.sub(": str", before) == now:
        return before.startswith("component ")
    handed, arrow, returned = before.rpartition(" -> ")
    if not before.startswith(("component ", "offer ")):
        return before == now
    typed = TYPE.join(map(re.escape, re.split(r"\bAny\b", handed)))
    return re.fullmatch(typed + re.escape(arrow + returned), now) is not None


def _lost(before: list[str], now: list[str], version: str) -> Iterator[str]:
    release = [int(part) for part in version.split(".")[:2]]
    for line in before:
        deprecated = DEPRECATED.search(line)
        may_go = deprecated is not None and release > [int(deprecated[1]), int(deprecated[2])]
        if not any(says_the_same(DEPRECATED.sub("", line), other) for other in now) and not may_go:
            yield f"lost: {line}"


def _demanded(before: list[str], now: list[str]) -> Iterator[str]:
    """Yield what is new and would have to be there in every plugin: they were written without it."""
    known = {line.split(".")[0] for line in before}
    for line in now:
        is_optional = " = " in line.partition("(")[0]
        is_demand = (line.startswith(("spec ", "offer ")) and not is_optional) or line.startswith("component ")
        is_new = not any(says_the_same(other, line) for other in before)
        if is_new and line.split(".")[0] in known and is_demand:
            yield f"asks every plugin for more: {line}"


def refresh(file: Path) -> None:
    """Write the file anew; SystemExit when plugins would break."""
    before, now = file.read_text(encoding="utf-8").splitlines() if file.exists() else [], interface()
    broken = breaches(before, now, exprlearn.__version__)
    if broken:
        sys.exit("\n".join(broken))
    marked = {DEPRECATED.sub("", line): line for line in before}
    file.write_text("\n".join(marked.get(line, line) for line in now) + "\n", encoding="utf-8")


def test_plugins_that_work_today_work_tomorrow() -> None:
    assert breaches(kept(), interface(), exprlearn.__version__) == []


def test_what_plugins_may_rely_on_is_written_down() -> None:
    assert [DEPRECATED.sub("", line) for line in kept()] == interface(), FREEZE


METRIC = [
    "name exprlearn.plugin.Metric",
    "spec MetricSpec.make: Make",
    "component Metric.score(answers: Texts) -> float",
]


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ([], METRIC, []),
        (METRIC, METRIC[1:], [f"lost: {METRIC[0]}"]),
        (METRIC, [*METRIC, "spec MetricSpec.unit: str"], ["asks every plugin for more: spec MetricSpec.unit: str"]),
        (METRIC, [*METRIC, "spec MetricSpec.unit: str = ''"], []),
        (METRIC, [*METRIC, "spec MetricSpec.units: dict[str, int] = dict()"], []),
        (METRIC, [*METRIC, "spec MoodSpec.unit: str"], []),
        (
            METRIC,
            [*METRIC, "component Metric.best: float"],
            ["asks every plugin for more: component Metric.best: float"],
        ),
        (METRIC, [*METRIC, "given Shape.depth: int"], []),
        (["component Division.operation: Literal['a', 'b']"], ["component Division.operation: str"], []),
        (
            ["given Header.said: Literal['a', 'b']"],
            ["given Header.said: str"],
            ["lost: given Header.said: Literal['a', 'b']"],
        ),
        (["offer Sees.look(at: Any, how: Any) -> int"], ["offer Sees.look(at: list[int], how: A | B) -> int"], []),
        (
            ["offer Sees.look(at: Any) -> int"],
            ["offer Sees.look(at: Block, how: str) -> int"],
            [
                "lost: offer Sees.look(at: Any) -> int",
                "asks every plugin for more: offer Sees.look(at: Block, how: str) -> int",
            ],
        ),
        (
            ["component Metric.best(of: Any) -> Any"],
            ["component Metric.best(of: int) -> int"],
            [
                "lost: component Metric.best(of: Any) -> Any",
                "asks every plugin for more: component Metric.best(of: int) -> int",
            ],
        ),
        (
            ["given Shape.take(row: Any) -> int"],
            ["given Shape.take(row: int) -> int"],
            ["lost: given Shape.take(row: Any) -> int"],
        ),
        ([f"{METRIC[0]}  (deprecated in 0.4)"], [], [f"lost: {METRIC[0]}  (deprecated in 0.4)"]),
        ([f"{METRIC[0]}  (deprecated in 0.3)"], [], []),
    ],
)
def test_only_what_breaks_plugins_is_refused(before: list[str], now: list[str], told: list[str]) -> None:
    assert breaches(before, now, "0.4.1") == told


def test_a_former_name_works_with_a_warning() -> None:
    with pytest.warns(DeprecationWarning, match="CheckOutcome"):
        former = exprlearn.testing.Outcome
    assert former is exprlearn.testing.CheckOutcome
    assert not hasattr(exprlearn.testing, "Outcomes")


def test_what_was_promised_cannot_be_written_off(tmp_path: Path) -> None:
    file = tmp_path / "interface.txt"
    refresh(file)
    assert file.read_text(encoding="utf-8").splitlines() == interface()
    file.write_text(f"{file.read_text(encoding='utf-8')}hook exprlearn_moods yields MoodSpec\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="lost: hook exprlearn_moods"):
        refresh(file)


if __name__ == "__main__":
    refresh(FILE)
