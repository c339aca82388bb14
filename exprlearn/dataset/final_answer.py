r"""The final answer in a text that people or language models wrote: found by rules, in this order.

1. What stands before the last `</think>` does not count, and `\frac{a}{b}` is read as `a/b`.
2. A text that is one number, fraction or quotient with remainder is its own answer.
3. A marked answer, the first kind of mark that occurs, its last use: `<answer>…</answer>`, `\boxed{…}`, the line
   behind `####`, `answer is …` or `answer: …`. The answer is the last number between the marks; behind `answer is` it
   is the first one, or the result of a calculation there. A mark without a number means that there is no answer.
4. The number right behind the last `=` that is followed by one.
5. The last number of the text.

A sign belongs to a number unless it stands behind a digit, a letter or a closing bracket: `5-3` ends in 3.
"""

from __future__ import annotations

import re

from exprlearn.arithmetic import plain_signs
from exprlearn.dataset.answer_values import UNSIGNED, read_answer

_NUMBER = re.compile(rf"(?:(?<![\w)\]])[+-]\s?)?(?<![\w.]){UNSIGNED}", re.IGNORECASE)
_PART = r"(?:\{\s?(-?[0-9]+)\s?\}|([0-9]))"
_FRACTION = re.compile(rf"(-?)\\[dt]?frac{_PART}{_PART}")
_PHRASE = re.compile(r"\b(?:answer|result)\b(?:\s+is\b|\s*[:=])[\s*:$=]{0,9}", re.IGNORECASE)
_CALCULATION = re.compile(r"[-+*/()=0-9.,$ ]+")
_EQUALS = re.compile(rf"=[\s$*]{{0,9}}([+-]?\s?{UNSIGNED})", re.IGNORECASE)

# Only the end of an endless text can hold its final answer.
_LONGEST = 1 << 16


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
    equals = _EQUALS.findall(text)
    return equals[-1] if equals else last_number(text)


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


def last_number(text: str) -> str:
    """Find the last number, fraction or quotient with remainder of a text, "" when there is none.

    >>> last_number("from 5-3 to -1,200.5!"), last_number("5-3")
    ('-1,200.5', '3')
    """
    numbers = _NUMBER.findall(text)
    return numbers[-1] if numbers else ""


def _first_number(text: str, start: int) -> str:
    """Find the first number behind a place; of a calculation such as `3+5=8`, its result."""
    found = _NUMBER.search(text, start)
    if found is None:
        return ""
    calculation = _CALCULATION.match(text, found.start())
    return last_number(calculation[0]) if calculation and "=" in calculation[0] else found[0]


def _plain(text: str) -> str:
    text = plain_signs(text[-_LONGEST:]).rpartition("</think>")[2]
    if "frac" not in text:
        return text
    return _FRACTION.sub(lambda found: f"{found[1]}{found[2] or found[3]}/{found[4] or found[5]}", text)


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
