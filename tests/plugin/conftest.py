from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Some of these break when they are imported; that is what they are for.
collect_ignore = ["distributions"]

DISTRIBUTIONS = Path(__file__).parent / "distributions"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Put checked-in distributions on the path, as pip would, and take them away again."""
    known = set(sys.modules)

    def put(*names: str) -> None:
        for name in names:
            monkeypatch.syspath_prepend(str(DISTRIBUTIONS / name))

    yield put
    for name in set(sys.modules) - known:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(DISTRIBUTIONS)):
            del sys.modules[name]
