from __future__ import annotations

from pathlib import Path

import pytest

from exprlearn.plugin import Header


@pytest.fixture
def header(tmp_path: Path) -> Header:
    return Header(
        run="addition-1",
        grammar="addition",
        model="seq2seq",
        backend="tensorflow",
        versions="keras 3.15 on tensorflow 2.21",
        seed=0,
        counts={"train": 0, "validation": 1000, "test": 2000},
        shared=0,
        expressions=1000000,
        source="·12+·34",
        target="64⏎",
        vocabulary_size=15,
        parameters=184271,
        epochs=4,
        folder=tmp_path,
        config={"seed": 0, "model": {"name": "seq2seq", "units": 128}},
    )
