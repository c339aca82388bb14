"""`exprlearn data build`: write examples to files that others can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.loading import load_plugins, open_engine
from exprlearn.cli.options import OUTPUT, CommandOptions, takes
from exprlearn.cli.output import echo, note, print_document
from exprlearn.cli.progress import show_files
from exprlearn.cli.settings import Settings, read_settings

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.dataset.store import Built, Manifest, Tools

OutArgument = Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder, or one to go on with.")]
OnlyOption = Annotated[
    str | None,
    OUTPUT("Make only these files, such as on one of several machines; a run without it ends the folder.", "0,4..7"),
]


@takes(
    "grammar train validation test config set_ seed division working tokenizer padding reversal shards format_ layout "
    "engine workers ray_address only progress print_config json plugin plugins strict_plugins"
)
def build(options: CommandOptions, out: OutArgument, only: OnlyOption = None) -> None:
    """Write train, validation and test examples to files with a manifest; run again, it goes on where it stopped."""
    plugins = load_plugins(options)
    settings = read_settings(options, plugins, "data build", idle=idle_settings(options.layout))
    if options.print_config:
        echo(settings.toml(), nl=False)
        return
    from exprlearn.dataset.store import build as write_folder
    from exprlearn.dataset.store import recipe_of

    recipe = recipe_of(with_shards(settings), file_format=options.format_, layout=options.layout)
    tools, which = tools_for(options), read_numbers(only)
    with (
        open_engine(options, plugins) as engine,
        show_files(options.progress, sum(recipe.asked.values())) as heard,
    ):
        built = write_folder(out, recipe, tools, engine=engine, only=which, heard=heard)
    for sentence in remarks(built):
        note(sentence)
    print_document(_document(built)) if options.json else _print(built)


def idle_settings(layout: str) -> dict[str, str]:
    """List the settings that a layout makes no use of, with what would."""
    ids = ("tokenizer", "padding", "reversal", "encoding")
    return {} if layout == "tokens" else dict.fromkeys(ids, f"rows of layout {layout} hold no ids: --layout tokens")


def tools_for(options: CommandOptions, files: Sequence[Path] | None = None) -> Tools:
    """Name the plugins of a command, and the encoder, so that other processes find them too."""
    from exprlearn.dataset.store import Tools
    from exprlearn.runs.preparation import make_encoder

    return Tools(plugin_files=tuple(files or options.plugin or ()), plugin_names=options.plugins, encoder=make_encoder)


def read_numbers(text: str | None) -> list[int] | None:
    """Read a list of numbers and ranges.

    Raises:
        OptionError: it is none.

    >>> read_numbers("0,4..7")
    [0, 4, 5, 6, 7]
    """
    if text is None:
        return None
    found: list[int] = []
    for item in text.split(","):
        first, dots, last = item.strip().partition("..")
        last = last if dots else first
        if not all(number.isascii() and number.isdigit() for number in (first, last)):
            from exprlearn.errors import OptionError

            raise OptionError(f"--only {text}: write numbers and ranges such as 0,4..7")
        found.extend(range(int(first), int(last) + 1))
    return found


def with_shards(settings: Settings) -> Components:
    """Choose a number of files when nobody asked for one."""
    from exprlearn.config.origins import DEFAULT
    from exprlearn.dataset.drawing.split import SPLITS
    from exprlearn.dataset.store import shards_for

    components = settings.components
    data = components.config.data
    if settings.read.origin("data.shards") != DEFAULT:
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
