"""Every option that commands share, said once: its type, its place in the help, and the setting that it sets.

`takes("grammar seed json")` gives a command those options in this order, with their values as one `CommandOptions`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import typer
from typer.models import OptionInfo

Text = str | None
Whole = int | None
Words = list[str] | None


def panel(name: str) -> Callable[..., Any]:
    """Return what makes an option with a place in the help."""

    def option(help_: str, metavar: str | None = None, **more: Any) -> Any:
        return typer.Option(help=help_, metavar=metavar, rich_help_panel=name, **more)

    return option


DATA = panel("Data")
SIZES = panel("Sizes")
ENCODING = panel("Encoding")
MODEL = panel("Model")
TRAINING = panel("Training")
ENGINE = panel("Engine")
OUTPUT = panel("Output")
PLUGINS = panel("Plugins")

Progress = Literal["auto", "live", "plain", "json", "none"]

GrammarArgument = Annotated[str, typer.Argument(metavar="G", help="A .lark file or a shipped grammar's name.")]
CurriculumArgument = Annotated[str, typer.Argument(metavar="C", help="A curriculum's name or a .toml file.")]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A path, a name under the runs folder, or latest.")]
BeamOption = Annotated[
    int, typer.Option(metavar="K", min=1, max=256, help="Search K beginnings of an answer at once; 1 is greedy.")
]
OpenOption = Annotated[bool, typer.Option(help="Open it in a browser.")]


@dataclass(frozen=True)
class CommandOptions:
    """What was typed for the options that commands share; those that a command does not take have their default.

    The name of a field is the flag; a last word of its annotation is the dotted key of the setting that it sets.
    """

    grammar: Annotated[Text, DATA("A .lark file or a shipped grammar's name.", "G"), "grammar.name"] = None
    terms: Annotated[Text, SIZES("How many numbers.", "2..4"), "grammar.terms"] = None
    brackets: Annotated[Text, SIZES("How many pairs of brackets.", "0..2"), "grammar.brackets"] = None
    range_: Annotated[Text, SIZES("Smallest and largest number.", "1..99"), "grammar.range"] = None
    train: Annotated[Whole, DATA("Training examples to write.", min=1), "data.train"] = None
    validation: Annotated[Whole, DATA("Validation examples [1000].", min=1), "data.validation"] = None
    test: Annotated[Whole, DATA("Test examples [2000].", min=1), "data.test"] = None
    shards: Annotated[
        Whole, OUTPUT("Files to write, at least one a split [more for many rows].", min=1), "data.shards"
    ] = None
    model: Annotated[Text, MODEL("What learns [seq2seq].", "NAME"), "model.name"] = None
    seed: Annotated[Whole, DATA("Decides all that is drawn by chance [0]."), "seed"] = None
    division: Annotated[Text, DATA("What / means [exact-only].", "NAME"), "division.policy"] = None
    working: Annotated[Text, DATA("What is written before the answer [none].", "NAME"), "working.name"] = None
    tokenizer: Annotated[Text, ENCODING("How text is cut [digits].", "NAME"), "tokenizer.name"] = None
    padding: Annotated[Text, ENCODING("Where padding goes [per-term].", "NAME"), "padding.name"] = None
    reversal: Annotated[Text, ENCODING("What is written back to front [both].", "NAME"), "reversal.name"] = None
    schedule: Annotated[Text, DATA("Which stage comes when [threshold].", "NAME"), "curriculum.schedule.name"] = None
    optimizer: Annotated[Text, TRAINING("What changes weights [adam].", "NAME"), "training.optimizer.name"] = None
    backend: Annotated[Text, MODEL("[tensorflow]", "tensorflow|jax"), "training.backend"] = None
    processes: Annotated[Whole, TRAINING("Train in so many at once, on JAX.", "N", min=1), "training.processes"] = None
    epochs: Annotated[Whole, TRAINING("Stop after so many."), "training.epochs"] = None
    max_time: Annotated[Text, TRAINING("Stop after 90s, 10m, 1h30m, or none.", "SPAN"), "training.max_time"] = None
    target: Annotated[float | None, TRAINING("Stop when this share of the validation is exact."), "training.target"] = (
        None
    )
    metric: Annotated[Words, TRAINING("A further score; repeatable.", "NAME"), "training.metrics"] = None
    observer: Annotated[Words, TRAINING("What watches the training; repeatable.", "NAME"), "training.observers"] = None
    deterministic: Annotated[
        bool | None, TRAINING("The same bits each time, even on a GPU."), "training.deterministic"
    ] = None

    curriculum: Annotated[Text, DATA("Train through stages: a name or a .toml file.", "C")] = None
    config: Annotated[Path | None, DATA("Read settings from a file.", "FILE.toml")] = None
    recipe: Annotated[Text, DATA("Begin with a recipe's settings.", "R")] = None
    set_: Annotated[Words, DATA("Set any setting; repeatable.", "SECTION.KEY=VALUE")] = None
    print_config: Annotated[bool, OUTPUT("Print every setting with its origin, then stop.")] = False
    resume: Annotated[Text, TRAINING("Go on with a run.", "RUN")] = None
    name: Annotated[Text, OUTPUT("Name of the run folder.", "NAME")] = None

    runs: Annotated[Path, OUTPUT("The folder of all runs.", "DIR")] = Path("runs")
    progress: Annotated[Progress, OUTPUT("How to show training; auto fits the terminal.")] = "auto"
    json: Annotated[bool, OUTPUT("Print one JSON document.")] = False
    format_: Annotated[Literal["jsonl", "parquet"], OUTPUT("How rows are stored.")] = "jsonl"
    layout: Annotated[Literal["rows", "qa", "chat", "completion", "tokens"], OUTPUT("What is in a row.")] = "rows"

    engine: Annotated[Text, ENGINE("Where units run: serial, processes, ray, …", "NAME")] = None
    workers: Annotated[Whole, ENGINE("Units at once; no byte depends on it.", min=1)] = None
    ray_address: Annotated[Text, ENGINE("Join this Ray cluster [RAY_ADDRESS].", "ADDRESS")] = None

    plugin: Annotated[list[Path] | None, PLUGINS("Load a one-file plugin; repeatable.", "FILE.py")] = None
    plugins: Annotated[Text, PLUGINS("Load only these; '' loads none.", "A,B")] = None
    strict_plugins: Annotated[bool, PLUGINS("Stop at the first broken plugin.")] = False

    def settings(self) -> dict[str, Any]:
        """Map the dotted key of each setting to what was typed for it, None where nothing was.

        >>> CommandOptions(max_time="10m").settings()["training.max_time"]
        '10m'
        """
        return {key: getattr(self, name) for name, key in SETTINGS.items()}


@cache
def shared_options() -> dict[str, inspect.Parameter]:
    """Return the options of `CommandOptions` as parameters of a function that typer understands."""
    hints = get_type_hints(CommandOptions, include_extras=True)
    return {field.name: _parameter(field.name, hints[field.name], field.default) for field in fields(CommandOptions)}


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    """Make a parameter whose flag, where it names none, is its own name: `max_time` is `--max-time`."""
    kind, *about = get_args(annotation)
    information = copy(about[0])
    if isinstance(information, OptionInfo) and information.default is ...:
        information.default = f"--{name.strip('_').replace('_', '-')}"
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, information]
    )


def takes(names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command options that others share.

    Args:
        names: fields of `CommandOptions`, in the order of the help; a parameter of the command's own may stand
            among them, else it comes first.

    The command is called with `CommandOptions`, then with its own parameters by name.
    """

    def give(command: Callable[..., None]) -> Callable[..., None]:
        _, *parameters = inspect.signature(command, eval_str=True).parameters.values()
        own = {each.name: _parameter(each.name, each.annotation, each.default) for each in parameters}
        named = names.split()
        shared = [name for name in named if name not in own]

        def called(**values: Any) -> None:
            options = CommandOptions(**{name: values.pop(name) for name in shared if name in values})
            command(options, **values)

        first = [name for name in own if name not in named]
        given = {**shared_options(), **own}
        called.__signature__ = inspect.Signature([given[name] for name in (*first, *named)])  # type: ignore[attr-defined]
        called.__name__, called.__doc__, called.__module__ = command.__name__, command.__doc__, command.__module__
        return called

    return give


def _settings() -> Iterator[tuple[str, str]]:
    for name, annotation in get_type_hints(CommandOptions, include_extras=True).items():
        _, _, *keys = get_args(annotation)
        yield from ((name, key) for key in keys)


#: The dotted key of each option that sets one.
SETTINGS: dict[str, str] = dict(_settings())
