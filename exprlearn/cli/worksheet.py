"""`exprlearn worksheet`: problems for a class, with a key that can be made again from what is printed on the sheet."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from exprlearn.cli.commands import COMMANDS
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, note, print_document
from exprlearn.cli.settings import read_settings, refuse_idle_grammar
from exprlearn.curriculum.stage_data import stages_of
from exprlearn.dataset import load_space
from exprlearn.worksheet import Problem, ProblemSource, Sheet, draw_problems, sources_of, write_sheet

#: In front of a name that means a curriculum, where a grammar may have it too.
CURRICULUM = "curriculum/"
# What stands in front of the command on the sheet, or not in it.
_NOT_PRINTED = ("source", "out:sheet", "sheet_seed", "json")


def worksheet(options: CommandOptions) -> None:
    """Draw problems, write them and their answers, and print the files."""
    levels = [level.strip() for level in (options.levels or "").split(",") if level.strip()]
    count = options.pages * options.per_page
    problems = draw_problems(_sources(options), options.sheet_seed, count, levels, options.asked_split)
    title = options.title or Path(options.source).stem
    sheet = Sheet(title, options.sheet_seed, command_of(options), problems, options.per_page, options.style)
    files = [str(file) for file in write_sheet(sheet, options.out, options.answers)]
    if options.json:
        listed = [problem._asdict() for problem in problems]
        print_document({"files": files, "seed": sheet.seed, "command": sheet.command, "problems": listed})
        return
    echo("\n".join(files))
    note(", ".join(_counted(problems)))


def _sources(options: CommandOptions) -> tuple[ProblemSource, ...]:
    """Open what was named: a grammar, or the stages of a curriculum."""
    name = options.source
    of_curriculum = name.startswith(CURRICULUM) or Path(name).suffix == ".toml"
    curriculum, grammar = (name.removeprefix(CURRICULUM), None) if of_curriculum else (None, name)
    settings = read_settings(replace(options, curriculum=curriculum, grammar=grammar), "worksheet")
    space = load_space(settings.components.config.grammar, settings.components)
    stages = stages_of(settings.components, space)
    if stages:
        refuse_idle_grammar(settings.read.origins, stages)
    return sources_of(settings.components, space, stages)


def command_of(options: CommandOptions) -> str:
    """Write the command that makes a sheet and its answers again, as short as it can be typed.

    >>> command_of(CommandOptions(source="mixed", out=Path("lists/monday.pdf"), pages=2, answers="none"))
    'exprlearn worksheet mixed monday.pdf --seed 1 --pages 2'
    """
    words = ["exprlearn", "worksheet", options.source, options.out.name, "--seed", options.sheet_seed]
    # The sheet is the same whether or not its answers are written in a file of their own.
    typed = replace(options, answers="separate") if options.answers == "none" else options
    for name in COMMANDS["worksheet"].takes.split():
        if name in _NOT_PRINTED:
            continue
        value = getattr(typed, name)
        if value != getattr(CommandOptions, name):
            flag = f"--{name.removeprefix('asked_').strip('_').replace('_', '-')}"
            words += [word for each in (value if isinstance(value, list) else [value]) for word in (flag, str(each))]
    return shlex.join(words)


def _counted(problems: Sequence[Problem]) -> Iterator[str]:
    for level, part in groupby(problems, key=lambda problem: problem.level):
        points = [problem.difficulty for problem in part]
        yield f"{len(points)} {level}: {min(points)} to {max(points)} points"
