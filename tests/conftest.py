from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# Models this small gain nothing from a second thread, and the other core has tests of its own.
for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")

# Most of what a test of a tiny model costs is its compilation, which need not make the code fast.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

# JAX sets a talkative level when it is imported, which the processes that a later test starts would take over.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# What one test compiles, the next need not; the user's own store is left alone.
os.environ.setdefault("EXPRLEARN_CACHE", str(Path(__file__).parents[1] / ".pytest_cache" / "compiled"))


@pytest.fixture(scope="session")
def keras() -> Any:
    """Keras on the backend that is tested."""
    from exprlearn.backend.keras_import import load_keras

    return load_keras(os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow"))


WIDER = """() => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  return [...document.querySelectorAll("table")].flatMap((table) => {
    const [width, box] = [table.getBoundingClientRect().width, table.closest(".scroll") || table.parentElement];
    return width > box.clientWidth + 1 ? [`${table.innerText.slice(0, 60)}: ${width} > ${box.clientWidth}`] : [];
  });
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start a Chromium without a window; tests do without only where none is installed, and never in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and not os.environ.get("CI"):
        pytest.skip("no chromium is installed")
    assert path is not None, "pages are tested in a real browser: apt-get install chromium"
    from playwright.sync_api import sync_playwright

    # As root, as in a container, Chromium runs without its sandbox only.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open pages, and see to it that none of them fails or asks for anything outside of its own origin."""
    wrong: list[str] = []
    opened: list[Any] = []

    def open_page(address: str, width: int = 1280, height: int = 900, **settings: Any) -> Any:
        page = browser.new_page(viewport={"width": width, "height": height}, **settings)
        opened.append(page)
        # How long a page takes says more about the machine's other work than about the page.
        page.set_default_timeout(180_000)
        own = address if address.startswith("file:") else "/".join(address.split("/")[:3])
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda said: wrong.append(f"{said.type}: {said.text}"))
        page.on("request", lambda asked: asked.url.startswith(own) or wrong.append(f"outside: {asked.url}"))
        page.goto(address)
        return page

    yield open_page
    for page in opened:
        page.close()
    assert wrong == []


@pytest.fixture(scope="session")
def barriers() -> Callable[[Any], list[str]]:
    """Tell what axe-core finds on a page that keeps people out; only outside of CI may it be missing."""
    if not os.environ.get("CI"):
        pytest.importorskip("axe_playwright_python")
    from axe_playwright_python.sync_playwright import Axe

    def found(page: Any) -> list[str]:
        violations = Axe().run(page).response["violations"]
        return [f"{each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]]

    return found


@pytest.fixture(scope="session")
def overflowing() -> Callable[[Any], list[str]]:
    """Tell which tables of a page are wider than the box they stand in, with all that can be unfolded unfolded."""

    def measured(page: Any) -> list[str]:
        return list(page.evaluate(WIDER))

    return measured
