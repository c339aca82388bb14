"""Processor time until 99 of 100 unseen three-digit sums are answered exactly: the classic example beside our recipe.

    python benchmarks/time_to_exact.py [--backend tensorflow|jax] [--only ours|classic] [--recipe addition] [--seed 0]
                                       [--epochs 60] [--kept] [--chart curves.svg]

The classic side is Keras's `addition_rnn` as its page has it, written in plain Keras: one-hot characters, the question
padded and reversed, LSTM(128), RepeatVector, LSTM(128), softmax; Adam, batches of 32, 50 000 different questions of
which 45 000 are learned, one after the other for up to 60 epochs. Ours is the recipe `addition`, run by the walk's own
trainer, its validation and checkpoints included.

Both are asked the same sums, drawn as the classic example draws its own, with one, two or three digits a number. None
of them, nor its commuted twin, is in the training data of either side. Asking is not counted; importing Keras neither.
A side is done when it answers 99 % exactly; where the classic one does not get there, its 60 epochs count. Both compile
everything anew, unless with `--kept`: then both find what earlier processes compiled, as a second training on a machine
does. It takes half a minute on our side and up to half an hour on the other, so that `--only` one may be run.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from exprlearn.backend.compile_cache import VARIABLE
from exprlearn.backend.keras_import import load_keras
from exprlearn.config import read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.dataset.drawing.split import split_of
from exprlearn.plugin import Sample
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import find_recipe
from exprlearn.report.charts import Point, lines_chart
from exprlearn.report.svg import draw
from exprlearn.runs.preparation import answer_statistics, make_encoder
from exprlearn.runs.run import Run
from exprlearn.runs.starting import start_run
from exprlearn.training.observers import Silent
from exprlearn.training.trainer import train

DIGITS, LEARNED, ASKED, BATCH, UNITS = 3, 45_000, 2_000, 32, 128
WANTED, BAR = 0.99, 15
CHARACTERS = "0123456789+ "
READ, WRITTEN = 2 * DIGITS + 1, DIGITS + 1

STYLE = "<style>svg { background: #fff; --rule: #d5dae0; --line-1: #1f6fb5; --line-2: #b4510a }</style>"

Curve = list[tuple[float, float]]
"""(processor seconds of training, share of the asked sums answered exactly) after each epoch."""


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


def classic(sums: Sequence[tuple[int, int]], asked: Sequence[tuple[int, int]], epochs: int) -> Curve:
    """Train the classic example on sums until it answers as wanted."""
    import keras

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
        told("classic", curve)
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


def ours(asked: Sequence[tuple[int, int]], backend: str, recipe: str, seed: int) -> tuple[Curve, str]:
    """Train a recipe of ours to its end; return its curve and how it ended."""
    given = {"training.backend": backend, "seed": seed}
    plugins = Plugins(only=())
    components = resolve(
        read_config(None, given, [], preset=find_recipe(recipe).preset, plugins=plugins).config, plugins
    )
    space = load_space(components.config.grammar, components)
    splits = load_splits(space, components)
    encoder = make_encoder(space, components)
    common, scale = answer_statistics(splits, components.model.framing)
    with tempfile.TemporaryDirectory() as runs:
        run = start_run(
            components,
            encoder,
            runs=Path(runs),
            name=None,
            data=space,
            common_answer=common,
            scale=scale,
        )
        asking = Asking(run, asked)
        outcome = train(run, splits, asking)
    return asking.curve, f"{outcome.examples} examples, stopped by: {outcome.stopped_by}"


def told(side: str, curve: Curve) -> None:
    spent, right = curve[-1]
    print(f"{side:10} epoch {len(curve):3}  {spent:8.1f} s  {right:7.2%}", flush=True)


def reached(curve: Curve) -> float | None:
    """Return the processor seconds until enough was answered, None if it never was."""
    return next((spent for spent, right in curve if right >= WANTED), None)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax"))
    parser.add_argument("--only", choices=("ours", "classic"), help="run one side alone")
    parser.add_argument("--recipe", default="addition", help="of our side")
    parser.add_argument("--seed", type=int, default=0, help="of our side")
    parser.add_argument("--epochs", type=int, default=60, help="of the classic side, at most")
    parser.add_argument("--kept", action="store_true", help="let both sides find what was compiled before")
    parser.add_argument("--chart", type=Path, help="draw the curves into this SVG file")
    return parser.parse_args()


def main() -> None:
    chosen = arguments()
    if not chosen.kept:
        os.environ[VARIABLE] = ""
    load_keras(chosen.backend)
    learned, asked = divided()
    curves: dict[str, Curve] = {}
    compiled = "found where an earlier process compiled it" if chosen.kept else "compiled anew"
    print(f"backend {chosen.backend}, {compiled}; {ASKED} sums neither side has learned, nor their twins")
    if chosen.only != "classic":
        curves["exprlearn"], end = ours(asked, chosen.backend, chosen.recipe, chosen.seed)
        us = reached(curves["exprlearn"])
        print(f"exprlearn, recipe {chosen.recipe}: {us and round(us, 1)} s to {WANTED:.0%}   ({end})")
    if chosen.only != "ours":
        curves["addition_rnn"] = classic(learned, asked, chosen.epochs)
        them = reached(curves["addition_rnn"])
        told_epochs = f"{len(curves['addition_rnn'])} epochs"
        print(f"classic addition_rnn: {them and round(them, 1)} s to {WANTED:.0%}, {told_epochs}")
    if chosen.only is None and us is not None:
        ratio = (them or curves["addition_rnn"][-1][0]) / us
        print(f"classic / exprlearn: {ratio:.1f}   (bar {BAR}: {'met' if ratio >= BAR else 'MISSED'})")
    if chosen.chart is not None:
        chosen.chart.write_text(drawn(curves), encoding="utf-8")


def drawn(curves: Mapping[str, Curve]) -> str:
    """Return both curves as an SVG file of its own, with the colours that a page would bring."""
    points = [Point(side, spent, right) for side, curve in curves.items() for spent, right in curve]
    chart = lines_chart(points, x="processor seconds", y="sums answered exactly", shares=True)
    if undrawn := draw([chart]):
        raise SystemExit(undrawn)
    return chart.svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{STYLE}", 1)


if __name__ == "__main__":
    main()
