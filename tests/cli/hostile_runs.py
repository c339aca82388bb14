"""A process that damages a run folder in many ways and reads each with everything that reads run folders.

    python tests/cli/hostile_runs.py RUN CASES SEED

It prints how it went as JSON: how many cases were read whole and how many refused, the slowest, the memory at its peak,
and every traceback. Keras is not loaded: what is read is read before a model is built.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.runs import list_runs, show_run
from exprlearn.cli.train import find_resumed
from exprlearn.errors import ExprLearnError, RunError
from exprlearn.playground.watch import Watch
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.reproduction import compare
from exprlearn.report.page import score_record
from exprlearn.runs import checkpoint, starting
from exprlearn.runs.record import read_record
from exprlearn.runs.retention import prune, read_best
from exprlearn.runs.run_evaluation import read_baseline
from exprlearn.runs.run_folder import RunFolder, find

HANGING = 20
PLUGINS = Plugins(only=())
Random = np.random.Generator

DEEP = b"[" * 100_000
WHOLE = [
    b"",
    b"\x00" * 50,
    b"\xff\xfe",
    DEEP,
    b'{"a":' * 5000,
    b"x = " + b"[" * 5000,
    b"seed = " + b"9" * 4301,
    b'{"format": 1, "seed": ' + b"9" * 4301 + b"}",
    b"seed = 0x" + b"f" * 5000,
    b"a" + b".a" * 30_000 + b" = 1",
    b'{"a": "\\ud800"}\n',
    b"null\n",
    b"[]\n",
    b'"text"\n',
    b'{"format": 99}\n',
    b'{"epoch": 1}\n' * 20_000,
    b"[" + b"{}," * 250_000 + b"{}]",
    b"{}\n" * 3,
    b"../../etc\n",
    b"a\x00b\n",
    b"x" * 5000,
]
ODD = [None, "abc", "", -1, 0, 1.5, True, [], {}, [[1]], {"a": {"b": 1}}, 2**63, 10**30, "x" * 100_000, 1e308, -1e-320]
RAW = ["NaN", "Infinity", "1e999", "-Infinity", "9" * 4301, '"\\ud800"', "[" * 300 + "]" * 300, "1e", '"\\u0000"']
TOML = [
    "nan",
    "-inf",
    "1979-05-27T07:32:00Z",
    "07:32:00",
    "9" * 4301,
    "0x" + "f" * 5000,
    "[" * 5000,
    '"x"',
    "-1",
    "1e308",
]


def npy(shape: str, descr: str = "'<f4'", content: bytes = b"") -> bytes:
    """Write a header of numpy's format before some bytes."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


ARRAYS = [
    npy("(1000000000000,)"),
    npy("(0, 1000000000000000000000)"),
    npy("(1,)", "'<U1'", b"abcd"),
    npy("(1,)", "'<i8'", bytes(8)),
    npy("(1,)", "'<c8'", bytes(8)),
    npy("(1,)", content=np.float32("nan").tobytes()),
    npy("(" * 5000),
    npy("(1,)", "'|O'", b"abcd"),
    b"",
]


class Damage:
    """Damages the files of a run folder, one or two a case, and mends them again."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.random = folder, random
        # A report is written, never read.
        listed = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".html")
        self.whole = {path: path.read_bytes() for path in sorted(listed)}
        self.whole[folder.parent / "latest"] = f"{folder.name}\n".encode()
        (folder.parent / "latest").write_bytes(self.whole[folder.parent / "latest"])
        self.changed: set[Path] = set()

    def pick(self, items: Any) -> Any:
        """Choose one of some items."""
        listed = list(items)
        return listed[int(self.random.integers(len(listed)))]

    def case(self) -> str:
        """Damage something; return what."""
        told = []
        for _ in range(1 + int(self.random.integers(4) == 0)):
            file = self.pick(self.whole)
            kinds = [self.replaced, self.shortened, self.flipped, self.odd_kind]
            kinds += [self.odd_value] * 4 if file.suffix in (".json", ".jsonl", ".toml") else []
            kinds += [self.odd_archive] * 8 if file.suffix == ".npz" else []
            kind = self.pick(kinds)
            told.append(f"{file.relative_to(self.folder.parent)}: {kind.__name__} {kind(file)}")
        return "; ".join(told)

    def mend(self) -> None:
        """Make everything whole again."""
        for file in self.changed:
            remove(file)
        for file in self.changed:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.whole[file])
        self.changed.clear()

    def write(self, file: Path, data: bytes) -> None:
        """Write a file, and mostly the right sum of what a checkpoint now holds."""
        self.changed.add(file)
        remove(file)
        file.write_bytes(data)
        sums = file.with_name(checkpoint.SUMS)
        if sums in self.whole and sums != file and sums not in self.changed and self.random.integers(4):
            self.changed.add(sums)
            kept = json.loads(self.whole[sums])
            sums.write_text(json.dumps({**kept, file.name: hashlib.sha256(data).hexdigest()}))

    def replaced(self, file: Path) -> int:
        """Put something else there."""
        number = int(self.random.integers(len(WHOLE)))
        self.write(file, WHOLE[number])
        return number

    def shortened(self, file: Path) -> int:
        """Cut the file."""
        size = int(self.random.integers(len(self.whole[file]) + 1))
        self.write(file, self.whole[file][:size])
        return size

    def flipped(self, file: Path) -> int:
        """Flip bits."""
        data = bytearray(self.whole[file])
        for _ in range(int(self.random.integers(1, 9)) if data else 0):
            data[int(self.random.integers(len(data)))] ^= 1 << int(self.random.integers(8))
        self.write(file, bytes(data))
        return len(data)

    def odd_kind(self, file: Path) -> str:
        """Put something there that is no file, or none that anybody could read."""
        self.changed.add(file)
        remove(file)
        kind = self.pick(("missing", "folder", "pipe", "zero", "dangling", "loop", "huge", "itself"))
        if kind == "folder":
            file.mkdir()
        elif kind == "pipe":
            os.mkfifo(file)
        elif kind == "huge":
            with file.open("wb") as stream:
                stream.truncate(2**40)
        elif kind != "missing":
            file.symlink_to({"zero": "/dev/zero", "dangling": "nowhere", "loop": file.name, "itself": "."}[kind])
        return str(kind)

    def odd_value(self, file: Path) -> str:
        """Change a value of a document, or take a key away."""
        if file.suffix == ".toml":
            lines = self.whole[file].decode().split("\n")
            place = self.pick(number for number, line in enumerate(lines) if "=" in line)
            value = self.pick(TOML)
            lines[place] = f"{lines[place].partition('=')[0]}= {value}"
            self.write(file, "\n".join(lines).encode())
            return f"{lines[place][:60]}"
        lines = self.whole[file].decode().split("\n") if file.suffix == ".jsonl" else [self.whole[file].decode()]
        place = int(self.random.integers(max(1, len(lines) - 1)))
        document = json.loads(lines[place])
        above, key = self.pick(inner(document))
        raw = self.pick(RAW) if self.random.integers(3) == 0 else None
        if raw is None and self.random.integers(5) == 0:
            del above[key]
        else:
            above[key] = "@raw@" if raw else self.pick(ODD)
        lines[place] = json.dumps(document).replace('"@raw@"', raw or "")
        self.write(file, "\n".join(lines).encode())
        return f"{key} {(raw or '')[:20]}"

    def odd_archive(self, file: Path) -> str:
        """Change the archive of a checkpoint, or what it holds."""
        kind = self.pick(("member", "packed", "encrypted", "method", "lone", "bomb", "deflated", "twice"))
        with zipfile.ZipFile(io.BytesIO(self.whole[file])) as packed:
            members = {name: packed.read(name) for name in packed.namelist()}
        name, number = self.pick(members), int(self.random.integers(len(ARRAYS)))
        if kind == "member":
            members[name] = ARRAYS[number]
        elif kind == "bomb":
            members[name] = npy("(25000000,)", content=bytes(10**8) if self.random.integers(50) == 0 else bytes(10**6))
        elif kind == "twice":
            members[f"model/{name}"] = members[name]
        data = bytearray(archive(members, is_packed=kind in ("packed", "bomb", "deflated")))
        first = data.rindex(b"PK\x01\x02")
        if kind == "encrypted":
            data[first + 8] |= 1
        elif kind == "method":
            data[first + 10] = 99
        elif kind == "deflated":
            data[60:80] = bytes(20)
        self.write(file, members[name] if kind == "lone" else bytes(data))
        return f"{kind} {number}"


def archive(members: dict[str, bytes], *, is_packed: bool) -> bytes:
    """Write a zip of some members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def inner(value: Any) -> Iterator[tuple[Any, Any]]:
    """Walk over every place of a document."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from inner(item)


def remove(file: Path) -> None:
    """Remove whatever is there."""
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    else:
        file.unlink(missing_ok=True)


@contextmanager
def noticing_hangs() -> Iterator[None]:
    """End what waits for ever."""

    def end(number: int, frame: Any) -> None:
        raise TimeoutError("it hangs")

    signal.signal(signal.SIGALRM, end)
    signal.alarm(HANGING)
    yield
    signal.alarm(0)


def load(folder: Path) -> None:
    """Do what loading a run does, without a model."""
    found = find(folder)
    components, _ = starting.components_for_asking(found, PLUGINS)
    run, kept = starting.reopen(found, components)
    read_best(kept, parameters=run.facts.get("parameters"))
    read_baseline(found)


def resume(folder: Path) -> None:
    """Do what going on with a run does before it builds a model."""
    found = find_resumed(CommandOptions(resume=str(folder), runs=folder.parent))
    assert found is not None
    starting.make_components(found, PLUGINS)
    found.forget_after(10**6)
    prune(found.checkpoints)


def listing(folder: Path) -> None:
    """List all runs: the whole one is always among them."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        list_runs(CommandOptions(runs=folder.parent, json=True))
    assert "a-whole-run" in [run["run"] for run in json.loads(out.getvalue())["runs"]]


def showing(folder: Path) -> None:
    """Show a run, as a table and as JSON."""
    with redirect_stdout(io.StringIO()):
        show_run(CommandOptions(run=str(folder), json=True))
    score_record(read_record(folder))


def watching(folder: Path) -> None:
    """Do what the page of a run does every half second."""
    watch = Watch(folder)
    watch.is_over()
    json.dumps(watch.news())


def comparing(folder: Path) -> None:
    """Compare a run with the whole one."""
    compare(RunFolder(folder), RunFolder(folder.parent / "a-whole-run"))


def finding(folder: Path) -> None:
    """Find the run that was made last."""
    find("latest", folder.parent)


READERS: list[Callable[[Path], None]] = [load, finding, listing, showing, watching, comparing, resume]


def main(run: Path, cases: int, seed: int) -> dict[str, Any]:
    """Damage copies of a run, read them, and tell how it went."""
    # It lies beside this program, where no test finds it.
    from memory import peak_kilobytes

    runs = run.parent / "hostile"
    shutil.copytree(run, runs / "a-whole-run")
    folder = Path(shutil.copytree(run, runs / "damaged"))
    starting.build_model = lambda *arguments, **options: None  # type: ignore[assignment]
    damage, ends = Damage(folder, np.random.default_rng([seed, 1, 0])), Counter[str]()
    failures, slowest = [], (0.0, "")
    for reader in READERS:
        reader(folder)
    before, begun = peak_kilobytes(), time.monotonic()
    for _ in range(cases):
        told = damage.case()
        for reader in READERS:
            started = time.process_time()
            try:
                with noticing_hangs():
                    reader(folder)
                ends["read"] += 1
            except RunError as error:
                ends["refused"] += 1
                if len(str(error)) > 5000:
                    failures.append(f"{told}: a message of {len(str(error))} characters")
            except ExprLearnError as error:
                ends[f"refused with {type(error).__name__}"] += 1
            except BaseException:
                failures.append(f"{told}\n{traceback.format_exc()[-1500:]}")
            slowest = max(slowest, (time.process_time() - started, f"{reader.__name__} {told}"))
        # What was damaged may have led a reader to change other files, as going on with a run does.
        damage.changed |= {file for file, data in damage.whole.items() if not is_as(file, data)}
        damage.mend()
        if len(failures) >= 20:
            break
    seconds = time.monotonic() - begun
    grown = (peak_kilobytes() - before) / 1024
    return {"ends": ends, "failures": failures, "slowest": slowest, "megabytes": grown, "seconds": seconds}


def is_as(file: Path, data: bytes) -> bool:
    """Tell whether a file is still what it was."""
    return file.is_file() and not file.is_symlink() and file.stat().st_size == len(data)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])), ensure_ascii=True))
