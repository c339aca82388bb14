"""The site: every page of the project, its public names and its recipes, made searchable by Sphinx.

python docs/build.py [FOLDER]      writes the site; a warning, such as of a link that leads nowhere, is an error
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from gallery import gallery_page
from notebooks import BLOCK, notebook, outside_code
from reference import mark_code, reference_pages

PROJECT = Path(__file__).parents[1]
PLACE = PROJECT / "build" / "site"
#: Where pages lie, and in which order readers meet what the pages of `docs/index.md` do not lead to.
PAGES = ("*.md", "docs/*.md", "docs/*/*.md", "grammars/*.md", "plugins/*.md", "plugins/*/README.md")
LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)(?=[)#])")
TITLE = re.compile(r"^(# .*\n)", re.MULTILINE)
LANGUAGES = {".py": "python", ".toml": "toml", ".cff": "yaml"}
SETTINGS: Mapping[str, Any] = {
    "project": "exprlearn",
    "root_doc": "README",
    "extensions": ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"],
    "myst_heading_anchors": 4,
    # A docstring marks code as the pages do.
    "default_role": "code",
    "autodoc_typehints": "none",
    "autodoc_member_order": "bysource",
    "napoleon_use_ivar": True,
    "napoleon_attr_annotations": False,
    # Tests run the blocks of pages; what an example leaves out as `…` is no Python.
    "suppress_warnings": ["misc.highlighting_failure"],
    "html_theme": "furo",
    "html_title": "exprlearn",
    "html_favicon": "docs/figures/icon.svg",
    "html_static_path": ["docs/site.css"],
    "html_css_files": ["site.css"],
    "html_copy_source": False,
    "html_show_copyright": False,
}


def pages() -> dict[str, str]:
    """Read every page, by its path in the project, with links to the pages that show other files of the project."""
    found = {
        path.relative_to(PROJECT).as_posix(): path.read_text("utf-8") for each in PAGES for path in PROJECT.glob(each)
    }
    shown: dict[str, str] = {}
    told = {
        page: outside_code(partial(LINK.sub, partial(_lead, page, found, shown)), text) for page, text in found.items()
    }
    return told | shown


def _lead(page: str, known: Mapping[str, str], shown: dict[str, str], link: re.Match[str]) -> str:
    """Return a link's target as it is, or as the page that shows it where it is a file or a folder of the project."""
    target = os.path.normpath(os.path.join(os.path.dirname(page), link[0]))
    place = PROJECT / target
    if place.is_dir():
        target = next((f"{target}/{name}" for name in ("README.md", "index.md") if (place / name).exists()), target)
    elif target not in known and place.suffix != ".svg" and place.exists():
        code = f"```````{{code-block}} {LANGUAGES.get(place.suffix, 'text')}\n{place.read_text('utf-8')}\n```````\n"
        shown[f"files/{target}.md"] = f"---\norphan: true\n---\n# {target}\n\n{code}"
        target = f"files/{target}.md"
    return os.path.relpath(target, os.path.dirname(page) or ".")


def contents(found: Mapping[str, str]) -> Iterator[str]:
    """Yield the contents list: first the pages that the index names, in its order, then the others by their folder."""
    named = [f"docs/{target}" for target in dict.fromkeys(LINK.findall(found["docs/index.md"]))]
    guide = ["docs/index.md", *(page for page in named if page in found and page.count("/") == 1)]
    groups = {"Guide": [*guide, "gallery.md"]}
    groups |= {
        title: sorted(page for page in found if page.startswith(f"{place}/")) for title, place in _GROUPS.items()
    }
    groups["Project"] = [page for page in sorted(found) if "/" not in page and page not in ("README.md", "gallery.md")]
    for title, listed in groups.items():
        lines = "\n".join(page.removesuffix(".md") for page in listed)
        yield f"```{{toctree}}\n:hidden:\n:caption: {title}\n\n{lines}\n```\n"


_GROUPS = {"Reference": "reference", "Hooks": "docs/hooks", "Writing plugins": "docs/plugins", "Packages": "plugins"}
_GROUPS |= {"Grammars": "grammars", "Decisions": "docs/decisions"}


def lay_out(place: Path) -> None:
    """Write all that Sphinx reads into a folder."""
    found = pages() | {"gallery.md": gallery_page()} | reference_pages()
    found["README.md"] += "\n" + "\n".join(contents(found))
    for name, text in found.items():
        if BLOCK.search(text):
            file = Path(name).with_suffix(".ipynb")
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            (place / file).write_text(notebook(text), encoding="utf-8")
            text = TITLE.sub(rf"\1\n{{download}}`This page as a notebook <{file.name}>`\n", text, count=1)
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    shutil.copytree(PROJECT / "docs" / "figures", place / "docs" / "figures")
    shutil.copy(PROJECT / "docs" / "site.css", place / "docs")


def build(out: Path) -> int:
    """Build the site into a folder, made anew, and return Sphinx's exit code; what is doubtful stands in stderr."""
    from pygments.lexers.special import TextLexer
    from sphinx.application import Sphinx

    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "pages"
        lay_out(place)
        site = Sphinx(
            place,
            None,
            out,
            Path(folder) / "trees",
            "html",
            confoverrides=dict(SETTINGS),
            status=None,
            warningiserror=True,
        )
        site.add_lexer("lark", TextLexer)
        site.connect("autodoc-process-docstring", mark_code)
        site.build()
    # Browsers and servers open a folder by this name.
    shutil.copy(out / "README.html", out / "index.html")
    return int(site.statuscode)


def main() -> None:
    """Build the site, and end with an error where anything is doubtful."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=Path, default=PLACE, metavar="FOLDER", help="[build/site]")
    out = parser.parse_args().out
    code = build(out)
    if code == 0:
        print(out / "index.html")
    sys.exit(code)


if __name__ == "__main__":
    main()
