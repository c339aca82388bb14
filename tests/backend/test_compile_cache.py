from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.backend import compile_cache as compilations
from exprlearn.backend.compile_cache import Store, cache_compilations

pytestmark = pytest.mark.long

ENTRIES = {"one": b"what was compiled", "two-cache": bytes(range(200))}

TRAIN = """
from exprlearn.backend.keras_import import load_keras
keras = load_keras({backend!r})
import numpy as np
from exprlearn.training.compiled_steps import Steps
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(7, activation="tanh"), keras.layers.Dense(3)])
steps = Steps(model, keras.optimizers.Adam(), lambda batch: batch["x"], lambda out, batch: keras.ops.mean(out * out))
arrays = {{"x": np.random.default_rng(0).normal(size=(32, 5)).astype(np.float32)}}
steps.run(arrays, np.arange(32, dtype=np.int32).reshape(4, 8))
print([value.tobytes().hex() for value in model.get_weights()])
"""


def stored(folder: Path) -> Store:
    """Fill a store in `folder` with the entries."""
    place, store = folder / "place", Store(folder / "store")
    for part in (place, store.folder):
        part.mkdir()
    for name, content in ENTRIES.items():
        (place / name).write_bytes(content)
    store.take_in(place)
    return store


def handed_out(store: Store, place: Path) -> dict[str, bytes]:
    place.mkdir()
    store.hand_out(place)
    return {file.name: file.read_bytes() for file in place.iterdir()}


def test_a_store_hands_out_what_it_took_in(tmp_path):
    assert handed_out(stored(tmp_path), tmp_path / "next") == ENTRIES


@given(which=st.sampled_from(sorted(ENTRIES)), damage=st.sampled_from(["flipped", "cut", "renamed"]), data=st.data())
def test_nothing_damaged_is_handed_out(tmp_path_factory, which, damage, data):
    folder = tmp_path_factory.mktemp("damaged")
    store = stored(folder)
    (file,) = store.folder.glob(f"*-{which}")
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        bit = data.draw(st.integers(0, 8 * len(content) - 1))
        content[bit // 8] ^= 1 << bit % 8
        file.write_bytes(content)
    elif damage == "cut":
        file.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    else:
        file.rename(file.with_name(file.name + "-of-another"))
    assert handed_out(store, folder / "next") == {name: ENTRIES[name] for name in ENTRIES if name != which}
    assert len(list(store.folder.iterdir())) == len(ENTRIES) - 1


def test_what_a_full_disk_has_cut_is_not_taken_in(tmp_path):
    whole = zlib.compress(bytes(range(256)) * 4)
    entries = {"whole-cache": whole, "cut-cache": whole[:-3], "none-cache": b"", "entry.pbvm-1.tmp": b"some of it"}
    place, store = tmp_path / "place", Store(tmp_path / "store")
    for part in (place, store.folder):
        part.mkdir()
    for name, content in entries.items():
        (place / name).write_bytes(content)
    store.take_in(place)
    assert handed_out(store, tmp_path / "next") == {"whole-cache": whole}


def test_the_oldest_entries_make_room_for_new_ones(tmp_path, monkeypatch):
    store = stored(tmp_path)
    for age, name in enumerate(sorted(ENTRIES)):
        (file,) = store.folder.glob(f"*-{name}")
        os.utime(file, ns=(age * 10**9, age * 10**9))
    monkeypatch.setattr(compilations, "MOST_BYTES", len(ENTRIES["two-cache"]))
    empty = tmp_path / "empty"
    empty.mkdir()
    store.take_in(empty)
    assert handed_out(store, tmp_path / "next") == {"two-cache": ENTRIES["two-cache"]}


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_uses_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv(compilations.VARIABLE, str(tmp_path))
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    script = "import os, sys; from exprlearn.backend.compile_cache import cache_compilations\n"
    script += "with cache_compilations('jax'): print(os.environ['JAX_COMPILATION_CACHE_DIR'], flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        place = Path(process.stdout.readline().strip())
        compilations._sweep(place.parent)
        assert place.is_dir()
        process.kill()
    assert place.is_dir()
    compilations._sweep(place.parent)
    assert not place.exists()


def test_a_process_that_is_started_from_another_gets_a_session_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv(compilations.VARIABLE, str(tmp_path))
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    with cache_compilations("tensorflow"):
        assert str(tmp_path) in os.environ["TF_XLA_FLAGS"]
    assert "TF_XLA_FLAGS" not in os.environ


@pytest.mark.parametrize("value", ["", "/dev/null/nowhere"])
def test_without_a_folder_nothing_is_kept_and_all_goes_on(monkeypatch, value):
    monkeypatch.setenv(compilations.VARIABLE, value)
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    with cache_compilations("tensorflow"):
        assert "TF_XLA_FLAGS" not in os.environ


FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
BACKENDS = ["tensorflow", "jax"]


def train(backend: str, cache: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """Train in a process of its own that keeps in a folder what it compiles; it prints its weights."""
    command = [sys.executable, "-c", before + TRAIN.format(backend=backend)]
    environment = {**os.environ, compilations.VARIABLE: str(cache)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return what trains first on a backend: the folder that it leaves, and what it said."""
    done = {}

    def first(backend):
        if backend not in done:
            folder = tmp_path_factory.mktemp(backend)
            done[backend] = folder, train(backend, folder)
        return done[backend]

    return first


@pytest.mark.parametrize("backend", [pytest.param("tensorflow"), pytest.param("jax", marks=pytest.mark.slow)])
def test_on_a_full_disk_training_goes_on_to_the_same_bits_and_that_nothing_is_kept_is_told(kept, tmp_path, backend):
    full = train(backend, tmp_path, FULL)
    assert full.stdout == kept(backend)[1].stdout
    assert f"note: what is compiled is not kept: {tmp_path}: File too large" in full.stderr
    assert "Error writing" not in full.stderr
    assert files_in(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["flipped", "cut"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_damaged_cache_changes_no_bit_and_is_mended(kept, tmp_path, backend, damage):
    whole, first = kept(backend)
    cache, random = Path(shutil.copytree(whole, tmp_path / "cache")), np.random.default_rng([7, len(damage)])
    for path in files_in(cache):
        content = path.read_bytes()
        place = int(random.integers(len(content)))
        changed = content[:place] + bytes([content[place] ^ 1 << int(random.integers(8))]) + content[place + 1 :]
        path.write_bytes(changed if damage == "flipped" else content[:place])
    assert train(backend, cache).stdout == first.stdout
    found = files_in(cache)
    assert len(found) == len(files_in(whole))
    assert all(compilations.digest_of(path.name.partition("-")[2], path.read_bytes()) in path.name for path in found)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_second_process_finds_everything_compiled_and_computes_the_same_bits(kept, tmp_path, backend):
    whole, first = kept(backend)
    assert files_in(whole)
    cache = Path(shutil.copytree(whole, tmp_path / "cache"))
    second = train(backend, cache)
    assert "cache" not in first.stderr + second.stderr
    assert second.stdout == first.stdout
    assert [path.name for path in files_in(cache)] == [path.name for path in files_in(whole)]
