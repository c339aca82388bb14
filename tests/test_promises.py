from __future__ import annotations

import importlib.util

import pytest
from promises import BACKENDS, FAILS, HOLDS, PAGE, PROMISES, TESTS, keeps, read_table, write_table


def test_the_page_has_a_row_for_each_promise_and_none_that_fails() -> None:
    cells = read_table(PAGE.read_text(encoding="utf-8"))
    assert list(cells) == list(PROMISES)
    assert {said for row in cells.values() for said in row.values()} <= {HOLDS, ""}
    assert read_table(write_table(cells)) == cells


def test_the_tests_of_each_promise_are_there() -> None:
    assert all((TESTS / files).is_file() for files, _ in PROMISES.values())


@pytest.mark.integration
def test_a_promise_without_a_test_that_runs_does_not_hold() -> None:
    assert FAILS not in {HOLDS, ""}
    assert not keeps("tensorflow", "test_tables.py", "no_test_of_this_name")


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_holds_on_every_backend_that_is_installed(promise: str, backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    assert keeps(backend, *PROMISES[promise])
