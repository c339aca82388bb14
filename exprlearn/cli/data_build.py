"""`exprlearn data build`: write examples to files that others can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from exprlearn.cli.data_progress import shown_files
from exprlearn.cli.engine import open_engine
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import (
    DATA,
    OUTPUT,
    ConfigOption,
    DivisionOption,
    EngineOption,
    GrammarOption,
    JsonOption,
    PaddingOption,
    PluginFilesOption,
    PluginNamesOption,
    PrintConfigOption,
    ProgressOption,
    RayAddressOption,
    ReversalOption,
    SeedOption,
    SetOption,
    StrictPluginsOption,
    TokenizerOption,
    WorkersOption,
)
from exprlearn.cli.output import echo, note, print_document
from exprlearn.cli.settings import settings

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.dataset.store import Built, Manifest, Tools

OutArgument = Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder, or one to go on with.")]
TrainOption = Annotated[
    int | None, typer.Option("--train", min=1, help="Training examples to write.", rich_help_panel=DATA)
]
ValidationOption = Annotated[
    int | None, typer.Option("--validation", min=1, help="Validation examples [1000].", rich_help_panel=DATA)
]
TestOption = Annotated[int | None, typer.Option("--test", min=1, help="Test examples [2000].", rich_help_panel=DATA)]
ShardsOption = Annotated[
    int | None,
    typer.Option(
        "--shards", min=1, help="Files to write, at least one a split [more for many rows].", rich_help_panel=OUTPUT
    ),
]
FormatOption = Annotated[
    Literal["jsonl", "parquet"], typer.Option("--format", help="How rows are stored.", rich_help_panel=OUTPUT)
]
LayoutOption = Annotated[
    Literal["rows", "qa", "chat", "completion", "tokens"],
    typer.Option("--layout", help="What is in a row.", rich_help_panel=OUTPUT),
]
OnlyOption = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="0,4..7",
        help="Make only these files, such as on one of several machines; a run without it ends the folder.",
        rich_help_panel=OUTPUT,
    ),
]


def build(
    out: OutArgument,
    grammar: GrammarOption = None,
    train: TrainOption = None,
    validation: ValidationOption = None,
    test: TestOption = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    division: DivisionOption = None,
    tokenizer: TokenizerOption = None,
    padding: PaddingOption = None,
    reversal: ReversalOption = None,
    shards: ShardsOption = None,
    format_: FormatOption = "jsonl",
    layout: LayoutOption = "rows",
    engine: EngineOption = None,
    workers: WorkersOption = None,
    ray_address: RayAddressOption = None,
    only: OnlyOption = None,
    progress: ProgressOption = "auto",
    print_config: PrintConfigOption = False,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Write train, validation and test examples to files with a manifest; run again, it goes on where it stopped."""
    flags = {
        "grammar.name": grammar,
        "data.train": train,
        "data.validation": validation,
        "data.test": test,
        "data.shards": shards,
        "seed": seed,
        "division.policy": division,
        "tokenizer.name": tokenizer,
        "padding.name": padding,
        "reversal.name": reversal,
    }
    loaded = load_plugins(plugin, plugins, strict_plugins)
    chosen = settings(loaded, flags, command="data build", idle=idle_in(layout), file=config, sets=set_)
    if print_config:
        echo(chosen.toml(), nl=False)
        return
    from exprlearn.config.origins import DEFAULT
    from exprlearn.dataset.store import build as written
    from exprlearn.dataset.store import recipe_of

    components = with_shards(chosen.components, asked=chosen.read.origin("data.shards") != DEFAULT)
    recipe = recipe_of(components, file_format=format_, layout=layout)
    tools, which = tools_for(plugin, plugins), numbers(only)
    with (
        open_engine(loaded, engine, workers, ray_address) as opened,
        shown_files(progress, sum(recipe.asked.values())) as heard,
    ):
        built = written(out, recipe, tools, engine=opened, only=which, heard=heard)
    for sentence in remarks(built):
        note(sentence)
    print_document(_document(built)) if json else _print(built)


def idle_in(layout: str) -> dict[str, str]:
    """List the settings that a layout makes no use of, with what would."""
    ids = ("tokenizer", "padding", "reversal", "encoding")
    return {} if layout == "tokens" else dict.fromkeys(ids, f"rows of layout {layout} hold no ids: --layout tokens")


def tools_for(files: Sequence[Path] | None, names: str | None) -> Tools:
    """Name the plugins of a command, and the encoder, so that other processes find them too."""
    from exprlearn.dataset.store import Tools
    from exprlearn.runs.preparation import make_encoder

    return Tools(plugin_files=tuple(files or ()), plugin_names=names, encoder=make_encoder)


def numbers(text: str | None) -> list[int] | None:
    """Read a list of numbers and ranges.

    Raises:
        OptionError: it is none.

    >>> numbers("0,4..7")
    [0, 4, 5, 6, 7]
    """
    if text is None:
        return None
    found: list[int] = []
    for part in text.split(","):
        first, dots, last = part.strip().partition("..")
        last = last if dots else first
        if not all(number.isascii() and number.isdigit() for number in (first, last)):
            from exprlearn.errors import OptionError

            raise OptionError(f"--only {text}: write numbers and ranges such as 0,4..7")
        found.extend(range(int(first), int(last) + 1))
    return found


def with_shards(components: Components, *, asked: bool) -> Components:
    """Choose a number of files when nobody asked for one."""
    from exprlearn.dataset.drawing.split import SPLITS
    from exprlearn.dataset.store import shards_for

    data = components.config.data
    if asked:
        if data.shards < len(SPLITS):
            note(f"every split has a file of its own: {len(SPLITS)} files instead of {data.shards}")
        return components
    chosen = data.model_copy(update={"shards": shards_for((data.train, data.validation, data.test))})
    return replace(components, config=components.config.model_copy(update={"data": chosen}))


def remarks(built: Built) -> Iterator[str]:
    """List what a user should know of a folder that is finished, a sentence each."""
    if built.manifest is not None:
        yield from built.manifest.notes
        yield from mixed_files(built.manifest, built.folder)


def mixed_files(manifest: Manifest, folder: Path) -> Iterator[str]:
    """Warn of files that an older exprlearn has written with rows of several splits."""
    if manifest.mixed:
        yield (
            f"{folder} is of an older exprlearn: {', '.join(manifest.mixed)} hold rows of several splits, and "
            "load_dataset would train on the test: build it anew in another folder"
        )


def _document(built: Built) -> dict[str, Any]:
    document: dict[str, Any] = {"folder": str(built.folder), "written": built.written, "missing": built.missing}
    manifest = built.manifest
    if manifest is None:
        return document
    shards = [{"name": shard.name, "rows": shard.rows, "bytes": shard.bytes} for shard in manifest.shards]
    return {**document, "rows": manifest.rows, "proof": manifest.proof, "notes": manifest.notes, "shards": shards}


def _print(built: Built) -> None:
    if built.manifest is None:
        echo(f"{built.folder}: {len(built.written)} files written, {built.missing} to be made")
        return
    from exprlearn.dataset.store import proof_sentence

    shards = built.manifest.shards
    size = sum(shard.bytes for shard in shards) / 1e6
    done = f"{len(built.written)} files written" if built.written else "complete before, nothing written"
    echo(f"{built.folder}: {len(shards)} shards, {size:.1f} MB, {done}")
    echo(proof_sentence(built.manifest.proof))
