"""The table of the benchmark that compares ways to teach, made of results as it keeps them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "curriculum_vs_uniform.py"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    specification = importlib.util.spec_from_file_location("curriculum_vs_uniform", FILE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    monkeypatch.syspath_prepend(FILE.parent)
    monkeypatch.setitem(sys.modules, specification.name, module)
    specification.loader.exec_module(module)
    return module


def result(benchmark: ModuleType, way: str, seed: int, curve: list[float]) -> Any:
    return benchmark.Result("sums", way, seed, "jax", (), curve[-1], 400, tuple(curve))


def test_a_way_is_compared_with_the_mix_and_the_task_seed_by_seed(benchmark: ModuleType) -> None:
    curves = {"task": [0.0, 0.1, 0.2, 0.4], "mix": [0.2, 0.4, 0.5, 0.6], "threshold": [0.5, 0.6, 0.7, 0.7]}
    rows = [
        result(benchmark, way, seed, [value + 0.01 * seed for value in curve])
        for way, curve in curves.items()
        for seed in range(3)
    ]
    lines = benchmark.table(rows).splitlines()[2:]
    cells = {line.split("|")[2].strip(): [cell.strip() for cell in line.split("|")[3:-1]] for line in lines}
    assert cells["`threshold`"][0] == "3"
    assert cells["`threshold`"][1].startswith("71.0 (")
    assert cells["`threshold`"][2:4] == ["+10.0 (+10.0 … +10.0)", "+30.0 (+30.0 … +30.0)"]
    assert cells["`threshold`"][4:] == ["50.0 (50.0 … 50.0)", "0 of 3"]
    assert cells["`task`"][4:] == ["100.0 (100.0 … 100.0)", "3 of 3"]
    assert cells["`mix`"][2] == cells["`mix`"][4] == ""


def test_less_training_is_compared_with_the_whole_of_the_mix(benchmark: ModuleType) -> None:
    whole = [result(benchmark, "mix", seed, [0.2, 0.4, 0.5, 0.6]) for seed in range(2)]
    less = [result(benchmark, "fixed@0.5", seed, [0.5, 0.7 + 0.01 * seed]) for seed in range(2)]
    lines = benchmark.table([*less, *whole]).splitlines()[2:]
    assert [line.split("|")[2].strip() for line in lines] == ["`mix`", "`fixed@0.5`"]
    assert lines[1].split("|")[5].strip().startswith("+10.5")
