from __future__ import annotations

import os
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.backend import compile_cache as compilations
from exprlearn.backend.compile_cache import Store, kept_compilations

ENTRIES = {"one": b"what was compiled", "two-cache": bytes(range(200))}

TRAIN = """
from exprlearn.backend.keras_import import load_keras
keras = load_keras({backend!r})
import numpy as np
from exprlearn.training.steps import Steps
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
    script = "import os, sys; from exprlearn.backend.compile_cache import kept_compilations\n"
    script += "with kept_compilations('jax'): print(os.environ['JAX_COMPILATION_CACHE_DIR'], flush=True); input()"
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
    with kept_compilations("tensorflow"):
        assert str(tmp_path) in os.environ["TF_XLA_FLAGS"]
    assert "TF_XLA_FLAGS" not in os.environ


@pytest.mark.parametrize("value", ["", "/dev/null/nowhere"])
def test_without_a_folder_nothing_is_kept_and_all_goes_on(monkeypatch, value):
    monkeypatch.setenv(compilations.VARIABLE, value)
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    with kept_compilations("tensorflow"):
        assert "TF_XLA_FLAGS" not in os.environ


FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"


@pytest.mark.parametrize("backend", [pytest.param("tensorflow"), pytest.param("jax", marks=pytest.mark.slow)])
def test_on_a_full_disk_training_goes_on_to_the_same_bits_and_that_nothing_is_kept_is_told(tmp_path, backend):
    def trained(before: str, cache: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", before + TRAIN.format(backend=backend)]
        environment = {**os.environ, compilations.VARIABLE: cache}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    full, without = trained(FULL, str(tmp_path)), trained("", "")
    assert full.stdout == without.stdout
    assert f"note: what is compiled is not kept: {tmp_path}: File too large" in full.stderr
    assert "Error writing" not in full.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["flipped", "cut"])
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_a_damaged_cache_changes_no_bit_and_is_mended(tmp_path, backend, damage):
    environment = {**os.environ, compilations.VARIABLE: str(tmp_path)}

    def trained() -> str:
        command = [sys.executable, "-c", TRAIN.format(backend=backend)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    first, random = trained(), np.random.default_rng([7, len(damage)])
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for path, content in kept.items():
        place = int(random.integers(len(content)))
        changed = content[:place] + bytes([content[place] ^ 1 << int(random.integers(8))]) + content[place + 1 :]
        path.write_bytes(changed if damage == "flipped" else content[:place])
    assert trained() == first
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(found) == len(kept)
    assert all(compilations.digest_of(path.name.partition("-")[2], path.read_bytes()) in path.name for path in found)


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_second_process_finds_everything_compiled_and_computes_the_same_bits(tmp_path, backend):
    environment = {**os.environ, compilations.VARIABLE: str(tmp_path)}

    def trained() -> tuple[str, set[str]]:
        command = [sys.executable, "-c", TRAIN.format(backend=backend)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert "cache" not in done.stderr
        return done.stdout, {path.name for path in tmp_path.rglob("*") if path.is_file()}

    first, kept = trained()
    assert kept
    assert trained() == (first, kept)
