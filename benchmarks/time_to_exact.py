"""Processor time until 99 of 100 unseen three-digit sums are answered exactly: our recipe beside what others do.

    python benchmarks/time_to_exact.py [--backend tensorflow|jax] [--sides exprlearn transformer addition_rnn]
                                       [--recipe addition] [--seeds 0 1 2] [--epochs 60] [--kept] [--chart curves.svg]

`exprlearn` is the recipe `addition`, run by the walk's own trainer, its validation and checkpoints included.
`transformer` is how one would teach it today: two blocks of 64 units, 102 348 weights, in eager PyTorch, on fresh sums
whose numbers are filled up and whose sides are both written back to front (`pytorch_transformer.py`); it is a side
where PyTorch is installed. `addition_rnn` is Keras's classic example as its page has it, in plain Keras: one-hot
characters, the question padded and reversed, LSTM(128), RepeatVector, LSTM(128), softmax; Adam, batches of 32, 45 000
different questions, learned one after the other for up to 60 epochs.

All are asked the same sums, drawn as the classic example draws its own, with one, two or three digits a number. None
of them, nor its commuted twin, is in the training data of any side. Asking is not counted; importing Keras or PyTorch
and building a network neither. A side is done when it answers 99 % exactly; where one does not get there, all that it
took counts. Seed by seed the sides take turns, and the median of the seeds counts. Ours and the classic side compile
everything anew, unless with `--kept`: then both find what earlier processes compiled, as a second training on a machine
does. A seed takes half a minute, and of the classic side up to half an hour.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np
from trainings import begin, components_of
from turns import verdict

from exprlearn.backend.compile_cache import VARIABLE
from exprlearn.backend.keras_import import load_keras
from exprlearn.dataset.drawing.split import split_of
from exprlearn.plugin import Sample
from exprlearn.report.charts import Point, lines_chart
from exprlearn.report.svg import draw
from exprlearn.runs.run import Run
from exprlearn.training.observers import Silent
from exprlearn.training.trainer import train

DIGITS, LEARNED, ASKED, BATCH, UNITS = 3, 45_000, 2_000, 32, 128
#: The share of right answers that is waited for, and how much longer the classic side may take than ours.
WANTED, BAR = 0.99, 15
SIDES = ("exprlearn", "transformer", "addition_rnn")
#: Optimizer steps of the transformer from one asking to the next.
STEPS = 64
CHARACTERS = "0123456789+ "
READ, WRITTEN = 2 * DIGITS + 1, DIGITS + 1

STYLE = (
    "<style>svg { background: #fff; --rule: #d5dae0; --line-1: #1f6fb5; --line-2: #b4510a; --line-3: #1a7f37 }</style>"
)

Curve = list[tuple[float, float]]
"""(processor seconds of training, share of the asked sums answered exactly), time after time."""


def questions() -> Iterator[tuple[int, int]]:
    """Draw different sums as the classic example does; `b+a` is no other sum than `a+b`."""
    generator, seen = np.random.default_rng(0), set()
    while True:
        one, other = (int("".join(map(str, generator.integers(0, 10, generator.integers(1, 4))))) for _ in range(2))
        if (key := (min(one, other), max(one, other))) not in seen:
            seen.add(key)
            yield one, other


def divided() -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the sums that the classic side learns, and those that both are asked: the test part by content."""
    learned: list[tuple[int, int]] = []
    asked: list[tuple[int, int]] = []
    for one, other in questions():
        part = split_of(f"{one}+{other}")
        if part == "test" and len(asked) < ASKED:
            asked.append((one, other))
        elif part != "test" and len(learned) < LEARNED:
            learned.append((one, other))
        if len(learned) == LEARNED and len(asked) == ASKED:
            return learned, asked
    raise AssertionError("questions never end")


def one_hot(texts: Sequence[str], width: int, *, backwards: bool = False) -> np.ndarray:
    """Write texts as (n, width, characters) float32."""
    padded = [text.ljust(width) for text in texts]
    ids = np.array([[CHARACTERS.index(character) for character in text] for text in padded])
    ids = ids[:, ::-1] if backwards else ids
    return np.asarray(ids[..., None] == np.arange(len(CHARACTERS)), np.float32)


def classic(sums: Sequence[tuple[int, int]], asked: Sequence[tuple[int, int]], epochs: int, seed: int) -> Curve:
    """Train the classic example on sums until it answers as wanted."""
    import keras

    keras.utils.set_random_seed(seed)
    network = keras.Sequential(
        [
            keras.layers.Input((READ, len(CHARACTERS))),
            keras.layers.LSTM(UNITS),
            keras.layers.RepeatVector(WRITTEN),
            keras.layers.LSTM(UNITS, return_sequences=True),
            keras.layers.Dense(len(CHARACTERS), activation="softmax"),
        ]
    )
    network.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])

    def arrays(pairs: Sequence[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
        sources = one_hot([f"{one}+{other}" for one, other in pairs], READ, backwards=True)
        return sources, one_hot([str(one + other) for one, other in pairs], WRITTEN)

    source, target = arrays(sums)
    asked_source, asked_target = arrays(asked)
    wanted, curve, spent = asked_target.argmax(-1), [], 0.0
    for _ in range(epochs):
        before = process_time()
        network.fit(source, target, batch_size=BATCH, epochs=1, verbose=0)
        spent += process_time() - before
        right = (network.predict(asked_source, batch_size=1000, verbose=0).argmax(-1) == wanted).all(axis=1).mean()
        curve.append((spent, float(right)))
        told("addition_rnn", curve)
        if right >= WANTED:
            break
    return curve


class Asking(Silent):
    """Asks the sums after every epoch, off the clock."""

    def __init__(self, run: Run, asked: Sequence[tuple[int, int]]) -> None:
        self.run = run
        self.curve: Curve = []
        self.sums = [f"{one}+{other}" for one, other in asked]
        self.answers = [str(one + other) for one, other in asked]
        self.begun = process_time()

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Ask, and put the clock back by what that took."""
        now = process_time()
        answers = self.run.answerer.answer(self.sums).texts
        right = sum(answer == truth for answer, truth in zip(answers, self.answers, strict=True)) / len(answers)
        self.curve.append((now - self.begun, right))
        told("exprlearn", self.curve)
        self.begun += process_time() - now


def ours(asked: Sequence[tuple[int, int]], backend: str, recipe: str, seed: int) -> Curve:
    """Train a recipe of ours until its validation is all right."""
    flags = {"training.backend": backend, "training.target": 1.0, "seed": seed}
    components = components_of(flags=flags, recipe=recipe)
    with tempfile.TemporaryDirectory() as runs:
        run, splits = begin(components, Path(runs))
        asking = Asking(run, asked)
        train(run, splits, asking)
    return asking.curve


def transformer(asked: Sequence[tuple[int, int]], seed: int) -> Curve:
    """Train the transformer until it answers as wanted."""
    rival = import_module("pytorch_transformer")
    held_out = np.zeros((10**DIGITS, 10**DIGITS), bool)
    for one, other in asked:
        held_out[one, other] = held_out[other, one] = True
    curve: Curve = []
    begun = process_time()
    for step, network in enumerate(rival.train(held_out, DIGITS, seed), start=1):
        if step % STEPS == 0:
            now = process_time()
            curve.append((now - begun, rival.right(network, asked, DIGITS)))
            told("transformer", curve)
            if curve[-1][1] >= WANTED:
                break
            begun += process_time() - now
    return curve


def told(side: str, curve: Curve) -> None:
    spent, right = curve[-1]
    print(f"{side:12} asked {len(curve):3} times  {spent:8.1f} s  {right:7.2%}", flush=True)


def reached(curve: Curve) -> float:
    """Return the processor seconds until enough was answered; all of them if it never was."""
    return next((spent for spent, right in curve if right >= WANTED), curve[-1][0])


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax"))
    there = [side for side in SIDES if side != "transformer" or find_spec("torch")]
    parser.add_argument("--sides", nargs="+", choices=there, default=there)
    parser.add_argument("--recipe", default="addition", help="of our side")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--epochs", type=int, default=60, help="of the classic side, at most")
    parser.add_argument("--kept", action="store_true", help="let ours and the classic side find what was compiled")
    parser.add_argument("--chart", type=Path, help="draw the curves of the first seed into this SVG file")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    if not chosen.kept:
        os.environ[VARIABLE] = ""
    if "transformer" in chosen.sides:
        # Before Keras: the process ends where PyTorch imports its compiler and TensorFlow has imported its own.
        import_module("pytorch_transformer")
    load_keras(chosen.backend)
    learned, asked = divided()
    sides: Mapping[str, Callable[[int], Curve]] = {
        "exprlearn": lambda seed: ours(asked, chosen.backend, chosen.recipe, seed),
        "transformer": lambda seed: transformer(asked, seed),
        "addition_rnn": lambda seed: classic(learned, asked, chosen.epochs, seed),
    }
    compiled = "found where an earlier process compiled it" if chosen.kept else "compiled anew"
    print(f"backend {chosen.backend}, {compiled}; {ASKED} sums no side has learned, nor their twins")
    curves = [{side: sides[side](seed) for side in chosen.sides} for seed in chosen.seeds]
    show(curves)
    if chosen.chart is not None:
        chosen.chart.write_text(drawn(curves[0]), encoding="utf-8")


def show(curves: Sequence[Mapping[str, Curve]]) -> None:
    """Print how long each side took, seed by seed, and how many times as long as ours."""
    taken = {side: [reached(each[side]) for each in curves] for side in curves[0]}
    for side, seconds in taken.items():
        missed = sum(max(right for _, right in each[side]) < WANTED for each in curves)
        beside = [other / one for other, one in zip(seconds, taken.get("exprlearn", seconds), strict=True)]
        bar = f"   (bar {BAR}: {verdict(median(beside) >= BAR)})" if side == "addition_rnn" else ""
        each = " · ".join(f"{one:.1f} s" for one in seconds)
        print(f"{side:12} {each} to {WANTED:.0%}, {missed} never; {median(beside):.1f} times exprlearn{bar}")


def drawn(curves: Mapping[str, Curve]) -> str:
    """Return all curves as an SVG file of its own, with the colours that a page would bring."""
    points = [Point(side, spent, right) for side, curve in curves.items() for spent, right in curve]
    chart = lines_chart(points, x="processor seconds", y="sums answered exactly", shares=True)
    if undrawn := draw([chart]):
        raise SystemExit(undrawn)
    return chart.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{STYLE}", 1)


if __name__ == "__main__":
    main()
