"""Every option and argument of every command, said once: its type, its help, and the setting that it sets.

`parameters("grammar:argument seed json")` makes the parameters of a command, in this order; what was typed for them
comes as one `CommandOptions`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import typer
from typer.models import OptionInfo

from exprlearn.cli.completion import completion

Text = str | None
Whole = int | None
Words = list[str] | None
Progress = Literal["auto", "live", "plain", "json", "none"]
Format = Literal["keras", "savedmodel", "onnx", "page"]
Figures = Literal["svg", "png", "csv", "tex"]
Key = Literal["run", "started", "grammar", "model", "seed", "state", "epochs", "seconds", "count", "exact_match"]
#: The kinds of components that plugins can bring.
Kind = Literal[
    "grammar",
    "operator",
    "constraint",
    "division",
    "working",
    "drawing",
    "curriculum",
    "schedule",
    "tokenizer",
    "padding",
    "reversal",
    "model",
    "loss",
    "optimizer",
    "learning-rate",
    "metric",
    "callback",
    "observer",
    "engine",
    "command",
]

REQUIRED: Any = inspect.Parameter.empty
A_RUN = "A path, a name under the runs folder, or latest."


def argument(metavar: str, help_: str | None = None) -> Any:
    """Declare an argument."""
    return typer.Argument(metavar=metavar, help=help_)


def panel(name: str | None) -> Callable[..., Any]:
    """Return what declares an option with a place in the help; one without flags is called as its field."""

    def option(help_: str, metavar: str | None = None, *flags: str, **more: Any) -> Any:
        return typer.Option(*flags, help=help_, metavar=metavar, rich_help_panel=name, **more)

    return option


DATA = panel("Data")
SIZES = panel("Sizes")
ENCODING = panel("Encoding")
MODEL = panel("Model")
TRAINING = panel("Training")
ENGINE = panel("Engine")
OUTPUT = panel("Output")
PLUGINS = panel("Plugins")
BEYOND = panel("Beyond")
OTHER_TEST = panel("Another grammar's test")
OPTION = panel(None)


@dataclass(frozen=True)
class CommandOptions:
    """What was typed; what a command does not take has its default.

    The name of a field is the flag; a last word of its annotation is the dotted key of the setting that it sets.
    """

    grammar: Annotated[Text, DATA("A .lark file or a shipped grammar's name.", "G"), "grammar.name"] = None
    data: Annotated[
        Text,
        DATA("Learn the pairs of a CSV, TSV or JSONL file, or of a dataset folder, in place of a grammar.", "FILE"),
        "data.file",
    ] = None
    data_question_key: Annotated[
        Text, DATA("The column of --data that holds questions.", "KEY", "--question-key"), "data.question_key"
    ] = None
    data_answer_key: Annotated[
        Text, DATA("The column of --data that holds answers.", "KEY", "--answer-key"), "data.answer_key"
    ] = None
    terms: Annotated[Text, SIZES("How many numbers.", "2..4"), "grammar.terms"] = None
    brackets: Annotated[Text, SIZES("How many pairs of brackets.", "0..2"), "grammar.brackets"] = None
    range_: Annotated[Text, SIZES("Smallest and largest number.", "1..99"), "grammar.range"] = None
    train: Annotated[Whole, DATA("Training examples to write.", min=1), "data.train"] = None
    validation: Annotated[Whole, DATA("Validation examples [1000].", min=1), "data.validation"] = None
    test: Annotated[Whole, DATA("Test examples [2000].", min=1), "data.test"] = None
    shards: Annotated[
        Whole, OUTPUT("Files to write, at least one a split [more for many rows].", min=1), "data.shards"
    ] = None
    model: Annotated[Text, MODEL("Model [seq2seq].", "NAME"), "model.name"] = None
    seed: Annotated[Whole, DATA("Random seed [0]."), "seed"] = None
    division: Annotated[Text, DATA("Division policy [exact-only].", "NAME"), "division.policy"] = None
    working: Annotated[Text, DATA("Working before the answer [none].", "NAME"), "working.name"] = None
    tokenizer: Annotated[Text, ENCODING("Tokenizer [digits].", "NAME"), "tokenizer.name"] = None
    padding: Annotated[Text, ENCODING("Padding [per-term].", "NAME"), "padding.name"] = None
    reversal: Annotated[Text, ENCODING("Which sides are reversed [both].", "NAME"), "reversal.name"] = None
    schedule: Annotated[Text, DATA("Curriculum schedule [threshold].", "NAME"), "curriculum.schedule.name"] = None
    loss: Annotated[Text, TRAINING("Loss [default].", "NAME"), "training.loss.name"] = None
    optimizer: Annotated[Text, TRAINING("Optimizer [adam].", "NAME"), "training.optimizer.name"] = None
    backend: Annotated[Text, MODEL("Keras backend [tensorflow].", "tensorflow|jax|torch"), "training.backend"] = None
    processes: Annotated[Whole, TRAINING("Number of processes, on JAX.", "N", min=1), "training.processes"] = None
    epochs: Annotated[Whole, TRAINING("Stop after so many epochs."), "training.epochs"] = None
    max_time: Annotated[Text, TRAINING("Stop after 90s, 10m, 1h30m, or none.", "SPAN"), "training.max_time"] = None
    target: Annotated[
        float | None, TRAINING("Stop at this exact match on validation, or at this score."), "training.target"
    ] = None
    metric: Annotated[Words, TRAINING("A further metric; repeatable.", "NAME"), "training.metrics"] = None
    monitor: Annotated[Text, TRAINING("The metric that decides [exact-match].", "NAME"), "training.monitor"] = None
    callback: Annotated[Words, TRAINING("Callback after each epoch; repeatable.", "NAME"), "training.callbacks"] = None
    observer: Annotated[Words, TRAINING("Run observer; repeatable.", "NAME"), "training.observers"] = None
    deterministic: Annotated[
        bool | None, TRAINING("Bit-identical each time, even on a GPU."), "training.deterministic"
    ] = None

    curriculum: Annotated[Text, DATA("Train through stages: a name or a .toml file.", "C")] = None
    config: Annotated[Path | None, DATA("Read settings from a file.", "FILE.toml")] = None
    recipe: Annotated[Text, DATA("Start from a recipe's settings: a name or a TOML file.", "R")] = None
    set_: Annotated[Words, DATA("Set any setting; repeatable.", "SECTION.KEY=VALUE")] = None
    print_config: Annotated[bool, OUTPUT("Print every setting with its origin, then stop.")] = False
    init_from: Annotated[Text, TRAINING("Start from the weights of another run.", "RUN"), "training.init_from"] = None
    freeze: Annotated[Words, TRAINING("Do not train these weights; repeatable.", "PATTERN"), "training.freeze"] = None
    resume: Annotated[Text, TRAINING("Resume a run.", "RUN")] = None
    name: Annotated[Text, OUTPUT("Name of the run folder.", "NAME")] = None

    runs: Annotated[Path, OUTPUT("The folder of all runs.", "DIR")] = Path("runs")
    progress: Annotated[Progress, OUTPUT("How to show training; auto fits the terminal.")] = "auto"
    json: Annotated[bool, OUTPUT("Print one JSON document.")] = False
    format_: Annotated[Literal["jsonl", "parquet"], OUTPUT("File format.")] = "jsonl"
    layout: Annotated[Literal["rows", "qa", "chat", "completion", "tokens"], OUTPUT("Layout of a row.")] = "rows"
    template: Annotated[Text, OUTPUT("How rows ask, such as 'What is {expression}?'.", "TEXT")] = None

    engine: Annotated[Text, ENGINE("Where units run: serial, processes, ray, …", "NAME")] = None
    workers: Annotated[Whole, ENGINE("Number of workers; results do not depend on it.", min=1)] = None
    ray_address: Annotated[Text, ENGINE("Join this Ray cluster [RAY_ADDRESS].", "ADDRESS")] = None

    plugin: Annotated[list[Path] | None, PLUGINS("Load a one-file plugin; repeatable.", "FILE.py")] = None
    plugins: Annotated[Text, PLUGINS("Load only these; '' loads none.", "A,B")] = None
    strict_plugins: Annotated[bool, PLUGINS("Stop at the first broken plugin.")] = False

    # Runs, and what is asked of them.
    run: Annotated[str, argument("RUN", A_RUN)] = "latest"
    trained: Annotated[Text, OPTION("Explain with a trained model, its answer included.", "RUN", "--run")] = None
    first: Annotated[Text, argument("[RUN]", "The run to begin with [the newest]; `latest`, a name or a path.")] = None
    evaluated: Annotated[Words, argument("RUN", "Paths, names under the runs folder, or latest; one or more.")] = None
    reported: Annotated[
        Words, argument("RUN", "A run; others after it, such as other seeds, join its curve by lengths.")
    ] = None
    removed: Annotated[list[str], argument("RUN…", "Paths, names under the runs folder, or latest.")] = REQUIRED
    sides: Annotated[list[str], argument("RUN", "Two or more; runs joined by commas are the seeds of one side.")] = (
        REQUIRED
    )
    reference: Annotated[str, argument("RUN|RECIPE", "A recipe's name, or a run: a path, a name, or latest.")] = (
        REQUIRED
    )
    expression: Annotated[str, argument("EXPR", "An expression.")] = REQUIRED
    expressions: Annotated[list[str], argument("EXPR", "Expressions; - reads them from stdin, one a line.")] = REQUIRED
    explain: Annotated[bool, OPTION("Show every step of the answer with its runners-up.")] = False
    beam: Annotated[int, OPTION("Search K beginnings of an answer at once; 1 is greedy.", "K", min=1, max=256)] = 1
    split: Annotated[
        Literal["validation", "test", "all"],
        OPTION("Which held-out expressions; all answers every expression of the space."),
    ] = "test"
    size: Annotated[
        Whole, OPTION("How many expressions [all of the split]; with all, how many there may be.", min=1)
    ] = None
    min_exact: Annotated[float | None, OPTION("Exit with 3 when exact match is below.", min=0, max=1)] = None
    mistakes: Annotated[bool, OPTION("Name each mistake, and show where the decoder went wrong.")] = False
    wrong: Annotated[Path | None, OPTION("Write the wrong answers, a JSON object a line.", "FILE.jsonl")] = None
    beyond: Annotated[bool, BEYOND("Ask digits × terms × depth × operators, in and beyond.")] = False
    lengths: Annotated[Text, BEYOND("Ask numbers of so many digits.", "1..20")] = None
    digits: Annotated[Text, BEYOND("Of every number, for --beyond.", "1..4")] = None
    depth: Annotated[Text, BEYOND("Of brackets, for --beyond.", "0..2")] = None
    per_cell: Annotated[int, BEYOND("Expressions asked of each cell.", min=1)] = 100
    threshold: Annotated[float, BEYOND("Exact match of a mastered cell.", min=0, max=1)] = 0.9
    ask: Annotated[bool, OPTION("Ask every run the first one's test anew, instead of taking what each has kept.")] = (
        False
    )
    items: Annotated[Path | None, OPTION("Write the items that only one gets right, one a line.", "FILE.jsonl")] = None
    sort: Annotated[Key | None, OPTION("Sort by this key [last written]; the smallest first.")] = None
    reverse: Annotated[bool, OPTION("The other way round.")] = False
    where: Annotated[Words, OPTION("Only such runs, as state=finished or run=add*; repeatable.", "KEY=VALUE")] = None
    yes: Annotated[bool, OPTION("Do not ask.")] = False
    open_: Annotated[bool, OPTION("Open it in a browser.")] = False
    port: Annotated[int, OPTION("Where to listen; 0 takes any that is free.", min=0, max=65535)] = 8765

    # Sweeps and recipes.
    file: Annotated[Path, argument("FILE.toml", "A config file with a section [sweep].")] = REQUIRED
    sweep_folder: Annotated[Path | None, OUTPUT("The folder of the sweep [sweeps/FILE].", "DIR", "--out")] = None
    again: Annotated[bool, TRAINING("Try what failed in an earlier run anew.")] = False
    list_: Annotated[bool, OUTPUT("Print the trials that come first, then stop.")] = False
    recipe_name: Annotated[str, argument("R", "The name of a recipe, or its TOML file.")] = REQUIRED

    stage: Annotated[Text, argument("[STAGE]", "A stage, by its name or its number [all].")] = None
    stages: Annotated[int, OPTION("How many stages.", min=1, max=50)] = 6
    operators: Annotated[
        Text, SIZES("Which operators, in the order in which they are learned [the grammar's].", "+-*/")
    ] = None

    # Expressions and files of them.
    index: Annotated[str, argument("INDEX", "From 0; any size.")] = REQUIRED
    count: Annotated[int, OPTION("How many.", None, "-n", "--count", min=1)] = 10
    out: Annotated[Path, argument("OUT", "A dataset folder.")] = REQUIRED
    only: Annotated[
        Text,
        OUTPUT(
            "Make only these files, such as on one of several machines; a run without it ends the folder.", "0,4..7"
        ),
    ] = None
    files: Annotated[list[Path], argument("FILE…", "JSON, CSV or TSV files, or equations a line; folders.")] = REQUIRED
    question_key: Annotated[Words, OPTION("Where the question is [expression, question, prompt, input, …].", "KEY")] = (
        None
    )
    answer_key: Annotated[Words, OPTION("Where the answer is [answer, completion, target, output].", "KEY")] = None
    split_key: Annotated[str, OPTION("What tells parts of the data apart; '' for files only.", "KEY")] = "split"
    reversed_digits: Annotated[
        Literal["source", "answer", "both"] | None,
        OPTION("Read the numbers of questions, answers or both as written units first.", "source|answer|both"),
    ] = None
    examples: Annotated[int, OPTION("How many findings of each kind to show.", min=0)] = 10

    # Worksheets.
    source: Annotated[
        str, argument("GRAMMAR|CURRICULUM", "A grammar, or a curriculum: a .toml file, curriculum/NAME.")
    ] = REQUIRED
    title: Annotated[Text, OPTION("What stands above the problems [the name].", "TEXT")] = None
    pages: Annotated[int, OPTION("How many pages of problems.", None, min=1, max=50)] = 1
    per_page: Annotated[int, OPTION("How many problems on a page.", None, min=1, max=200)] = 20
    levels: Annotated[Text, OPTION("Thirds of the difficulty, or all [easy,medium,hard].", "LEVEL,…")] = None
    answers: Annotated[Literal["separate", "same", "none"], OPTION("Where the answers are.")] = "separate"
    style: Annotated[Literal["school", "columns"], OPTION("On one line with − × ÷, or numbers in columns.")] = "school"
    sheet_seed: Annotated[str, OPTION("A word or number; another one, other problems.", "NAME", "--seed")] = "1"
    asked_split: Annotated[
        Literal["all", "validation", "test"], OPTION("Only what no training has seen.", None, "--split")
    ] = "all"

    # Components and plugins.
    kind: Annotated[Text, argument("[KIND]", "Only this kind.")] = None
    named: Annotated[str, argument("NAME", "A name, or plugin/name.")] = REQUIRED
    into: Annotated[Path, OPTION("Where its folder is made.", "DIR")] = Path()

    def settings(self) -> dict[str, Any]:
        """Map the dotted key of each setting to what was typed for it, None where nothing was.

        >>> CommandOptions(max_time="10m").settings()["training.max_time"]
        '10m'
        """
        return {key: getattr(self, name) for name, key in SETTINGS.items()}


#: The fields that some commands declare otherwise.
OTHERWISE: dict[str, tuple[Any, Any]] = {
    "grammar:argument": (Annotated[str, argument("G", "A .lark file or a shipped grammar's name.")], REQUIRED),
    "curriculum:argument": (Annotated[str, argument("C", "A curriculum's name or a .toml file.")], REQUIRED),
    "seed:drawn": (Annotated[Whole, OPTION("Decides what is drawn [0].")], None),
    "division:files": (Annotated[str, OPTION("Division policy of these files.", "NAME")], "fraction"),
    "run:exported": (Annotated[str, argument("RUN", A_RUN)], REQUIRED),
    "out:export": (Annotated[Path, argument("OUT", "A new folder; of a page, a new file.")], REQUIRED),
    "format_:export": (Annotated[Format, OPTION("File format.")], "keras"),
    "format_:figures": (
        Annotated[Figures | None, OPTION("Instead, write the charts (svg, png) or all numbers (csv, tex).")],
        None,
    ),
    "run:option": (Annotated[str, OPTION(A_RUN, "RUN")], "latest"),
    "grammar:asked": (Annotated[Text, OTHER_TEST("Ask the test of this grammar.", "G")], None),
    "range_:asked": (Annotated[Text, OTHER_TEST("Smallest and largest number.", "1..99")], None),
    "terms:asked": (Annotated[Text, OTHER_TEST("How many numbers; for --beyond, too.", "5..8")], None),
    "brackets:asked": (Annotated[Text, OTHER_TEST("How many pairs of brackets.", "0..2")], None),
    "set_:asked": (Annotated[Words, OTHER_TEST("Set grammar.KEY, data.mix or seed.", "SECTION.KEY=VALUE")], None),
    "size:fit": (Annotated[int, OPTION("Held-out expressions to ask.", min=100)], 4000),
    "out:sheet": (Annotated[Path, argument("OUT", "A file that ends with .html, .pdf or .csv.")], REQUIRED),
    "expression:bare": (Annotated[str, argument("EXPR")], REQUIRED),
    "count:examples": (Annotated[int, OPTION("How many examples.", None, "-n", "--count", min=1)], 8),
    "file:copy": (Annotated[Path, argument("FILE", "A new file; one that exists is left alone.")], REQUIRED),
    "out:new": (Annotated[Path, argument("OUT", "A new or empty folder, or one to go on with.")], REQUIRED),
    "out:stages": (Annotated[Path, argument("OUT", "A folder; each stage becomes a folder in it.")], REQUIRED),
    "kind:one": (Annotated[str, argument("KIND", "grammar, model, tokenizer, …")], REQUIRED),
    "kind:option": (Annotated[Text, OPTION("Only components of this kind.", "KIND")], None),
    "kind:new": (Annotated[Kind, OPTION("What it brings.", show_default=False)], REQUIRED),
    "named:plugin": (Annotated[str, argument("P", "The plugin's name, or that of its distribution.")], REQUIRED),
    "named:new": (
        Annotated[str, argument("NAME", "Of the component: lower-case words joined by -.")],
        REQUIRED,
    ),
    "backend:all": (
        Annotated[
            Literal["tensorflow", "jax", "torch", "all"],
            OPTION("all takes a model's weights to every one that is installed.", "tensorflow|jax|torch|all"),
        ],
        "tensorflow",
    ),
}


@cache
def declarations() -> dict[str, inspect.Parameter]:
    """Return every option as a parameter of a function that typer understands."""
    hints = get_type_hints(CommandOptions, include_extras=True)
    declared = {field.name: (hints[field.name], field.default) for field in fields(CommandOptions)}
    return {name: _parameter(name, *each) for name, each in {**declared, **OTHERWISE}.items()}


def _parameter(declared: str, annotation: Any, default: Any) -> inspect.Parameter:
    """Make a parameter whose flag, where it names none, is its own name: `max_time` is `--max-time`."""
    name = declared.partition(":")[0]
    kind, *about = get_args(annotation)
    information = copy(about[0])
    information.autocompletion = completion(declared)
    if isinstance(information, OptionInfo) and information.default is ...:
        information.default = f"--{name.strip('_').replace('_', '-')}"
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, information]
    )


def signature(names: str) -> inspect.Signature:
    """Return the signature of a command that takes these options, in the order of its help."""
    return inspect.Signature([declarations()[name] for name in names.split()])


#: The dotted key of each option that sets one.
SETTINGS: dict[str, str] = {
    name: key
    for name, annotation in get_type_hints(CommandOptions, include_extras=True).items()
    for key in get_args(annotation)[2:]
}
