"""Options that several commands share, each with its place in the help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

DATA, ENCODING, MODEL, TRAINING, ENGINE, OUTPUT, PLUGINS = (
    "Data",
    "Encoding",
    "Model",
    "Training",
    "Engine",
    "Output",
    "Plugins",
)

Progress = Literal["auto", "live", "plain", "json", "none"]

GrammarOption = Annotated[
    str | None,
    typer.Option("--grammar", metavar="G", help="A .lark file or a shipped grammar's name.", rich_help_panel=DATA),
]
DivisionOption = Annotated[
    str | None, typer.Option("--division", metavar="NAME", help="What / means [exact-only].", rich_help_panel=DATA)
]
CurriculumOption = Annotated[
    str | None,
    typer.Option(
        "--curriculum", metavar="C", help="Train through stages: a name or a .toml file.", rich_help_panel=DATA
    ),
]
ScheduleOption = Annotated[
    str | None,
    typer.Option("--schedule", metavar="NAME", help="Which stage comes when [threshold].", rich_help_panel=DATA),
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Decides all that is drawn by chance [0].", rich_help_panel=DATA)
]
TokenizerOption = Annotated[
    str | None, typer.Option("--tokenizer", metavar="NAME", help="How text is cut [digits].", rich_help_panel=ENCODING)
]
PaddingOption = Annotated[
    str | None,
    typer.Option("--padding", metavar="NAME", help="Where padding goes [per-term].", rich_help_panel=ENCODING),
]
ReversalOption = Annotated[
    str | None,
    typer.Option("--reversal", metavar="NAME", help="What is written back to front [both].", rich_help_panel=ENCODING),
]
ModelOption = Annotated[
    str | None, typer.Option("--model", metavar="NAME", help="What learns [seq2seq].", rich_help_panel=MODEL)
]
BackendOption = Annotated[
    str | None, typer.Option("--backend", metavar="tensorflow|jax", help="[tensorflow]", rich_help_panel=MODEL)
]
ProcessesOption = Annotated[
    int | None,
    typer.Option("--processes", metavar="N", min=1, help="Train in so many at once, on JAX.", rich_help_panel=TRAINING),
]
EpochsOption = Annotated[int | None, typer.Option("--epochs", help="Stop after so many.", rich_help_panel=TRAINING)]
MaxTimeOption = Annotated[
    str | None,
    typer.Option("--max-time", metavar="SPAN", help="Stop after 90s, 10m, 1h30m, or none.", rich_help_panel=TRAINING),
]
TargetOption = Annotated[
    float | None,
    typer.Option("--target", help="Stop when this share of the validation is exact.", rich_help_panel=TRAINING),
]
MetricOption = Annotated[
    list[str] | None,
    typer.Option("--metric", metavar="NAME", help="A further score; repeatable.", rich_help_panel=TRAINING),
]
ObserverOption = Annotated[
    list[str] | None,
    typer.Option("--observer", metavar="NAME", help="What watches the training; repeatable.", rich_help_panel=TRAINING),
]
DeterministicOption = Annotated[
    bool | None,
    typer.Option("--deterministic", help="The same bits each time, even on a GPU.", rich_help_panel=TRAINING),
]
ResumeOption = Annotated[
    str | None, typer.Option("--resume", metavar="RUN", help="Go on with a run.", rich_help_panel=TRAINING)
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE.toml", help="Read settings from a file.", rich_help_panel=DATA)
]
RecipeOption = Annotated[
    str | None, typer.Option("--recipe", metavar="R", help="Begin with a recipe's settings.", rich_help_panel=DATA)
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Set any setting; repeatable.", rich_help_panel=DATA),
]
PrintConfigOption = Annotated[
    bool,
    typer.Option("--print-config", help="Print every setting with its origin, then stop.", rich_help_panel=OUTPUT),
]
ProgressOption = Annotated[
    Progress,
    typer.Option("--progress", help="How to show training; auto fits the terminal.", rich_help_panel=OUTPUT),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.", rich_help_panel=OUTPUT)]
EngineOption = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="Where units run: serial, processes, ray, …", rich_help_panel=ENGINE),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Units at once; no byte depends on it.", rich_help_panel=ENGINE),
]
RayAddressOption = Annotated[
    str | None,
    typer.Option(
        "--ray-address", metavar="ADDRESS", help="Join this Ray cluster [RAY_ADDRESS].", rich_help_panel=ENGINE
    ),
]
RunsOption = Annotated[
    Path, typer.Option("--runs", metavar="DIR", help="The folder of all runs.", rich_help_panel=OUTPUT)
]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A path, a name under the runs folder, or latest.")]
SeveralRunsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="RUN", help="Paths, names under the runs folder, or latest; one or more.")
]
RunOption = Annotated[
    str, typer.Option("--run", metavar="RUN", help="A path, a name under the runs folder, or latest.")
]
BeamOption = Annotated[
    int,
    typer.Option("--beam", metavar="K", min=1, max=256, help="Search K beginnings of an answer at once; 1 is greedy."),
]
PluginFilesOption = Annotated[
    list[Path] | None,
    typer.Option("--plugin", metavar="FILE.py", help="Load a one-file plugin; repeatable.", rich_help_panel=PLUGINS),
]
PluginNamesOption = Annotated[
    str | None,
    typer.Option("--plugins", metavar="A,B", help="Load only these; '' loads none.", rich_help_panel=PLUGINS),
]
StrictPluginsOption = Annotated[
    bool, typer.Option("--strict-plugins", help="Stop at the first broken plugin.", rich_help_panel=PLUGINS)
]
RUNS = Path("runs")
