"""The site builds without a warning, its links hold, its search finds what people look for, no page is too wide."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

PROJECT = Path(__file__).parents[2]
WIDTHS = (390, 1280)
SOUGHT = {
    "per-term": "docs/encodings.html",
    "working": "docs/working.html",
    "resume": "docs/training.html",
    "EvaluationError": "reference/exprlearn.errors.html",
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Build the site in a process of its own; only outside of CI may Sphinx be missing."""
    if not os.environ.get("CI"):
        pytest.importorskip("sphinx")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, str(PROJECT / "docs" / "build.py"), str(out)]
    return out, subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def served(built: tuple[Path, Any]) -> Iterator[str]:
    """Serve the site on this machine alone."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built[0])))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class Page(HTMLParser):
    """The links of a page, and the places in it that links may lead to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = {""}
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.places.add(told.get("id") or "")
        self.links |= {address for key in ("href", "src") if (address := told.get(key))}


def test_the_site_is_built_without_a_warning(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, done = built
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{out / 'index.html'}\n"


def test_every_internal_link_of_the_site_leads_somewhere(built: tuple[Path, Any]) -> None:
    pages = {file.resolve(): Page(file) for file in sorted(built[0].rglob("*.html"))}
    assert len(pages) > 100
    lost = []
    for file, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not parts.scheme and not (
                target.exists() and (target not in pages or unquote(parts.fragment) in pages[target].places)
            ):
                lost.append(f"{file.name}: {link}")
    assert lost == []


@pytest.mark.parametrize("word", SOUGHT)
def test_the_search_finds_a_word_on_the_page_about_it(served: str, browser: Any, word: str) -> None:
    # Not by `visit`: Sphinx warns in the console that it finds no place whose name has points.
    page = browser.new_page()
    page.goto(f"{served}/search.html?q={word}")
    page.wait_for_function("document.querySelector('.search-summary')?.innerText.includes('finished')")
    found = page.eval_on_selector_all("ul.search a", "all => all.map(each => each.href.split(/[?#]/)[0])")
    page.close()
    assert f"{served}/{SOUGHT[word]}" in found


def test_no_page_is_wider_than_a_telephone_or_a_screen(built: tuple[Path, Any], served: str, visit: Any) -> None:
    page = visit(f"{served}/index.html")
    wide = []
    for file in sorted(built[0].rglob("*.html")):
        page.goto(f"{served}/{file.relative_to(built[0]).as_posix()}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide.append(f"{file.relative_to(built[0])} takes {needed} of {width}")
    assert wide == []
