"""What a terminal can write: a number language that fills slots, or a handful of fixed texts."""

from __future__ import annotations

from lark.lexer import TerminalDef

from exprlearn.errors import GrammarError
from exprlearn.grammar.automaton import OTHER, Automaton, read_pattern
from exprlearn.grammar.languages import IntegerRange, Language, Texts

MOST_TEXTS = 64
"""A terminal that is no number may write this many texts; each becomes an alternative."""

MOST_NUMBERS = 1_000_000
"""Numbers that are not one range are kept as a list of at most this many."""

_DIGITS = frozenset("0123456789")


def automaton_of(terminal: TerminalDef) -> Automaton:
    """Build the automaton of a terminal of a loaded grammar."""
    return read_pattern(str(terminal.name), terminal.pattern.to_regexp())


def fixed_texts(automaton: Automaton) -> tuple[str, ...] | None:
    """List the texts of a terminal that holds no digits, such as a choice of signs; None when it writes numbers.

    >>> fixed_texts(read_pattern("SIGN", "[*+]|minus"))
    ('*', '+', 'minus')

    Raises:
        GrammarError: the terminal holds no digits and writes no text, the empty one, or too many.
    """
    if automaton.characters & _DIGITS or not automaton.characters:
        return None
    longest = automaton.longest
    total = None if longest is None else sum(automaton.count(0, length) for length in range(longest + 1))
    if total is None or total > MOST_TEXTS or OTHER in automaton.characters:
        raise GrammarError(
            f"terminal {automaton.name} writes {total or 'endlessly many'} texts that are not numbers:"
            f" at most {MOST_TEXTS} can be drawn from"
        )
    return tuple(automaton.texts(longest or 0))


def number_language(
    automaton: Automaton, bounds: tuple[int, int] | None = None, longest: int | None = None
) -> Language:
    """Give the numbers of a terminal, as one range where they are one.

    Args:
        automaton: the terminal.
        bounds: the smallest and the largest number to draw; None is all of them.
        longest: the most digits to draw from a terminal that has no longest text.

    >>> number_language(read_pattern("NUMBER", "0|[1-9][0-9]*"), (0, 250))
    IntegerRange(name='NUMBER', lowest=0, highest=250)

    Raises:
        GrammarError: the terminal has no longest text and no range, writes something else than whole numbers, or does
            not write every number of the range.
    """
    if bounds is not None:
        return _narrowed(automaton, *bounds)
    if automaton.characters and not automaton.only("".join(_DIGITS)).characters:
        raise GrammarError(
            f"terminal {automaton.name} writes no digits without signs beside them: write both apart in a rule,"
            f' for instance "+" "10" "*"'
        )
    if automaton.characters - _DIGITS:
        raise GrammarError(
            f"terminal {automaton.name} writes more than whole numbers without sign: give it a range, for instance"
            f" //@ range=1..99, and write signs in a rule"
        )
    most = automaton.longest if automaton.longest is not None else longest
    if most is None:
        raise GrammarError(
            f"terminal {automaton.name} has no longest number: give it a range, for instance //@ range=1..999"
        )
    return _whole(automaton, most)


def _whole(automaton: Automaton, longest: int) -> Language:
    counts = [automaton.count(0, length) for length in range(longest + 1)]
    lengths = [length for length, count in enumerate(counts) if count]
    if not lengths or lengths[0] == 0:
        raise GrammarError(f"terminal {automaton.name} writes nothing, or the empty text")
    low, high = _extreme(automaton, lengths[0], 0), _extreme(automaton, lengths[-1], -1)
    without_zeros = automaton.numbers_between(int(low), int(high))
    if sum(counts) == without_zeros == int(high) - int(low) + 1:
        return IntegerRange(automaton.name, int(low), int(high))
    if sum(counts) > MOST_NUMBERS:
        raise GrammarError(
            f"terminal {automaton.name} writes {sum(counts)} texts which are not one range of numbers (leading zeros?):"
            f" write it as /0|[1-9][0-9]*/ or give it a range"
        )
    return Texts(automaton.name, list(automaton.texts(longest)))


def _narrowed(automaton: Automaton, low: int, high: int) -> Language:
    if low > high:
        raise GrammarError(f"range {low}..{high} of {automaton.name} holds no number")
    if automaton.numbers_between(low, high) != high - low + 1:
        missing = _first_missing(automaton, low, high)
        raise GrammarError(
            f"range {low}..{high} of {automaton.name} holds {missing}, which the terminal does not write"
        )
    return IntegerRange(automaton.name, low, high)


def _first_missing(automaton: Automaton, low: int, high: int) -> int:
    """Find the first number of a range that is not written, by halving."""
    start = low
    while low < high:
        middle = (low + high) // 2
        if automaton.numbers_between(start, middle) == middle - start + 1:
            low = middle + 1
        else:
            high = middle
    return low


def _extreme(automaton: Automaton, length: int, place: int) -> str:
    """The first (place 0) or last (place -1) text of one length."""
    text, state = "", 0
    for left in range(length - 1, -1, -1):
        mark = sorted(mark for mark, target in automaton.edges[state].items() if automaton.count(target, left))[place]
        text, state = text + mark, automaton.edges[state][mark]
    return text
