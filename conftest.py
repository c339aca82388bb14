"""What holds for every test of the repository, those of `plugins/` included: its tier, its name, and who runs it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Generator, Iterator
from functools import cache
from inspect import unwrap
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from types import CodeType, FunctionType

import pytest

#: More processes need a gigabyte each, for TensorFlow.
MOST_PROCESSES = 4
#: A unit test imports none of these.
BACKENDS = {"keras", "tensorflow", "jax", "torch"}
#: Rooms that work with models, with whole commands, pages or projects, or with processes; packages are tested as what
#: is installed.
WHOLE = {"backend", "cli", "decoding", "distributed", "engines", "export", "habits", "kept", "models", "notebook"}
WHOLE |= {"playground", "report", "runs", "sweep", "tensors", "testing", "training", "walk.py", "wheel", "plugins"}
#: Elsewhere, what uses one of these, itself or through a function that it calls, is no unit test either.
HEAVY = BACKENDS | {"load_keras", "learn", "subprocess", "Popen", "ProcessesEngine", "browser", "run_checks"}
BEFORE = pytest.StashKey[tuple[float, bool]]()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Run the quick tests where nothing is named, and let pytest-xdist, where it is there, run them on every core."""
    asked = config.option
    if asked.markexpr == "not slow" and not asked.file_or_dir:
        asked.markexpr = "not slow and not long"
    is_asked = getattr(asked, "numprocesses", 0) is not None or asked.tx or asked.usepdb
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if is_asked or cores == 1 or hasattr(config, "workerinput"):
        return
    asked.numprocesses = min(cores, MOST_PROCESSES)
    if asked.dist == "no":
        asked.dist = "worksteal"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read the rooms without unit tests where only these are asked for."""
    return True if config.option.markexpr == "unit" and is_whole(collection_path) else None


def is_whole(path: Path) -> bool:
    """Tell whether a path is, or lies in, a room whose tests are no unit tests."""
    return not WHOLE.isdisjoint(path.relative_to(Path(__file__).parent).parts[:2])


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for no examples in tests: it takes seconds, and imports the Keras that a test only names."""
    found = yield
    return [node for node in found if isinstance(node, pytest.Module) or not file_path.name.startswith("test_")]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name no test by bytes or by a long text: they tell a reader nothing, and may differ in the other process."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 200) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test its tier, and run unit tests first: which of them imports a backend shows until one is there."""
    for item in items:
        if not any(item.get_closest_marker(tier) for tier in ("slow", "long", "integration")):
            is_unit = not is_whole(item.path) and HEAVY.isdisjoint(names_of(item))
            item.add_marker("unit" if is_unit else "integration")
    items.sort(key=lambda item: item.get_closest_marker("unit") is None)


def names_of(item: pytest.Item) -> set[str]:
    """Return the names that a test and its fixtures use, as far as they stand in their code."""
    if not isinstance(item, pytest.Function):
        return {name for example in item.dtest.examples for name in re.findall(r"\w+", example.source)}
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    functions = [item.function, *(fixture.func for defined in fixtures for fixture in defined)]
    return {*item.fixturenames, *(name for function in functions for name in names_in(function))}


@cache
def names_in(function: FunctionType) -> frozenset[str]:
    """Return the names in the code of a function and of the functions and classes of its module that it calls."""
    seen, names = set(), set()
    waiting = [unwrap(function)]
    while waiting:
        now = waiting.pop()
        names.update(names_in_code(now.__code__))
        seen.add(now)
        for called in map(now.__globals__.get, names_in_code(now.__code__)):
            waiting += [each for each in functions_of(called) if each.__module__ == now.__module__ and each not in seen]
    return frozenset(names)


def functions_of(called: object) -> list[FunctionType]:
    """Return a function as it was before it was decorated, and those of a class."""
    found = vars(called).values() if isinstance(called, type) else [called]
    return [unwrap(each) for each in found if isinstance(each, FunctionType)]


def names_in_code(code: CodeType) -> Iterator[str]:
    """Yield the names in a piece of code and in the functions and comprehensions within it."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names_in_code(inner)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Remember what was there before a test and its fixtures."""
    item.stash[BEFORE] = heavy_work()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Let a unit test fail that imported a backend or started a process, with its fixtures."""
    yield
    (before, had_backend), (after, has_backend) = item.stash[BEFORE], heavy_work()
    if item.get_closest_marker("unit") and (after > before or has_backend > had_backend):
        found = "started a process" if after > before else "imported a backend of Keras"
        pytest.fail(f"this unit test {found}: do without, or mark it @pytest.mark.integration", pytrace=False)


def heavy_work() -> tuple[float, bool]:
    """Return the seconds that child processes took so far, and whether a backend is imported."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, not BACKENDS.isdisjoint(sys.modules)
