from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

WALKS = Path(__file__).with_name("grammar_walks.py")
N, D = "\nN: /[1-9]/", "\nN: /0|[1-9][0-9]*/"
BRACKETS = '\nstart: e\n?e: t | e "+" t\n?t: N | "(" e ")"' + N
AMBIGUOUS = '\nstart: e\ne: e "+" e | N | "(" e ")"' + N


def rules(*start: str, of: str, count: int = 30, name: str = "r") -> str:
    """Write a start rule, and so many rules of one form, in which {i} is the number of the rule and {j} the next."""
    heads = [name.format(i=i) if "{" in name else f"{name}{i}" for i in range(count)]
    written = [f"{head}: {of.format(i=i, j=i + 1)}" for i, head in enumerate(heads)]
    return "\n".join([f"start: {' '.join(start)}".replace("{{", "{").replace("}}", "}"), *written])


LARGE = {
    "a repetition": "start: N~1000000000" + N,
    "an optional repetition": 'start: N ("+" N)~0..1000000000' + N,
    "a repetition of 5000 digits": f"start: N~{'9' * 5000}" + N,
    "a repetition that ends before it begins": "start: N~7..3" + N,
    "a long repetition that ends before it begins": 'start: (N "+")~1000000..99 N' + N,
    "nested repetitions": "start: ((((N~50)~50)~50)~50)~50" + N,
    "nested repetitions without rules": "start: ((N~49)~49)~49" + N,
    "ten thousand terms": 'start: N ("+" N)~1..10000' + N,
    "long rows of one sign": 'start: "x" |\n  | ("a"~0..40 | "b"~99 | "c"~0..20)' + N,
    "a long number": "start: N\nN: /[0-9]{1,2000}/",
    "a number of repeated repetitions": "start: N\nN: /([0-9]{1,1000}){1,1000}/",
    "a number with exponentially many states": "start: N\nN: /[01]*1[01]{26}|[0-9]/",
    "thirty rules": rules(*(f"r{i}" for i in range(30)), of='"a{i}" | "b{i}" | "c{i}" | N') + N,
    "thirty rules of their own numbers": rules(
        *(f'r{i} "+"' for i in range(30)), of='N{i} | "+" N{i} | "-" N{i} | "(" N{i} ")"\nN{i}: /[1-9]/'
    ),
    "a hundred numbers side by side": f"start: {'N ' * 100}\nN: /0|[1-9][0-9]{{0,2}}/",
    "two thousand sizes": 'start: r\n!r: ("+" "(" | N)~0..60\n  | N\nN: /[0-9]{1,3}/',
    "a million brackets": "//@ size terms=1..3 brackets=0..1000000" + BRACKETS,
    "eight million terms": "//@ size terms=1..8000000" + BRACKETS,
    "a million characters": "//@ size characters=1..1000000" + BRACKETS,
    "a depth of a million": "//@ size terms=1..3 depth=1000000" + BRACKETS,
    "a range of 1000 digits": f'//@ size terms=2\nstart: N "+" N\n//@ range=1..{"9" * 1000}' + D,
    "a range of 5000 digits": f'//@ size terms=2\nstart: N "+" N\n//@ range=1..{"9" * 5000}' + D,
    "a size of 5000 digits": f"//@ size terms=1..{'9' * 5000}" + BRACKETS,
    "a weight of 5000 digits": f'start: N //@ weight={"9" * 5000}\n  | N "+" N' + N,
    "a chain of rules": rules("r0", of="r{j}", count=20000) + "\nr20000: N" + N,
    "a shorter chain of rules": rules("r0", of="r{j}", count=1000) + "\nr1000: N" + N,
    "a chain of terminals": rules("R0", of="R{j}", count=1000, name="R") + "\nR1000: /[1-9]/",
    "terminals that double": rules("R0", of="R{j} R{j}", count=30, name="R") + "\nR30: /[1-9]/",
    "many literals": "start: " + " | ".join(f'"{i}"' for i in range(200000)),
    "a thousand literals": "start: N OP N\nOP: " + " | ".join(f'"{chr(0x4E00 + i)}"' for i in range(1000)) + N,
    "a long literal": f'start: "{"+" * 1000000}" N' + N,
    "counts beyond 10^4300": '//@ size terms=1500\nstart: N ("+" N)*\n//@ range=0..999' + D,
    "1500 counts beyond 10^4300": '//@ size terms=1..1500\nstart: N ("+" N)*\n//@ range=0..999' + D,
    "500 brackets": f"start: {'(' * 500}N{')' * 500}" + N,
    "500 written brackets": "start: " + '"(" ' * 500 + "N" + ' ")"' * 500 + N,
    "500 groups of a pattern": f"start: N\nN: /{'(' * 500}1{')' * 500}/",
    "3000 groups": f"start: {'(' * 3000}N{')' * 3000}" + N,
    "3000 options": f"start: {'[' * 3000}N{']' * 3000}" + N,
    "2000 optional rules": "start: " + "a " * 2000 + "\na: N |" + N,
    "half of a character": 'start: N "\ud800" N' + N,
    "half of a character, escaped": 'start: N "\\ud800" N' + N,
    "nothing": "",
    "no character": 'start: N "\0" N' + N,
    "all characters": "start: N /[\\u0000-\\uffff]/ N" + N,
    "templates without end": 'start: t{N}\nt{x}: x | t{u{x}}\nu{x}: x "+" x' + N,
    "templates that double": rules("r0{{N}}", of="r{j}{{u{{x}}}}", count=20, name="r{i}{{x}}")
    + '\nr20{x}: x\nu{x}: x "+" x'
    + N,
    "an ambiguous grammar": "//@ size terms=1..12 brackets=0..4" + AMBIGUOUS,
    "a large ambiguous grammar": "//@ size terms=1..30 brackets=0..30" + AMBIGUOUS,
    "a set that may become a difference": "start: N OP N\nOP: /[+--]/" + N,
    "a file that begins with a mark": "\ufeffstart: N" + N,
}


def walked(arguments: list[str], given: Any = None) -> dict[str, Any]:
    """Walk through grammars in a process of their own; no grammar may end wrongly."""
    command = [sys.executable, str(WALKS), *arguments]
    ended = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
    *wrong, last = ended.stdout.splitlines() or [ended.stderr]
    assert (wrong, ended.returncode) == ([], 0)
    found: dict[str, Any] = json.loads(last)
    assert found["megabytes"] < 300
    return found


def test_a_large_grammar_ends_within_a_second_with_an_answer_or_an_error() -> None:
    found = walked([], [(text, mode) for text in LARGE.values() for mode in ("error", "strings")])
    assert sum(found["outcomes"].values()) == 4 * len(LARGE)


def test_a_random_grammar_ends_within_a_second_with_an_answer_or_an_error() -> None:
    found = walked(["0", "1000"])
    assert found["outcomes"]["drawn"] > 20


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 100_000, 10_000))
def test_each_of_many_random_grammars_ends_within_a_second(first: int) -> None:
    assert walked([str(first), "10000"])["outcomes"]["drawn"] > 200
