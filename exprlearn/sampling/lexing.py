"""Cut an expression into literals and numbers: every way to do it, as edges between positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exprlearn.grammar.languages import Language


@dataclass(frozen=True, slots=True)
class Lattice:
    """All tokens of a text: `edges[position]` lists (token, end); positions count characters.

    Tokens are a literal's index, or ``-1 - language`` for a number.
    """

    text: str
    edges: tuple[tuple[tuple[int, int], ...], ...]

    def ends(self, tokens: Sequence[int], position: int) -> list[int]:
        """Find where a run of tokens that starts at a position may end."""
        reached = [position]
        for token in tokens:
            reached = [end for start in reached for found, end in self.edges[start] if found == token]
        return reached


class Lexer:
    """Finds the tokens of a specification in texts.

    Args:
        literals: the fixed texts.
        languages: the number languages.
        whole_numbers: take digits that stand together as one number; else every beginning of them is tried.
    """

    def __init__(self, literals: Sequence[str], languages: Sequence[Language], whole_numbers: bool = True) -> None:
        self._languages, self._whole = tuple(languages), whole_numbers
        self._by_character: dict[str, list[tuple[int, str]]] = {}
        for index, text in enumerate(literals):
            self._by_character.setdefault(text[0], []).append((index, text))
        self._longest = max((language.longest for language in languages), default=0)

    def lattice(self, text: str) -> Lattice:
        """Cut a text in every way.

        >>> from exprlearn.grammar.languages import IntegerRange
        >>> Lexer(("+",), [IntegerRange("NUMBER", 0, 99)]).lattice("12+7").edges
        (((-1, 2),), (), ((0, 3),), ((-1, 4),), ())
        """
        edges: list[tuple[tuple[int, int], ...]] = [()] * (len(text) + 1)
        reached = {0}
        for position in range(len(text)):
            if position in reached:
                edges[position] = tuple(self._tokens(text, position))
                reached.update(end for _, end in edges[position])
        return Lattice(text, tuple(edges))

    def _tokens(self, text: str, start: int) -> list[tuple[int, int]]:
        found = [
            (index, start + len(literal))
            for index, literal in self._by_character.get(text[start], ())
            if text.startswith(literal, start)
        ]
        for end in self._number_ends(text, start):
            number = text[start:end]
            found += [(-1 - place, end) for place, language in enumerate(self._languages) if number in language]
        return found

    def _number_ends(self, text: str, start: int) -> Sequence[int]:
        end = start
        while end < len(text) and "0" <= text[end] <= "9":
            end += 1
        if self._whole or end == start:
            return (end,) if end > start else ()
        return range(start + 1, min(end, start + self._longest) + 1)
