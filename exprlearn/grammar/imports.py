"""Which files a grammar imports, walked before lark reads them: lark follows a circle of imports without end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from exprlearn.errors import GrammarError
from exprlearn.grammar.limits import LONGEST_TEXT, refuse_size

_DEEPEST = 16

_IMPORT = re.compile(r"^[ \t]*%import[ \t]+\.(\w+(?:\.\w+)*)[ \t]*(\()?", re.MULTILINE)


def refuse_endless_imports(text: str, path: Path | None) -> None:
    """Refuse imports that come back to a file that they began with, and more text than a grammar may have.

    Raises:
        GrammarError: there are such imports; the message lists the files.
    """
    _walk(text, [path.resolve()] if path else [], path.parent if path else Path(), LONGEST_TEXT)


def _walk(text: str, files: Sequence[Path], folder: Path, left: int) -> int:
    """Follow the imports of one text; returns how many characters may still be imported."""
    for imported in _imported(text, folder):
        if imported in files or len(files) >= _DEEPEST:
            listed = " imports ".join(file.name for file in (*files, imported))
            raise GrammarError(f"these files import each other: {listed}; move what they share into one more file")
        try:
            # A byte is at least a quarter of a character; a device would have no end.
            if not imported.is_file() or imported.stat().st_size > 4 * LONGEST_TEXT:
                raise GrammarError(f"{imported} cannot be imported: it is no file, or too large for a grammar")
            inner = imported.read_text(encoding="utf-8")
            refuse_size(inner, imported)
        except (OSError, UnicodeDecodeError):
            # Lark says it, with the place.
            continue
        left = _walk(inner, [*files, imported], imported.parent, left - len(inner))
        if left < 0:
            raise GrammarError(f"the imported files have more than {LONGEST_TEXT} characters in all: import less")
    return left


def _imported(text: str, folder: Path) -> list[Path]:
    """The files that a text imports from beside itself, each once."""
    found: dict[Path, None] = {}
    for names, several in _IMPORT.findall(text):
        # `.numbers.DIGIT` names what it takes last, `.numbers (DIGIT)` in brackets.
        parts = names.split(".") if several else names.split(".")[:-1]
        if parts:
            found[folder.joinpath(*parts).with_suffix(".lark").resolve()] = None
    return [file for file in found if file.exists()]
