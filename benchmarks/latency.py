"""What people wait for: a cold question, a warm one, counting a grammar, one exact value, questions in growing numbers.

    python benchmarks/latency.py [--turns 7] [--only cold warm grammar value compile]

Each is a ratio of processor seconds to a yardstick that is measured in the same run: the imports that nobody can do
without, or for a warm question the same network written by hand in numpy. Modules lie there as bytecode, as those of an
installed package do, and no plugins are loaded. Bars are printed, not enforced.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from turns import in_turns, medians, ratio, verdict

COMMAND = (sys.executable, "-c", "from exprlearn.cli.main import main; main()")
#: An LSTM that reads and writes step by step, trained far too little: how long it takes depends on no weight.
SETTINGS = ("model.network=lstm", "training.examples_per_epoch=1024", "training.epochs=1", "data.test=100")
TRAIN = (
    "train",
    "--grammar",
    "addition",
    "--model",
    "seq2seq",
    *(part for each in SETTINGS for part in ("--set", each)),
)
#: Name → what is measured, its yardstick, and the bar: so many times the yardstick and so many seconds more, megabytes.
COLD = {
    "predict": (("predict", "12+34", "--run"), "import numpy, lark, pydantic", 2.0, 1.0, 120),
    "explain": (("explain", "12+34", "--run"), "import numpy, lark, pydantic", 2.0, 1.0, 120),
}
#: `import pydantic` alone imports next to nothing of it.
COUNT = ("grammar", "count", "addition"), "import numpy, lark, typer; from pydantic import BaseModel", 2.0, 0.0, 120
VALUE = "import exprlearn as xl; xl.evaluate('12/5+1')", "import re, fractions", 3.0, 0.0, 40
#: A warm question, beside the loop by hand.
WARM = 3.0
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | {
    "EXPRLEARN_PLUGINS": ""
}
NUMBERS = (20, 50, 100, 200, 500, 1000)


class Cost(NamedTuple):
    """Processor seconds and megabytes of a process."""

    seconds: float
    megabytes: float


def run(command: Sequence[str]) -> Cost:
    """Run a process to its end."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=ENVIRONMENT) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(name: str, command: Sequence[str], imports: str, times: float, more: float, most: int, turns: int) -> None:
    """Run a command and the imports it is measured by in turns, and print the medians."""
    # The first time writes bytecode.
    run(command)
    pairs = [(run(command), run([sys.executable, "-c", imports])) for _ in range(turns)]
    (seconds, megabytes), beside = (Cost(*map(median, zip(*side, strict=True))) for side in zip(*pairs, strict=True))
    bar = times * beside.seconds + more
    met = "met" if seconds <= bar and megabytes <= most else "missed"
    print(
        f"{name:16} {seconds:6.2f} s {megabytes:5.0f} MB   {seconds / beside.seconds:6.2f} × `{imports}`"
        f"   bar {bar:.2f} s, {most} MB: {met}"
    )


def ask_warm(folder: Path, turns: int) -> None:
    """Ask one question again and again, in numpy and on the backend."""
    from exprlearn.runs.starting import load

    loaded = load(folder)
    assert loaded.numpy_model is not None
    loop = HandWritten(loaded.numpy_model)
    source = loaded.answerer_for(1).rows(["12+34"])
    written = loaded.answerer_for(1).decoder.decode(source).ids[0]
    assert np.array_equal(loop.write(source[0], len(written)), written)
    for name in ("warm, numpy", "warm, backend"):
        if name == "warm, backend":
            loaded.model.count_params()
            loaded.predict(["12+34"])
        sides = {name: lambda: loaded.predict(["12+34"]), "by hand": lambda: loop.write(source[0], len(written))}
        measured = in_turns(sides, 20 * turns)
        taken, times = medians(measured), ratio(measured, name, "by hand")
        print(
            f"{name:16} {1000 * taken[name]:6.2f} ms   {times:6.2f} × the same network by hand"
            f" ({1000 * taken['by hand']:.2f} ms)   bar {WARM:g} ×: {verdict(times <= WARM)}"
        )


class HandWritten:
    """The LSTM network of `seq2seq` as one writes it without a framework: weights, and a loop over tokens."""

    def __init__(self, model: Any) -> None:
        self.weights = {layer.name: [each.value for each in layer.variables] for layer in model.layers}

    def write(self, source: Any, steps: int) -> Any:
        """Answer one row of ids (steps,), greedily; what follows the end mark is padding."""
        weights = self.weights
        features = weights["source_features"][0][source]
        ahead, back = self.read(features, "encoder_ahead"), self.read(features[::-1], "encoder_back")
        memory = np.concatenate([ahead[0], back[0][::-1]], axis=1)
        hidden, cell = np.concatenate([ahead[1], back[1]]), np.concatenate([ahead[2], back[2]])
        keys = memory @ weights["attention_keys"][0]
        token, written = 1, np.zeros(steps, np.int32)
        for step in range(steps):
            kernel, recurrent, bias = weights["decoder"][:3]
            gates = weights["previous_features"][0][token] @ kernel + hidden @ recurrent + bias
            hidden, cell = self.advance(gates, cell)
            scores = np.exp(keys @ hidden)
            context = scores / scores.sum() @ memory
            mixed = np.tanh(
                np.concatenate([hidden, context]) @ weights["attention_mix"][0] + weights["attention_mix"][1]
            )
            token = written[step] = np.argmax(mixed @ weights["logits"][0] + weights["logits"][1])
            if token == 2:
                break
        return written

    def read(self, features: Any, name: str) -> tuple[Any, Any, Any]:
        """Read features (steps, size): outputs (steps, units), and both last states."""
        kernel, recurrent, bias = self.weights[name][:3]
        inputs = features @ kernel + bias
        hidden = cell = np.zeros(len(recurrent), np.float32)
        outputs = []
        for step in inputs:
            hidden, cell = self.advance(step + hidden @ recurrent, cell)
            outputs.append(hidden)
        return np.array(outputs), hidden, cell

    def advance(self, gates: Any, cell: Any) -> tuple[Any, Any]:
        """Do one step of an LSTM."""
        into, keep, new, out = gates.reshape(4, -1)
        cell = cell / (1 + np.exp(-keep)) + np.tanh(new) / (1 + np.exp(-into))
        return np.tanh(cell) / (1 + np.exp(-out)), cell


def ask_more_and_more(folder: Path, where: str) -> None:
    """Ask growing numbers of expressions in one process, and count what is compiled; `keras` imports it before."""
    from exprlearn.decoding import decoder
    from exprlearn.runs.starting import load

    loaded, compiled, count = load(folder), decoder.compiled, 0
    if where == "keras":
        loaded.model.count_params()

    def counting(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        return compiled(*arguments)

    decoder.compiled = counting
    for number in NUMBERS:
        before, started = count, time.process_time()
        loaded.predict([f"{index % 90 + 10}+{index % 89 + 10}" for index in range(number)])
        taken, compilations = time.process_time() - started, count - before
        where = "on the backend" if "keras" in sys.modules else "in numpy"
        print(f"{number:5} questions   {taken:6.2f} s   {compilations} compiled   {where}")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--run", type=Path, help="a run of the LSTM network of seq2seq; trained when left out")
    names = ("cold", "grammar", "value", "warm", "compile")
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--questions", choices=("anew", "keras"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.questions is not None:
        ask_more_and_more(asked.run, asked.questions)
        return
    with tempfile.TemporaryDirectory() as place:
        if asked.run is None and {"cold", "warm", "compile"} & {*asked.only}:
            asked.run = Path(place) / "latency"
            run((*COMMAND, *TRAIN, "--runs", place, "--name", "latency", "--progress", "none"))
        if "cold" in asked.only:
            for name, (command, *bar) in COLD.items():
                compare(f"cold {name}", (*COMMAND, *command, str(asked.run)), *bar, asked.turns)
        if "grammar" in asked.only:
            compare("grammar count", (*COMMAND, *COUNT[0]), *COUNT[1:], asked.turns)
        if "value" in asked.only:
            compare("exact value", (sys.executable, "-c", VALUE[0]), *VALUE[1:], asked.turns)
        if "warm" in asked.only:
            ask_warm(asked.run, asked.turns)
        if "compile" in asked.only:
            for where in ("anew", "keras"):
                subprocess.run([sys.executable, __file__, "--run", str(asked.run), "--questions", where], check=True)


if __name__ == "__main__":
    main()
