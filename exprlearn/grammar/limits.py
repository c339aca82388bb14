"""How large the text of a grammar may be, with all that it imports, so that any is read or refused within a second."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from lark import Tree
from lark.load_grammar import Grammar as Notation

from exprlearn.errors import GrammarError
from exprlearn.grammar.faults import GrammarText

LONGEST_TEXT = 50_000
"""Characters of a grammar with all that it imports."""

MOST_WORDS = 5_000
"""Names, strings, signs and brackets of a grammar."""

DEEPEST = 30
"""Groups inside groups, also in terminals with what they refer to."""

LONGEST_PATTERN = 10_000
"""Characters of a terminal, with all that it refers to."""

_WORD = re.compile(r'\s*(?://|#)[^\n]*|"(?:\\.|[^"\\\n])*"|/(?!/)(?:\\.|[^/\\\n])+/|\w+|[^\w\s]')
_DEFINITION = re.compile(r"^[ \t]*[!?]*[A-Z_]\w*(?:\.\d+)?[ \t]*:", re.MULTILINE)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_MOST_TERMINALS, _MOST_WRITTEN_OUT = 300, 1_000
_UNREADABLE = re.compile("[\0\ud800-\udfff]")

_DEEPEST_IMPORT = 16
_IMPORT = re.compile(r"^[ \t]*%import[ \t]+\.(\w+(?:\.\w+)*)[ \t]*(\()?", re.MULTILINE)


def refuse_size(source: GrammarText) -> None:
    """Refuse a text that is too large, or that holds half of a character."""
    if found := _UNREADABLE.search(source.text):
        line = source.text.count("\n", 0, found.start()) + 1
        message = f"U+{ord(found[0]):04X} is no character of a text: save the file as UTF-8"
        raise GrammarError(message, path=source.path, line=line)
    for what, count, most in _measures(source.text):
        if count > most:
            raise GrammarError(
                f"this grammar has {count} {what}: {most} at most can be read; give parts names of their own,"
                f" and say much in few words with number ranges, repetitions and templates",
                path=source.path,
            )


def _measures(text: str) -> list[tuple[str, int, int]]:
    if len(text) > LONGEST_TEXT:
        return [("characters", len(text), LONGEST_TEXT)]
    words = [found[0] for found in _WORD.finditer(text)]
    terminals = len(_DEFINITION.findall(text))
    levels = accumulate(1 if word in _OPENING else -1 if word in _CLOSING else 0 for word in words)
    return [
        ("names and signs", len(words), MOST_WORDS),
        ("terminals", terminals, _MOST_TERMINALS),
        ("groups inside each other", max(levels, default=0), DEEPEST),
        ("terminals when they are written out inside each other", _written_out(words), _MOST_WRITTEN_OUT),
    ]


def _written_out(words: Sequence[str]) -> int:
    """Count the terminals inside the largest one, where lark writes each reference out: it may double at each step."""
    inside: dict[str, list[str]] = {}
    name = ""
    for index, word in enumerate(words):
        if word == ":" and index:
            # A priority stands between the name and the colon: N.2:
            before = index - 3 if words[index - 1].isdigit() and index > 2 else index - 1
            # What begins a definition is no part of the one before.
            if inside.get(name):
                inside[name].pop()
            name = words[before]
            inside.setdefault(name, [])
        elif name.isupper() and word.isidentifier() and word.isupper():
            inside[name].append(word)
    sizes: dict[str, int] = {}
    for _ in range(DEEPEST):
        # One level of references more in each round.
        sizes = {each: 1 + sum(sizes.get(part, 0) for part in parts) for each, parts in inside.items()}
        if max(sizes.values(), default=0) > _MOST_WRITTEN_OUT:
            break
    return max(sizes.values(), default=0)


def refuse_depth(notation: Notation, source: GrammarText) -> None:
    """Refuse groups that nest too deep, and terminals that become too long when they are written out."""
    known: dict[int, tuple[int, int]] = {}
    definitions = [("rule", str(name), tree) for name, _, tree, _ in notation.rule_defs]
    definitions += [("terminal", str(name), tree) for name, (tree, _) in notation.term_defs]
    for kind, name, tree in definitions:
        depth, length = _measure(tree, known) if tree is not None else (0, 0)
        if depth > 3 * DEEPEST:
            raise source.fault(
                f"groups nest too deep in {kind} {name!r}: {DEEPEST} deep at most;"
                f" give what stands inside a name of its own",
                name,
            )
        if kind == "terminal" and length > LONGEST_PATTERN:
            message = f"terminal {name} is too long when it is written out: {LONGEST_PATTERN} characters are the most"
            raise source.fault(message, name)


def refuse_control_characters(written: str, path: str | Path | None = None) -> None:
    """Refuse expressions that a terminal would not show as they are: control characters, halves of a character."""
    for character in written:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise GrammarError(
                f"this grammar writes U+{ord(character):04X}, a control character or half of a character: expressions"
                f" are made of characters that can be shown",
                path=path,
            )


def _measure(root: Any, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How deep a tree is, and how many characters it has where it shares parts with others; without recursion."""
    waiting = [root]
    while waiting:
        tree = waiting[-1]
        parts = [child for child in tree.children if isinstance(child, Tree)]
        missing = [part for part in parts if id(part) not in known]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        depths = [known[id(part)][0] for part in parts]
        length = sum(known[id(part)][1] for part in parts) + sum(
            len(str(child)) for child in tree.children if not isinstance(child, Tree)
        )
        known[id(tree)] = 1 + max(depths, default=0), length
    return known[id(root)]


def refuse_endless_imports(text: str, path: Path | None) -> None:
    """Refuse imports that come back to a file that they began with, and more text than a grammar may have."""
    _follow_imports(text, [path.resolve()] if path else [], path.parent if path else Path(), LONGEST_TEXT)


def _follow_imports(text: str, files: Sequence[Path], folder: Path, left: int) -> int:
    """Follow the imports of one text; returns how many characters may still be imported."""
    for imported in _imported(text, folder):
        if imported in files or len(files) >= _DEEPEST_IMPORT:
            listed = " imports ".join(file.name for file in (*files, imported))
            raise GrammarError(f"these files import each other: {listed}; move what they share into one more file")
        try:
            # A byte is at least a quarter of a character; a device would have no end.
            if not imported.is_file() or imported.stat().st_size > 4 * LONGEST_TEXT:
                raise GrammarError(f"{imported} cannot be imported: it is no file, or too large for a grammar")
            inner = imported.read_text(encoding="utf-8")
            refuse_size(GrammarText(inner, imported))
        except (OSError, UnicodeDecodeError):
            # Lark says it, with the place.
            continue
        left = _follow_imports(inner, [*files, imported], imported.parent, left - len(inner))
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
