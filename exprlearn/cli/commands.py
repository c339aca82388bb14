"""The table of built-in commands: what each takes, what its help says, and the function that is imported to run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        help: its first paragraph is what the list of commands says of it.
        run: module and function of `exprlearn.cli`.
        takes: fields of `CommandOptions`, in the order of the help.
        takes_minus: whether what begins with a minus may be an expression and no option.
    """

    help: str
    run: str
    takes: str
    takes_minus: bool = False


#: What the help says of commands that have others below them.
GROUPS: Mapping[str, str] = {
    "runs": "List, show and remove trained runs.",
    "recipes": "List, show and copy experiments that are ready to be run.",
    "grammar": "Check, count, sample and number what a grammar writes.",
    "data": "Look at data, write it to files, check and fix them.",
    "curriculum": "Teach a task in stages: look at curricula, write them to files, run them.",
    "components": "List what can be chosen by name, and its options.",
    "plugins": "List, check and write plugins.",
}

#: By what is typed, in the order of a first hour.
COMMANDS: Mapping[str, Command] = {
    "train": Command(
        "Train a model on a grammar or a file of pairs; without arguments, learn two-digit addition in about a minute.",
        "train.train",
        "grammar data data_question_key data_answer_key model config recipe set_ seed curriculum schedule division "
        "working tokenizer padding reversal loss optimizer backend processes epochs max_time target metric monitor "
        "callback observer deterministic init_from freeze resume name runs progress print_config json plugin plugins "
        "strict_plugins",
    ),
    "predict": Command(
        "Answer expressions with a trained model, beside the exact truth.",
        "predict.predict",
        "expressions run:option explain beam runs json plugin plugins strict_plugins",
        takes_minus=True,
    ),
    "evaluate": Command(
        "Evaluate trained models: exact match with its interval, baselines and groups; of several, a line each.",
        "evaluate.evaluate",
        "evaluated split size beam min_exact mistakes wrong grammar:asked range_:asked terms:asked brackets:asked "
        "set_:asked beyond lengths digits depth per_cell threshold engine workers "
        "ray_address runs json plugin plugins strict_plugins",
    ),
    "explain": Command(
        "Show text, padding, tokens, ids, array shapes, layer shapes and the answer of one expression.",
        "explain.explain",
        "expression grammar model working tokenizer padding reversal config set_ trained runs json plugin",
        takes_minus=True,
    ),
    "sweep": Command(
        "Train over settings, each trial a run of its own; run again, it goes on where it stopped.",
        "sweep.sweep",
        "file sweep_folder data data_question_key data_answer_key set_ seed backend epochs again engine workers "
        "ray_address list_ progress json plugin plugins strict_plugins",
    ),
    "compare": Command(
        "Compare runs on the same test: exact McNemar, paired bootstrap, items only one gets right.",
        "compare.compare",
        "sides ask items runs json plugin plugins strict_plugins",
    ),
    "report": Command(
        "Write the report of a run afresh, or its charts and tables as files, and print the paths.",
        "runs.report",
        "reported format_:figures open_ runs",
    ),
    "export": Command(
        "Write a trained model so that it answers without exprlearn.",
        "runs.export",
        "run:exported out:export format_:export runs json plugin plugins strict_plugins",
    ),
    "playground": Command(
        "Watch trainings, ask models and see where they are wrong, in a browser on this machine; Ctrl-C ends it.",
        "runs.playground",
        "first port open_ runs plugin plugins strict_plugins",
    ),
    "reproduce": Command(
        """Do a run or a recipe again in a new run folder; exit 3 when it comes out otherwise.

        A run is done with its own seed, backend and grammar for as many epochs as it did, and must give the same
        numbers to the last bit. A recipe's final score must lie in the band that is expected of it.
        """,
        "recipes.reproduce",
        "reference seed backend deterministic runs progress json plugin plugins strict_plugins",
    ),
    "runs list": Command(
        "List the runs, the one that was written last at the end.", "runs.list_runs", "sort reverse where runs json"
    ),
    "runs show": Command(
        "Show the settings, the epochs and the test table of a run.", "runs.show_run", "run runs json"
    ),
    "runs remove": Command(
        "Remove runs with everything they made; asks first.", "runs.remove_runs", "removed yes runs json"
    ),
    "recipes list": Command(
        "List the recipes, with what is expected of them and what was measured.", "recipes.list_recipes", "json"
    ),
    "recipes show": Command(
        "Show where a recipe comes from, what is claimed, measured and expected, and its settings.",
        "recipes.show_recipe",
        "recipe_name json",
    ),
    "recipes copy": Command(
        "Copy a recipe to a config file that can be changed and trained.",
        "recipes.copy_recipe",
        "recipe_name file:copy",
    ),
    "grammar check": Command(
        "Prove that every expression has one derivation and can be answered, count, and point at what looks wrong.",
        "grammar.check",
        "grammar:argument terms brackets range_ set_ json plugin",
    ),
    "grammar count": Command(
        "Count the expressions of every size, exactly; of an ambiguous grammar, the derivations as well.",
        "grammar.count",
        "grammar:argument terms brackets range_ division set_ json plugin",
    ),
    "grammar sample": Command(
        "Draw expressions with their exact answers; --json prints one object a line.",
        "grammar_sample.sample",
        "grammar:argument count terms brackets range_ seed:drawn division set_ json plugin",
    ),
    "grammar rank": Command(
        "Print the index of an expression.",
        "grammar.rank",
        "grammar:argument expression:bare terms brackets range_ set_ plugin",
        takes_minus=True,
    ),
    "grammar at": Command(
        "Print the expression of an index.",
        "grammar.at",
        "grammar:argument index terms brackets range_ set_ plugin",
        takes_minus=True,
    ),
    "data preview": Command(
        "Count what a grammar gives under the constraints, and show training examples as a model reads them.",
        "data_preview.preview",
        "grammar:argument count:examples config set_ seed division tokenizer padding reversal json plugin",
    ),
    "data build": Command(
        "Write train, validation and test examples to files with a manifest; run again, it goes on where it stopped.",
        "data_build.build",
        "out:new grammar train validation test config set_ seed division working tokenizer padding reversal shards "
        "format_ layout template engine workers ray_address only progress print_config json plugin plugins "
        "strict_plugins",
    ),
    "data verify": Command(
        "Compare every file of a dataset folder with its manifest; exit 1 when one differs.",
        "data_build.verify",
        "out json",
    ),
    "data repair": Command(
        "Write damaged files of a dataset folder again, byte for byte; exit 1 if other files lie there.",
        "data_build.repair",
        "out engine workers ray_address json plugin plugins",
    ),
    "data audit": Command(
        """Find wrong answers, duplicates, commuted ones too, and leaks in others' files; exit 1 when there are any.

        Answers are computed exactly, where the question is an expression and nothing else; so are calculations
        `<<4*6=24>>` in answers. An expression twice in one part of the data is a duplicate; in two parts it is a
        leak, and so is its commutative duplicate, such as `5+3` for `3+5`, and what the working of a training row
        shows of another part. A row's part is what its split key says, else its file.
        Where most rows could not be verified, the exit code is 1 too.
        """,
        "data_audit.audit",
        "files question_key answer_key split_key division:files working reversed_digits set_ examples json plugin",
    ),
    "curriculum list": Command(
        "List the curricula and the schedules that can take a training through them.",
        "curriculum.list_curricula",
        "json plugin",
    ),
    "curriculum show": Command(
        "Count the expressions of every stage, and show how hard they are and what is new in them.",
        "curriculum.show_curriculum",
        "curriculum:argument grammar schedule division set_ seed json plugin",
    ),
    "curriculum sample": Command(
        "Print training examples of a stage, by its name or number, or of every stage.",
        "curriculum.sample_curriculum",
        "curriculum:argument stage count grammar schedule division set_ seed json plugin",
    ),
    "curriculum make": Command(
        "Write a file of stages that lead from the easiest expressions of a grammar to all, ready to be edited.",
        "curriculum.make_curriculum",
        "grammar:argument file:copy stages operators range_ terms brackets division set_ json plugin",
    ),
    "curriculum run": Command(
        "Train a model through the stages; the same as `exprlearn train --curriculum C`.",
        "train.train",
        "curriculum:argument grammar model schedule recipe set_ seed backend epochs max_time target name runs "
        "progress print_config json plugin plugins strict_plugins",
    ),
    "curriculum build": Command(
        "Write every stage as a dataset folder; run again, it goes on where it stopped.",
        "curriculum.build_curriculum",
        "curriculum:argument out:stages train validation test grammar division set_ seed shards format_ "
        "layout template engine workers ray_address progress json plugin plugins",
    ),
    "curriculum fit": Command(
        "Fit the points of each feature to what a trained model answers wrongly.",
        "curriculum.fit_difficulty",
        "run size:fit runs json plugin plugins",
    ),
    "worksheet": Command(
        """Write problems for a class, with their answers, to print: a page, a PDF or a table.

        The same command writes the same bytes, and stands on the sheet: so the answers can be made again from it.
        """,
        "worksheet.worksheet",
        "source out:sheet title pages per_page levels answers style sheet_seed asked_split terms brackets "
        "range_ division set_ json plugin plugins",
    ),
    "components list": Command(
        "List every component, or those of one kind.",
        "components.list_components",
        "kind json plugin plugins strict_plugins",
    ),
    "components show": Command(
        "Show one component and its options.",
        "components.show_component",
        "kind:one named json plugin plugins strict_plugins",
    ),
    "plugins check": Command(
        "Hold each component of a plugin against the checks of its kind; exit code 1 when one fails.",
        "plugins.check_plugin",
        "named:plugin kind:option backend:all json plugin plugins",
    ),
    "plugins new": Command(
        "Write a package with one component and its tests, which pass as they are.",
        "plugins.new_plugin",
        "named:new kind:new into",
    ),
    "plugins list": Command(
        "List every plugin: where it comes from, whether it works, what it brings.",
        "plugins.list_plugins",
        "json plugin plugins",
    ),
    "plugins show": Command(
        "Show one plugin and each component it brings; two of one name are shown both.",
        "plugins.show_plugin",
        "named:plugin json plugin plugins",
    ),
    "env": Command(
        "Print versions, backends, device and plugins as a Markdown block for bug reports.", "plugins.env", "json"
    ),
}

#: What the list of commands says of each.
BUILT_IN: Mapping[str, str] = {
    path.partition(" ")[0]: GROUPS.get(path.partition(" ")[0]) or command.help.partition("\n")[0]
    for path, command in COMMANDS.items()
}


def make_command(name: str) -> Any:
    """Make a built-in command as typer does for an application that has it; what it runs is not imported yet."""
    application = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)
    # An application with a callback stays a group when it has but one command.
    application.callback()(lambda: None)
    if name in GROUPS:
        group = typer.Typer(no_args_is_help=True, help=GROUPS[name])
        application.add_typer(group, name=name)
        for path, command in COMMANDS.items():
            above, _, below = path.partition(" ")
            if above == name:
                _add(group, below, command)
    else:
        _add(application, name, COMMANDS[name])
    made: Any = typer.main.get_command(application)
    return made.commands[name]


def _add(application: typer.Typer, name: str, command: Command) -> None:
    from exprlearn.cli.options import CommandOptions, signature

    def run(**typed: Any) -> None:
        module, function = command.run.split(".")
        options = CommandOptions(**typed)
        getattr(import_module(f"exprlearn.cli.{module}"), function)(options)

    run.__signature__ = signature(command.takes)  # type: ignore[attr-defined]
    application.command(name, help=command.help, context_settings={"ignore_unknown_options": command.takes_minus})(run)
