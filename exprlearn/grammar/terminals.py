"""What a terminal can write: a number language that fills slots, or a handful of fixed texts."""

from __future__ import annotations

from exprlearn.counts import count_text
from exprlearn.errors import GrammarError
from exprlearn.grammar.automaton import LONGEST_TEXT, Automaton
from exprlearn.grammar.faults import Unbounded
from exprlearn.grammar.languages import IntegerRange, Language, Texts
from exprlearn.grammar.machine import OTHER
from exprlearn.grammar.pragmas import DecimalRange

MOST_TEXTS = 64
"""A terminal that is not a number may write this many texts; each becomes an alternative."""

MOST_NUMBERS = 20_000
"""Numbers that are not one range are kept as a list of at most this many."""

_MOST_DIGITS, _LARGE = 1_000, 10**30

_DIGITS = frozenset("0123456789")


def fixed_texts(automaton: Automaton) -> tuple[str, ...] | None:
    """List the texts of a terminal that holds no digits, such as a choice of signs; None when it writes numbers.

    Too many texts are a `GrammarError`.

    >>> from exprlearn.grammar.automaton import read_pattern
    >>> fixed_texts(read_pattern("SIGN", "[*+]|minus"))
    ('*', '+', 'minus')
    """
    if automaton.characters & _DIGITS or not automaton.characters:
        return None
    longest, shown = automaton.longest, "endlessly many"
    if longest is not None:
        total = sum(automaton.count(0, length) for length in range(longest + 1)) if longest <= LONGEST_TEXT else None
        if total is not None and total <= MOST_TEXTS and OTHER not in automaton.characters:
            return tuple(automaton.texts(longest))
        shown = "very long" if total is None else count_text(total, digits=30)
    if _writes_letters(automaton):
        raise GrammarError(
            f"terminal {automaton.name} writes letters, which have no value here: write numbers, for instance"
            f" /0|[1-9][0-9]*/ with //@ range=0..99"
        )
    raise GrammarError(
        f"terminal {automaton.name} writes {shown} texts that are not numbers: at most {MOST_TEXTS} can be drawn from"
    )


def number_language(
    automaton: Automaton, bounds: tuple[int, int] | None = None, longest: int | None = None
) -> Language:
    """Give the numbers of a terminal, as one range where they are one.

    `longest` is the most digits to draw where there is no longest text. Without that and `bounds`, of texts that are no
    whole numbers, and where bounds hold a number that is not written, it is a `GrammarError`.

    >>> from exprlearn.grammar.automaton import read_pattern
    >>> number_language(read_pattern("NUMBER", "0|[1-9][0-9]*"), (0, 250))
    IntegerRange(name='NUMBER', lowest=0, highest=250)
    """
    if bounds is not None:
        return _narrowed(automaton, *bounds)
    if automaton.characters - _DIGITS:
        raise _not_whole(automaton)
    most = automaton.longest if automaton.longest is not None else longest
    if most is None:
        reason = f"terminal {automaton.name} has no longest number: give it a range, for instance //@ range=1..999"
        raise Unbounded([reason], ["range"])
    if most > LONGEST_TEXT:
        raise GrammarError(
            f"terminal {automaton.name} writes numbers of up to {most} digits: give it a range, for instance"
            f" //@ range=1..999"
        )
    return _whole(automaton, most)


def _not_whole(automaton: Automaton) -> GrammarError:
    """Say why a terminal whose texts hold more than digits is not a number."""
    name = automaton.name
    if "." in automaton.characters and automaton.characters - _DIGITS <= set(".eE+-_"):
        return GrammarError(
            f"terminal {name} writes decimals, of which a range is drawn: write one, for instance //@ range=0.0..9.9"
        )
    if _writes_letters(automaton):
        return GrammarError(
            f"terminal {name} writes letters, which have no value here: write whole numbers, for instance"
            f" /0|[1-9][0-9]*/ with //@ range=0..99; for numbers that a plugin reads, write digits and letters in"
            f" terminals of their own"
        )
    if not automaton.only("".join(_DIGITS)).characters:
        return GrammarError(
            f"terminal {name} writes no digits without signs beside them: write both apart in a rule,"
            f' for instance "+" "10" "*"'
        )
    return GrammarError(
        f"terminal {name} writes more than whole numbers without sign: give it a range, for instance"
        f" //@ range=1..99, and write signs in a rule"
    )


def _writes_letters(automaton: Automaton) -> bool:
    return any(character.isalpha() or character == OTHER for character in automaton.characters)


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
            f"terminal {automaton.name} writes {count_text(sum(counts), digits=30)} texts which are not one range of"
            f" numbers (leading zeros?): write it as /0|[1-9][0-9]*/ or give it a range"
        )
    return Texts(automaton.name, list(automaton.texts(longest)))


def decimal_languages(automaton: Automaton, bounds: DecimalRange) -> tuple[tuple[Language, Language], ...]:
    """Give the decimals of a range as pairs: whole numbers, and the digits that stand behind their points.

    A range that holds decimals which the terminal does not write is a `GrammarError`.

    >>> from exprlearn.grammar.automaton import read_pattern
    >>> number = read_pattern("N", "[0-9][.][0-9]")
    >>> [(one.lowest, one.highest, other.size) for one, other in decimal_languages(number, DecimalRange(5, 32, 1))]
    [(0, 0, 5), (1, 2, 10), (3, 3, 3)]
    """
    low, high, digits = bounds
    step = max(1, (high - low) // MOST_NUMBERS)
    for value in {*range(low, high, step), high}:
        text = f"{value // 10**digits}.{value % 10**digits:0{digits}d}"
        if not automaton.accepts(text):
            raise GrammarError(f"the range of {automaton.name} holds {text}, which the terminal does not write")
    first, last = low // 10**digits, high // 10**digits
    pieces = [(first, first, low % 10**digits, 10**digits - 1), (first + 1, last - 1, 0, 10**digits - 1)]
    pieces.append((last, last, 0, high % 10**digits))
    if low % 10**digits == 0:
        pieces = [(first, last - 1, 0, 10**digits - 1), pieces[2]]
    if high % 10**digits == 10**digits - 1:
        *pieces, _ = pieces
        pieces[-1] = (pieces[-1][0], last, *pieces[-1][2:])
    if first == last:
        pieces = [(first, first, low % 10**digits, high % 10**digits)]
    found: list[tuple[Language, Language]] = []
    for one, other, start, stop in pieces:
        if one <= other:
            behind = [f"{value:0{digits}d}" for value in range(start, stop + 1)]
            name = f"{automaton.name}.{behind[0]}..{behind[-1]}"
            found.append((IntegerRange(f"{automaton.name}[{one}..{other}]", one, other), Texts(name, behind, terms=0)))
    return tuple(found)


def _narrowed(automaton: Automaton, low: int, high: int) -> Language:
    if high >= 10**_MOST_DIGITS:
        raise GrammarError(f"the range of {automaton.name} has numbers of more than {_MOST_DIGITS} digits: narrow it")
    span = f"range {low}..{count_text(high, digits=30)} of {automaton.name}"
    if low > high:
        raise GrammarError(f"{span} holds no number")
    if automaton.numbers_between(low, high) != high - low + 1:
        if not automaton.only("".join(_DIGITS)).characters:
            raise _not_whole(automaton)
        # Only numbers of a usual length are looked through.
        missing = str(_first_missing(automaton, low, high)) if high < _LARGE else "numbers"
        raise GrammarError(f"{span} holds {missing}, which the terminal does not write")
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


def _extreme(automaton: Automaton, length: int, end: int) -> str:
    """The first (end 0) or last (end -1) text of one length."""
    text, state = "", 0
    for left in range(length - 1, -1, -1):
        mark = sorted(mark for mark, target in automaton.edges[state].items() if automaton.count(target, left))[end]
        text, state = text + mark, automaton.edges[state][mark]
    return text
