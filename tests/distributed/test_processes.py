"""Several processes train one model: real ones, over the loopback interface.

    pytest -n 0 -m slow tests/distributed/test_processes.py

takes minutes, since every process imports and compiles for itself.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from exprlearn.config import TrainingSection
from exprlearn.distributed.launching import free_port
from exprlearn.distributed.workers import ADDRESSES, COUNT, RANK, TrainingWorker, this_worker
from exprlearn.errors import OptionError

EPOCHS = 8
SETTINGS = {
    "grammar.range": "0..19",
    "data.validation": 8,
    "data.test": 8,
    "training.examples_per_epoch": 256,
    "training.batch_size": 16,
    "training.epochs": EPOCHS,
    "training.max_time": "none",
    "training.backend": "jax",
    "model.name": "repeat-vector",
    "model.units": 4,
    "model.embedding": 4,
    "model.dropout": 0.3,
}
SETS = [f"{key}={value}" for key, value in SETTINGS.items()]
#: A model whose rows hold several examples; 64 take six of them, which two processes share as one has them.
LINES = {key: value for key, value in SETTINGS.items() if not key.startswith("model.")} | {
    "model.name": "rewriter",
    "model.units": 16,
    "model.head": 8,
    "model.layers": 1,
    "training.batch_size": 64,
    "training.epochs": 2,
}
TRAIN = [sys.executable, "-m", "exprlearn.cli.main", "train", "--progress", "json"]


def test_a_process_is_alone_unless_it_is_told_otherwise():
    assert this_worker({}) is None
    told = {ADDRESSES: "10.0.0.1:99", COUNT: "3", RANK: "2"}
    assert this_worker(told) == TrainingWorker(2, 3, "10.0.0.1:99")
    assert this_worker(told).variables() == told


@pytest.mark.parametrize(
    ("told", "problems"),
    [
        ({COUNT: "2"}, [f"{name} is not set beside {COUNT}: set all three or none" for name in (ADDRESSES, RANK)]),
        ({COUNT: "two", RANK: "1", ADDRESSES: "x:1"}, [f"{COUNT} is 'two', which is no whole number"]),
        ({COUNT: "2", RANK: "2", ADDRESSES: "x:1"}, [f"{RANK} is 2 of 2 processes: they are numbered from 0 to 1"]),
    ],
)
def test_variables_that_make_no_sense_are_refused(told, problems):
    with pytest.raises(OptionError) as refused:
        this_worker(told)
    assert refused.value.problems == problems


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"processes": 2}, "several processes train together on JAX alone: --backend jax, or --processes 1"),
        (
            {"processes": 3, "backend": "jax", "batch_size": 64},
            "3 processes cannot share a batch evenly: take a multiple of 3",
        ),
        ({"processes": 0}, "greater than or equal to 1"),
    ],
)
def test_what_several_processes_cannot_do_is_refused_before_anything_starts(settings, said):
    with pytest.raises(ValueError, match=said):
        TrainingSection(**settings)


def test_a_launcher_and_a_setting_that_contradict_each_other_are_refused():
    told = {**os.environ, ADDRESSES: "127.0.0.1:9", COUNT: "3", RANK: "1"}
    command = [*TRAIN, "--processes", "2", "--backend", "jax"]
    refused = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    wanted = f"training.processes: 2 asked for, and {COUNT} is 3; leave one of them out"
    assert refused.stderr == f"error: {wanted}\n"


def test_whoever_trains_in_one_process_imports_nothing_for_several():
    looks = "import sys, exprlearn.walk, exprlearn.cli.train; print([name for name in sys.modules if name in %r])"
    names = ("jax", "keras", "tensorflow", "exprlearn.distributed.launching", "multiprocessing")
    command = [sys.executable, "-c", looks % (names,)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def trained(folder: Path, *flags: str, settings: Mapping[str, object] = SETTINGS) -> subprocess.CompletedProcess[str]:
    """Train to the end in a folder."""
    sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    return subprocess.run([*TRAIN, *sets, *flags], cwd=folder, capture_output=True, text=True, check=False)


def facts(folder: Path, name: str) -> tuple[str, list[float]]:
    """Return the digest and the losses of a run."""
    run = folder / "runs" / name
    losses = [json.loads(line)["loss"] for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return json.loads((run / "run.json").read_text(encoding="utf-8"))["digest"], losses


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A folder with the run `two`, which two processes trained without any interruption."""
    folder = tmp_path_factory.mktemp("whole")
    done = trained(folder, "--processes", "2", "--name", "two")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("test")
    assert [json.loads(line)["epoch"] for line in done.stderr.splitlines()] == [*range(1, EPOCHS + 1)]
    kept = json.loads((folder / "runs" / "two" / "run.json").read_text(encoding="utf-8"))
    assert (kept["processes"], kept["state"]) == (2, "finished")
    return folder


@pytest.mark.slow
def test_two_processes_lose_as_one_does_and_come_to_the_same_bits_again(whole):
    digest, losses = facts(whole, "two")
    assert trained(whole, "--processes", "2", "--name", "again").returncode == 0
    assert facts(whole, "again") == (digest, losses)
    assert trained(whole, "--name", "one").returncode == 0
    assert facts(whole, "one")[1] == pytest.approx(losses, abs=1e-5)


@pytest.mark.slow
def test_processes_share_rows_of_several_examples(tmp_path):
    for name, processes in (("one", "1"), ("two", "2")):
        done = trained(tmp_path, "--processes", processes, "--name", name, settings=LINES)
        assert done.returncode == 0, done.stderr
    assert facts(tmp_path, "one")[1] == pytest.approx(facts(tmp_path, "two")[1], abs=1e-5)


@pytest.mark.slow
def test_processes_that_something_else_started_come_to_the_same_digest_on_every_rank(whole, tmp_path):
    program = Path(__file__).with_name("joined.py")
    address = f"127.0.0.1:{free_port()}"
    processes = [
        subprocess.Popen(
            [sys.executable, str(program), str(tmp_path), *SETS, "training.processes=2"],
            env={**os.environ, **TrainingWorker(rank, 2, address).variables()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in (0, 1)
    ]
    ended = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], ended
    told = [json.loads(out) for out, _ in ended]
    assert [each["rank"] for each in told] == [0, 1]
    assert [(each["digest"], each["losses"]) for each in told] == [facts(whole, "two")] * 2


def process_of(launcher: int, rank: int) -> int:
    """Find the process of a rank that a launcher has started."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == launcher and f"{RANK}={rank}\0" in (place / "environ").read_text():
                return int(place.name)
        except OSError:
            continue
    raise AssertionError(f"process {launcher} has no rank {rank}")


def hit(folder: Path, number: signal.Signals, rank: int | None, *flags: str) -> tuple[int, str, float]:
    """Train, send a signal to a rank or to the launcher after an epoch; return code, stderr and the seconds it took."""
    sets = [] if "--resume" in flags else [part for each in SETS for part in ("--set", each)]
    command = [*TRAIN, *sets, *flags]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    assert "epoch" in line, line + process.stderr.read()
    started = time.monotonic()
    os.kill(process.pid if rank is None else process_of(process.pid, rank), number)
    _, said = process.communicate(timeout=120)
    return process.returncode, said, time.monotonic() - started


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found through /proc")
def test_a_run_that_lost_a_process_says_so_at_once_and_goes_on_to_the_same_bits(whole, tmp_path):
    code, said, seconds = hit(tmp_path, signal.SIGKILL, 1, "--processes", "2", "--name", "cut")
    assert code == 1
    assert "error: another process of this training is gone" in said
    assert "error: process 1 of 2 is lost and the others were ended: it was killed by SIGKILL" in said
    assert said.endswith("go on with: exprlearn train --resume cut\n")
    assert "Traceback" not in said
    assert seconds < 30
    code, said, _ = hit(tmp_path, signal.SIGTERM, None, "--resume", "cut")
    assert code == 143, said
    assert said.endswith("go on with: exprlearn train --resume cut\n")
    done = subprocess.run([*TRAIN, "--resume", "cut"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert facts(tmp_path, "cut") == facts(whole, "two")
