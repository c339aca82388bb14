from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tensorboardX.proto.event_pb2 import Event

from exprlearn.plugin import Ending, Header, Sample
from exprlearn_trackers import TensorBoardOptions, make_tensorboard

SAMPLES = (Sample("12+34", "46", "46"),)


def events(folder: Path) -> Iterator[Any]:
    """Yield what event files hold: records with their length before them and checksums around."""
    for file in sorted(folder.iterdir()):
        data, place = file.read_bytes(), 0
        while place < len(data):
            (length,) = struct.unpack_from("<Q", data, place)
            yield Event.FromString(data[place + 12 : place + 12 + length])
            place += length + 16


def curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for event in events(folder):
        for value in event.summary.value:
            if value.WhichOneof("value") == "simple_value":
                found.setdefault(value.tag, []).append((event.step, round(value.simple_value, 4)))
    return found


def tell(header: Header, epochs: range, ending: Ending) -> None:
    observer = make_tensorboard(TensorBoardOptions())
    observer.started(header)
    for epoch in epochs:
        record = {"epoch": epoch, "loss": 1 / epoch, "exact_match": epoch / 4}
        observer.epoch(record, SAMPLES, best=epoch == 2)
    observer.finished(ending)


def test_every_number_of_an_epoch_is_a_point_of_its_curve(header: Header) -> None:
    tell(header, range(1, 3), Ending(reason="done", report={"exact_match": {"value": 0.5}}))
    assert curves(header.folder / "tensorboard") == {
        "training/loss": [(1, 1.0), (2, 0.5)],
        "validation/exact_match": [(1, 0.25), (2, 0.5)],
        "test/exact_match.value": [(2, 0.5)],
    }


def test_a_run_that_goes_on_adds_to_its_curves(header: Header) -> None:
    tell(header, range(1, 3), Ending(reason="interrupted"))
    tell(replace(header, done=2), range(3, 5), Ending(reason="done"))
    steps = [step for step, _ in curves(header.folder / "tensorboard")["training/loss"]]
    assert sorted(steps) == [1, 2, 3, 4]


def test_the_best_samples_and_the_settings_can_be_read(header: Header) -> None:
    tell(header, range(1, 3), Ending(reason="done"))
    texts = [
        (value.tag, value.tensor.string_val[0].decode())
        for event in events(header.folder / "tensorboard")
        for value in event.summary.value
        if value.WhichOneof("value") == "tensor"
    ]
    assert ("samples/text_summary", "    12+34 = 46 (46)") in texts
    assert "| model.units | 128 |" in dict(texts)["settings/text_summary"]
