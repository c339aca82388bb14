from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "recipes.py"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = spec_from_file_location("recipes_over_seeds", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.syspath_prepend(FILE.parent)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def result(benchmark: ModuleType, recipe: str, seed: int, exact_match: float) -> Any:
    return benchmark.Result(recipe, seed, "tensorflow", (), exact_match, None, 960, 20, 200_000, 12.5)


def test_the_interval_is_that_of_students_t(benchmark: ModuleType) -> None:
    # The quantile for four degrees of freedom is 2.776, the standard error of these five 0.7071.
    assert benchmark.written([1.0, 2.0, 3.0, 4.0, 5.0], "{:.3f}") == "3.000 (1.037 … 4.963)"
    assert benchmark.written([1.0]) == "1.0"


def test_what_is_finished_is_read_again_and_a_line_cut_short_is_not(benchmark: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    first, second = (result(benchmark, "masking-with", seed, 0.5) for seed in (0, 1))
    benchmark.append(file, first)
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"recipe": "maski')
    assert benchmark.finished(file, benchmark.Result) == [first]
    benchmark.append(file, second)
    assert benchmark.finished(file, benchmark.Result) == [first, second]


def test_differences_are_taken_seed_by_seed(benchmark: ModuleType) -> None:
    shares = {"masking-with": [0.6, 0.9, 0.3], "masking-without": [0.5, 0.8, 0.2]}
    rows = [result(benchmark, name, seed, share) for name, each in shares.items() for seed, share in enumerate(each)]
    table = benchmark.table(rows, list(shares))
    assert "| `masking-with` | 60.0 % · 90.0 % · 30.0 % | 60.0 | -14.5 … 134.5 | 12 |" in table
    assert "| `masking` | 3 | +10.0 | +10.0 … +10.0 |" in table
