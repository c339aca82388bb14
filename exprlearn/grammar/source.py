"""Where definitions, alternatives and remarks stand in the text of a grammar, read with lark's grammar of grammars.

That grammar is a copy which lark keeps for reference, not the one it loads grammars with, so it only tells positions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

_MARK = re.compile(r"(?://|#)@")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that starts with ``@``: its text after that sign, and whether it stands behind something."""

    line: int
    column: int
    text: str
    trailing: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule or terminal: its first and last line, and those of each of its alternatives."""

    name: str
    is_terminal: bool
    line: int
    end_line: int
    alternatives: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """The definitions and remarks of a text, in its order."""

    definitions: tuple[Definition, ...] = ()
    remarks: tuple[Remark, ...] = ()


def read_source(text: str) -> Source:
    """Find definitions and remarks; a text without remarks is not read at all.

    Strings that look like remarks are none, because lark's own lexer tells them apart.

    >>> source = read_source('//@ size terms=2\\nstart: N "//@" N\\nN: "1"  //@ range=1..1')
    >>> [(remark.line, remark.text, remark.trailing) for remark in source.remarks]
    [(1, 'size terms=2', False), (3, 'range=1..1', True)]
    """
    if not _MARK.search(text):
        return Source()
    # The grammar of grammars does not know these two words; without them the definitions are ordinary ones.
    plain = re.sub(r"%(?:extend|override)\b", lambda found: " " * len(found[0]), text) + "\n"
    parser, comments = _meta_parser()
    comments.clear()
    try:
        tree: Tree[Token] = parser.parse(plain)
    except LarkError:
        # Lark itself will say what is wrong when it loads the text.
        return Source()
    remarks = [found for token in comments if (found := _read_remark(token, plain))]
    return Source(tuple(_read_definitions(tree)), tuple(remarks))


@cache
def _meta_parser() -> tuple[Lark, list[Token]]:
    """The parser, made once, and the comments that it has come across."""
    comments: list[Token] = []

    def keep(token: Token) -> Token:
        comments.append(token)
        return token

    callbacks = {"COMMENT": keep}
    return Lark.open_from_package(
        "lark", "lark.lark", ["grammars"], parser="lalr", propagate_positions=True, lexer_callbacks=callbacks
    ), comments


def _read_remark(token: Token, text: str) -> Remark | None:
    """A comment token begins with the white space before it, which may hold line ends."""
    comment = token.lstrip()
    mark = _MARK.match(comment)
    if not mark:
        return None
    start = (token.start_pos or 0) + len(token) - len(comment)
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return Remark(text.count("\n", 0, start) + 1, len(before) + 1, comment[mark.end() :].strip(), bool(before.strip()))


def _read_definitions(tree: Tree[Token]) -> Iterator[Definition]:
    for child in tree.children:
        if not isinstance(child, Tree) or child.data not in ("rule", "token"):
            continue
        body = child.children[-1]
        if not isinstance(body, Tree):
            continue
        bodies = body.children if body.data == "expansions" else [body]
        lines = tuple(map(_lines, bodies))
        name = str(child.children[0]).lstrip("!?")
        yield Definition(name, child.data == "token", child.meta.line, child.meta.end_line, lines)


def _lines(part: object) -> tuple[int, int]:
    """An empty alternative stands nowhere."""
    return (part.meta.line, part.meta.end_line) if isinstance(part, Tree) and not part.meta.empty else (0, 0)
