"""How large the text of a grammar may be, so that any text is read or refused within a second."""

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
from exprlearn.grammar.faults import fault_for

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


def refuse_size(text: str, path: str | Path | None = None) -> None:
    """Refuse a text that is too large, or that holds half of a character.

    Raises:
        GrammarError: the text is such; the message says how large one may be.
    """
    if found := _UNREADABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"U+{ord(found[0]):04X} is no character of a text: save the file as UTF-8"
        raise GrammarError(message, path=path, line=line)
    for what, count, most in _measures(text):
        if count > most:
            raise GrammarError(
                f"this grammar has {count} {what}: {most} at most can be read; give parts names of their own,"
                f" and say much in few words with number ranges, repetitions and templates",
                path=path,
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
    for place, word in enumerate(words):
        if word == ":" and place:
            # A priority stands between the name and the colon: N.2:
            before = place - 3 if words[place - 1].isdigit() and place > 2 else place - 1
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


def refuse_depth(notation: Notation, text: str, path: str | Path | None = None) -> None:
    """Refuse groups that nest too deep, and terminals that become too long when they are written out.

    Raises:
        GrammarError: there are such; the message names the definition.
    """
    known: dict[int, tuple[int, int]] = {}
    for name, _, tree, _ in notation.rule_defs:
        if tree is not None and _measure(tree, known)[0] > 3 * DEEPEST:
            raise _too_deep("rule", str(name), text, path)
    for name, (tree, _) in notation.term_defs:
        depth, length = _measure(tree, known) if tree is not None else (0, 0)
        if depth > 3 * DEEPEST:
            raise _too_deep("terminal", str(name), text, path)
        if length > LONGEST_PATTERN:
            message = f"terminal {name} is too long when it is written out: {LONGEST_PATTERN} characters are the most"
            raise fault_for(message, text, str(name), path)


def refuse_control_characters(written: str, path: str | Path | None = None) -> None:
    """Refuse expressions that a terminal would not show as they are.

    Raises:
        GrammarError: `written` holds a control character, or half of a character.
    """
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


def _too_deep(kind: str, name: str, text: str, path: str | Path | None) -> GrammarError:
    return fault_for(
        f"groups nest too deep in {kind} {name!r}: {DEEPEST} deep at most; give what stands inside a name of its own",
        text,
        name,
        path,
    )
