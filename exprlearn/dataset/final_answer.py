r"""The final answer in a text that people or language models wrote: found by rules, in this order.

1. What stands before the end of thinking, such as `</think>`, does not count; thinking that does not end has no answer.
   LaTeX and typographic signs are read as plain ones, `\frac{a}{b}` as `a/b`, and `1 1/2` as `3/2`.
2. A text that is one number, fraction or quotient with remainder is its own answer.
3. A marked answer, the first kind of mark that occurs, its last use: `<answer>…</answer>`, `\boxed{…}`, the line
   behind `####`, `answer is …` or `answer: …`. The answer is the last number between the marks; behind `answer is` it
   is the first one, or the result of a calculation there. A mark without a number means that there is no answer.
4. The number right behind the last `=` that is followed by one, or right before it, as in `8 = 3 + 5`.
5. The last number of the text.

Answers of comparisons, `true` and `false`, are found by rules 1 and 3, else as the last of the two that is said; `not`
before one turns it round.

A sign belongs to a number unless it stands behind a digit, a letter or a closing bracket: `5-3` ends in 3. What an
answer is worth, and whether two say the same, is told here too.
"""

from __future__ import annotations

import re
from collections import deque
from fractions import Fraction
from typing import NamedTuple

from exprlearn.arithmetic import plain_signs
from exprlearn.arithmetic.numerals import read_digits

#: Digits, perhaps in groups of three; `[0-9]`, since \d also matches digits of other scripts.
DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)"

#: An unsigned answer: an integer, a decimal, a fraction, or a quotient with its remainder.
UNSIGNED = rf"(?:{DIGITS}(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+|\s?/\s?{DIGITS}|\s?(?:r|rem|remainder)\s?-?[0-9]+)?"

_READING = re.compile(
    rf"([+-]?)\s?(?:({DIGITS})\s?/\s?({DIGITS})|({DIGITS})?(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?"
    rf"(?:\s?(?:r|rem|remainder)\s?(-?[0-9]+))?)",
    re.IGNORECASE,
)

#: Answers of comparisons.
TRUTHS = ("true", "false")

_NOT_DIGITS = re.compile(r"[^-/0-9]")

# Longer texts are no answers to compare by value, and tens to larger powers would fill the memory.
_LONGEST_ANSWER, _HIGHEST_POWER = 4096, 400


class Reading(NamedTuple):
    """What an answer says: a value, and what a division left over."""

    value: Fraction
    remainder: int


def read_answer(text: str) -> Reading | None:
    """Read a whole text as one answer; None when it is none.

    Integers, decimals, fractions, thousands in groups, powers of ten and remainders are understood; blanks around
    them and typographic signs as well.

    >>> read_answer("-1,200.50").value, read_answer("34/10").value, read_answer("3 r 2")
    (Fraction(-2401, 2), Fraction(17, 5), Reading(value=Fraction(3, 1), remainder=2))
    >>> read_answer("about 7") is read_answer("1/0") is None
    True
    """
    if len(text) > _LONGEST_ANSWER:
        return None
    found = _READING.fullmatch(plain_signs(text).strip())
    if found is None or not any(found.group(2, 4, 5)):
        return None
    sign, above, below, whole, behind, power, remainder = found.groups()
    value = _quotient(above, below) if above else _decimal(whole or "0", behind or "", power or "0")
    if value is None:
        return None
    return Reading(-value if sign == "-" else value, _integer(remainder or "0"))


def same_answer(given: str, truth: str, *, unreduced: bool = False) -> bool:
    """Tell whether two answers are the same text or say the same.

    Args:
        given: what is checked.
        truth: what it should say.
        unreduced: let `34/10` pass for `17/5`, and `16/2` for `8`. A model could then answer many questions by
            repeating them, so anyone who rewards answers says no.

    >>> same_answer("3.40", "17/5"), same_answer("3 R 2", "3 r 2"), same_answer("3", "3 r 2")
    (True, True, False)
    >>> same_answer("16/2", "8"), same_answer("16/2", "8", unreduced=True)
    (False, True)
    >>> same_answer("True", "true"), same_answer("1", "true")
    (True, False)
    """
    if given == truth or (truth in TRUTHS and given.strip().lower() == truth):
        return True
    read = read_answer(given)
    if read is None or read != read_answer(truth):
        return False
    return unreduced or "/" not in given or _NOT_DIGITS.sub("", given).lstrip("-") == str(abs(read.value))


def _integer(digits: str) -> int:
    number = read_digits(digits.lstrip("-").replace(",", ""))
    return -number if digits.startswith("-") else number


def _quotient(above: str, below: str) -> Fraction | None:
    divisor = _integer(below)
    return Fraction(_integer(above), divisor) if divisor else None


def _decimal(whole: str, behind: str, power: str) -> Fraction | None:
    exponent = _integer(power.lstrip("+"))
    if abs(exponent) > _HIGHEST_POWER:
        return None
    return Fraction(_integer(whole + behind), 10 ** len(behind)) * Fraction(10) ** exponent


_SIGNS = {"times": "*", "cdot": "*", "div": "/"}
_NAMES = re.compile(r"\\(times|cdot|div|left|right)(?![A-Za-z])")
# `1{,}000`, and digits in groups of three that narrow or bound spaces part.
_GROUPS = re.compile(r"(?<=[0-9])(?:\{,\}|\\[,;:! ]|[\u00a0\u2009\u202f])(?=[0-9]{3}(?![0-9]))")
_BLANKS = re.compile(r"\\[,;:! ()\[\]]|[\u00a0\u2009\u202f]")
# A dash is a minus before a number and between two; between words it is punctuation.
_MINUS = re.compile("[\u2010-\u2013\uff0d](?=[0-9.(\\\\])|(?<=[0-9)] )[\u2010-\u2013\uff0d](?= [0-9.(])")

#: Numerator and denominator of a LaTeX fraction without further braces inside.
FRACTION = re.compile(r"\\[cdt]?frac\s?(?:\{([^{}]*)\}|([0-9]))\s?(?:\{([^{}]*)\}|([0-9]))")


def plain_text(text: str) -> str:
    r"""Write signs, digits in groups and blanks as ASCII does; `\frac` stays.

    >>> plain_text(r"\(2 \times 1{,}000\)").strip(), plain_text("2–1"), plain_text(r"1\,000")
    ('2 * 1,000', '2-1', '1,000')
    """
    if text.isascii() and "\\" not in text and "{," not in text:
        return text
    text = _GROUPS.sub(",", _MINUS.sub("-", plain_signs(text)))
    if "\\" in text:
        text = _NAMES.sub(lambda name: _SIGNS.get(name[1], ""), text)
    return _BLANKS.sub(" ", text)


_NUMBER = re.compile(rf"(?:(?<![\w)\]])[+-]\s?)?(?<![\w.]){UNSIGNED}", re.IGNORECASE)
_PHRASE = re.compile(r"\b(?:answer|result)\b(?:\s+is\b|\s*[:=])[\s*:$=]{0,9}", re.IGNORECASE)
_TRUTH = re.compile(r"(?:(\bnot|n't)\s{1,9})?\b(true|false)\b", re.IGNORECASE)
_CALCULATION = re.compile(r"[-+*/()=0-9.,$ ]+")
_EQUALS = re.compile(rf"=[\s$*]{{0,9}}([+-]?\s?{UNSIGNED})", re.IGNORECASE)
# Behind `=` and a number: a calculation that goes on, so that the answer may stand before the `=`.
_GOES_ON = re.compile(r"\s{0,9}[-+*/]\s{0,9}[0-9(.]")
_THINKING = re.compile(r"<(/?)(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_INTEGER = re.compile(r"\s?-?[0-9]+\s?")
_MIXED = re.compile(r"(?<![\w./,])([0-9]{1,18}) ([0-9]{1,18})/([0-9]{1,18})(?![\w/]|\.[0-9])")

# The only digits of a text, in groups of three with blanks between.
_SPACED = re.compile(r"[^0-9]*(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3})+(?![0-9])[^0-9]*")

# Only the end of an endless text can hold its final answer, and only its last calculations.
_LONGEST, _CALCULATIONS = 1 << 16, 8


def final_answer(text: str) -> str:
    r"""Find the final answer in a text, "" when there is none.

    >>> final_answer("3 + 5 = 8, I think."), final_answer(r"So \boxed{\frac{17}{5}}."), final_answer("no idea")
    ('8', '17/5', '')
    """
    text = _plain(text)
    if read_answer(text) is not None:
        return text.strip()
    marked = marked_answer(text)
    if marked is not None:
        return marked
    return _result(text) or last_number(text)


def marked_answer(text: str) -> str | None:
    """Find the answer between marks, "" when they hold no number; None where nothing is marked.

    >>> marked_answer("12 apples <answer>7</answer>"), marked_answer("#### none"), marked_answer("7") is None
    ('7', '', True)
    """
    text = _plain(text)
    for span in (_between(text, "<answer>", "</answer>"), _boxed(text), _between(text, "####", "\n")):
        if span is not None:
            return span.strip() if read_answer(span) is not None else last_number(span)
    phrases = list(_PHRASE.finditer(text))
    return _first_number(text, phrases[-1].end()) if phrases else None


def final_truth(text: str) -> str:
    r"""Find the truth value that a text ends with, "" when it says none.

    >>> final_truth("3<5, so it is True."), final_truth(r"\boxed{\text{false}}"), final_truth("that is not true")
    ('true', 'false', 'false')
    """
    said = marked_truth(text)
    return _truth(_TRUTH.findall(_plain(text))[-1:]) if said is None else said


def marked_truth(text: str) -> str | None:
    """Find the truth value between marks, "" when they hold none; None where nothing is marked.

    >>> marked_truth("true? <answer>false</answer>"), marked_truth("The answer is true."), marked_truth("true") is None
    ('false', 'true', True)
    """
    text = _plain(text)
    for span in (_between(text, "<answer>", "</answer>"), _boxed(text), _between(text, "####", "\n")):
        if span is not None:
            return _truth(_TRUTH.findall(span)[-1:])
    phrases = list(_PHRASE.finditer(text))
    return _truth(_TRUTH.findall(text[phrases[-1].end() :])[:1]) if phrases else None


def _truth(found: list[tuple[str, str]]) -> str:
    """Read what `_TRUTH` found, at most one."""
    for turned, word in found:
        return TRUTHS[(word.lower() == "false") != bool(turned)]
    return ""


def last_number(text: str) -> str:
    """Find the last number, fraction or quotient with remainder of a text, "" when there is none.

    >>> last_number("from 5-3 to -1,200.5!"), last_number("5-3"), last_number("1 000 apples")
    ('-1,200.5', '3', '1000')
    """
    if _SPACED.fullmatch(text):
        text = text.replace(" ", "")
    numbers = _NUMBER.findall(text)
    return numbers[-1] if numbers else ""


def numbers_of(text: str) -> list[str]:
    """List the numbers, fractions and quotients with remainder of a text.

    >>> numbers_of("from 5-3 to -1,200.5!")
    ['5', '3', '-1,200.5']
    """
    return _NUMBER.findall(_plain(text))


def _first_number(text: str, start: int) -> str:
    """Find the first number behind a place; of a calculation such as `3+5=8`, its result."""
    found = _NUMBER.search(text, start)
    if found is None:
        return ""
    calculation = _CALCULATION.match(text, found.start())
    if calculation is None or "=" not in calculation[0]:
        return found[0]
    return _result(calculation[0]) or last_number(calculation[0])


def _result(text: str) -> str:
    """Find the number that stands alone on one side of the last `=` that has such a side, "" when none has."""
    for equals in reversed(deque(_EQUALS.finditer(text), _CALCULATIONS)):
        if _GOES_ON.match(text, equals.end()) is None:
            return equals[1]
        before = text[max(0, equals.start() - _LONGEST_ANSWER) : equals.start()].rstrip(" $*")
        numbers = list(_NUMBER.finditer(before))
        if numbers and numbers[-1].end() == len(before):
            last = before[: numbers[-1].start()].rstrip(" $*")[-1:]
            if not (last.isdigit() or last in {"+", "-", "/", ")"}):
                return numbers[-1][0]
    return ""


def _plain(text: str) -> str:
    text = plain_text(_after_thinking(text)[-_LONGEST:])
    if "frac" in text:
        text = FRACTION.sub(_fraction, text)
    return _MIXED.sub(_improper, text) if "/" in text else text


def _after_thinking(text: str) -> str:
    """Return what stands behind the end of thinking, nothing where it does not end."""
    if "<" not in text:
        return text
    marks = deque(_THINKING.finditer(text), 1)
    if not marks:
        return text
    return text[marks[0].end() :] if marks[0][1] else ""


def _fraction(found: re.Match[str]) -> str:
    above, below = found[1] or found[2] or "", found[3] or found[4] or ""
    if not (_INTEGER.fullmatch(above) and _INTEGER.fullmatch(below)):
        return found[0]
    mixed = found.string[found.start() - 1 : found.start()].isdigit()
    return f"{' ' * mixed}{above.strip()}/{below.strip()}"


def _improper(found: re.Match[str]) -> str:
    """Write a mixed number as a fraction; what is larger than 1 behind a number is none."""
    whole, above, below = map(int, found.groups())
    return f"{whole * below + above}/{below}" if above < below else found[0]


def _between(text: str, opening: str, closing: str) -> str | None:
    """Return what follows the last opening mark, up to the closing one or the end."""
    start = text.rfind(opening)
    return None if start < 0 else text[start + len(opening) :].partition(closing)[0]


def _boxed(text: str) -> str | None:
    """Return what the last box holds, braces inside it matched."""
    start = text.rfind(r"\boxed{")
    if start < 0:
        return None
    begin, depth = start + len(r"\boxed{"), 1
    for place, sign in enumerate(text[begin:], begin):
        depth += (sign == "{") - (sign == "}")
        if not depth:
            return text[begin:place]
    return text[begin:]
