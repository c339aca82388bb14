"""Random and mutated grammars, each walked through as the commands do it, in a process that watches itself.

Run as ``python grammar_walks.py FIRST COUNT`` for random grammars by number, or without arguments for those that come
in on the standard input as a JSON list. One line tells of each grammar that ended wrongly, the last one of all.
"""

from __future__ import annotations

import json
import random
import re
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from exprlearn.arithmetic.programs import refuse_unanswerable
from exprlearn.cli.grammar import space_document
from exprlearn.cli.grammar_sample import sampled_rows
from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset.splits import load_space
from exprlearn.errors import ExprLearnError
from exprlearn.grammar import shipped_names, shipped_text
from exprlearn.plugin.manager import Plugins

# On a machine that checks `mixed` in a fortieth of a second; others, and busy ones, have as many times as long.
SECONDS, MEGABYTES = 1.0, 300
CHECKS = 40
Command = Callable[[str, str, Components], str]
MODES = ("error", "error", "error", "strings", "derivations")
SIGNS = ['"+"', '"-"', '"*"', '"/"', '"("', '")"', '"plus"i', '"^"', '"=="', '"10"', '"+-"', "OP"]
NUMBERS = ["/[1-9]/", "/[0-9]/", "/1|2/", "/0|[1-9][0-9]*/", "/[0-9]{1,3}/", "/[0-9]+/", "/-?[1-9]/"]
NUMBERS += [r"/[0-9]\.[0-9]/", '"1".."5"']
PIECES = [
    *'"/()[]{}|*+?~:\n ^\\',
    *("~3", "~0..40", "->", "//@ ", "é", "e\u0301", "\ud800", "\0", "\ufeff", "N N", "start: start"),
    *("1000000000", "99999999999999999999", "range=1..999999999999999999999999", "weight=0", "terms=0..100000"),
    *("%import .x (A)", "%import common.NUMBER\n", '%ignore " "\n'),
]


def texts_of_tests() -> list[str]:
    """The grammars that tests write down as plain strings."""
    found = []
    for folder in ("grammar", "sampling"):
        for path in sorted((Path(__file__).parents[1] / folder).glob("test_*.py")):
            source = path.read_text("utf-8")
            for match in re.finditer(r"'(start:[^'\n]*)'|\"(start:[^\"\n]*)\"", source):
                found.append((match[1] or match[2]).replace("\\n", "\n") + "\nNUMBER: /[1-9]/\n")
    return found


def mutated(draw: random.Random, corpus: list[str]) -> str:
    """Change a known grammar in one to six places."""
    text = draw.choice(corpus)
    for _ in range(draw.randint(1, 6)):
        start = draw.randrange(len(text) + 1)
        stop = min(len(text), start + draw.randint(0, 12))
        change = draw.randrange(6)
        if change == 0:
            text = text[:start] + text[stop:]
        elif change == 1:
            text = text[:stop] + text[start:stop] * draw.choice([1, 2, 40]) + text[stop:]
        elif change == 2:
            text = text[:start] + draw.choice(PIECES) + text[start:]
        elif change == 3:
            other = draw.choice(corpus)
            place = draw.randrange(len(other))
            text = text[:start] + other[place : place + draw.randint(1, 60)] + text[stop:]
        elif change == 4:
            lines = text.split("\n")
            draw.shuffle(lines)
            text = "\n".join(lines)
        else:
            text = re.sub(r"\d+", lambda found: str(draw.choice([int(found[0][:9]), 0, 7, 99, 10**6])), text)
    return text


def generated(draw: random.Random) -> str:
    """Write a small grammar of rules that refer to each other."""
    names = [f"r{number}" for number in range(draw.randint(1, 3))]

    def item(depth: int = 0) -> str:
        kind = draw.random()
        if kind < 0.4:
            return "N" if draw.random() < 0.9 else "M"
        if kind < 0.6:
            return draw.choice(SIGNS[:4] if draw.random() < 0.7 else SIGNS)
        if kind < 0.8 or depth > 1:
            return draw.choice(names)
        inner = " ".join(item(depth + 1) for _ in range(draw.randint(1, 3)))
        other = f" | {item(depth + 1)}" if draw.random() < 0.3 else ""
        return f"({inner}{other})" + draw.choice(["?", "*", "+", "~2", "~1..3", "~0..60", ""])

    def alternative() -> str:
        if draw.random() < 0.5:
            # Most random rows of items are no arithmetic; these may be.
            return f"{draw.choice([*names, 'N'])} {draw.choice(SIGNS[:4])} {draw.choice([*names, 'N', 'N'])}"
        return " ".join(item() for _ in range(draw.randint(draw.random() > 0.05, 3)))

    def rule(name: str) -> str:
        choices = [alternative() for _ in range(draw.randint(1, 2))]
        return f"{draw.choice(['', '', '?', '!'])}{name}: " + "\n  | ".join([*choices, "N"])

    first = names[0] if draw.random() < 0.7 else f"{item()} {draw.choice(names)}"
    size = " ".join(draw.sample(["terms=1..3", "terms=2", "brackets=0..2", "operators=..4", "depth=0..3"], 3))
    parts = [f"//@ size {size}" if draw.random() < 0.8 else "", f"start: {first}", *map(rule, names)]
    parts += ["//@ range=1..9" if draw.random() < 0.3 else "", f"N: {draw.choice(NUMBERS)}"]
    return "\n".join([*parts, f"M: {draw.choice(NUMBERS)}", 'OP: "+" | "*"'])


def check(text: str, mode: str, components: Components) -> str:
    """Load, prove and count, as `grammar check` does."""
    space = load_space(components.config.grammar, components)
    str(space.check())
    json.dumps(space_document(space))
    refuse_unanswerable(space)
    return "checked"


def draw(text: str, mode: str, components: Components) -> str:
    """Load, draw and answer, as `grammar sample` does."""
    rows = [row["expression"] for row in sampled_rows(components, 4)]
    if not all(rows) or (mode != "derivations" and len(set(rows)) < len(rows)):
        space = load_space(components.config.grammar, components)
        assert all(rows) or space.size == 1, "an empty expression"
        expressions = {expression for _, expression in zip(range(2000), space, strict=False)}
        assert len(expressions) < 4, f"twice: {rows}"
    return "drawn"


def walk(command: Command, text: str, mode: str, components: Components) -> str:
    """Do what a command does with a grammar; return how it ended."""
    section = components.config.grammar.model_copy(update={"name": "x", "ambiguity": mode})
    config = components.config.model_copy(update={"grammar": section})
    try:
        return command(text, mode, replace(components, config=config, grammars={"x": lambda: text}))
    except ExprLearnError as error:
        return type(error).__name__ if str(error) else "an error: without a word"


class TooSlow(BaseException):
    pass


def watched(run: Callable[[], str], most: float = 60.0) -> tuple[str, float]:
    """Run within so many seconds of processor time; returns how it ended, and its time."""

    def end(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, end)
    start = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_PROF, most)
        outcome = run()
        signal.setitimer(signal.ITIMER_PROF, 0)
    except BaseException as error:
        signal.setitimer(signal.ITIMER_PROF, 0)
        frames = traceback.extract_tb(error.__traceback__)
        outcome = f"{type(error).__name__}: {error} at " + " ".join(
            f"{Path(f.filename).name}:{f.lineno}" for f in frames[-6:]
        )
    return outcome, time.process_time() - start


def limit_memory() -> None:
    """Let this process take `MEGABYTES` more than it has now."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[0])
    most = pages * resource.getpagesize() + MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def random_grammar(number: int, corpus: list[str]) -> tuple[str, str]:
    """Make a grammar and a mode, the same for a number each time."""
    draw = random.Random(f"grammar {number}")
    text = generated(draw) if number % 2 else mutated(draw, corpus)
    return text, draw.choice(MODES)


def main(pairs: Iterable[tuple[str, str]]) -> None:
    """Walk through grammars and say how they ended."""
    # It lies beside this program, where no test finds it.
    from memory import peak_kilobytes

    plugins = Plugins(only=())
    components = resolve(read_config(None, {}, [], plugins=plugins).config, plugins)
    # What is made once in a process is no grammar's time.
    for command in (check, draw):
        walk(command, shipped_text("mixed"), "error", components)
    checks = [watched(partial(walk, check, shipped_text("mixed"), "error", components))[1] for _ in range(5)]
    most = max(SECONDS, CHECKS * min(checks))
    limit_memory()
    outcomes, slowest = Counter[str](), 0.0
    for number, (text, mode) in enumerate(pairs):
        for command in (check, draw):
            run = partial(walk, command, text, mode, components)
            outcome, seconds = watched(run, most)
            if outcome.startswith("TooSlow"):
                # The first time pays for others, such as a collection of garbage.
                outcome, seconds = watched(run, most)
            slowest = max(slowest, seconds)
            outcomes[outcome.split(":")[0]] += 1
            if ":" in outcome:
                wrong = {"number": number, "command": command.__name__, "outcome": outcome, "mode": mode}
                print(json.dumps(wrong | {"text": text[:2000]}), flush=True)
    peak = peak_kilobytes() // 1024
    print(json.dumps({"outcomes": outcomes, "slowest": slowest, "megabytes": peak, "seconds": time.process_time()}))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        known = [*map(shipped_text, shipped_names()), *texts_of_tests()]
        first, count = map(int, sys.argv[1:])
        main(random_grammar(number, known) for number in range(first, first + count))
    else:
        main((text, mode) for text, mode in json.load(sys.stdin))
