"""`exprlearn data build`, `verify` and `repair`: examples in files that others can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, note, print_document
from exprlearn.cli.progress import show_files
from exprlearn.cli.settings import Settings, load_plugins, open_engine, read_settings
from exprlearn.config import Components
from exprlearn.config.origins import DEFAULT
from exprlearn.dataset import SPLITS, store
from exprlearn.dataset.store import Built, Manifest, Tools, VerificationFinding
from exprlearn.errors import OptionError
from exprlearn.runs.preparation import make_encoder


def build(options: CommandOptions) -> None:
    """Write train, validation and test examples to files with a manifest, or only some of the files."""
    settings = read_settings(options, "data build")
    if options.print_config:
        echo(settings.toml(), nl=False)
        return
    recipe = store.recipe_of(
        with_shards(settings), file_format=options.format_, layout=options.layout, template=options.template
    )
    tools, which = tools_for(options), read_numbers(options.only)
    with (
        open_engine(options, settings.plugins) as engine,
        show_files(options.progress, sum(recipe.asked.values())) as heard,
    ):
        built = store.build(options.out, recipe, tools, engine=engine, only=which, heard=heard)
    for sentence in remarks(built):
        note(sentence)
    print_document(_document(built)) if options.json else _print(built)


def verify(options: CommandOptions) -> None:
    """Compare every file of a dataset folder with its manifest; leave with 1 when one is not as it was written."""
    out = options.out
    verified = store.verify(out)
    shards, rows = len(verified.manifest.shards), sum(verified.manifest.rows.values())
    for sentence in mixed_files(verified.manifest, out):
        note(sentence)
    if options.json:
        print_document({"folder": str(out), "shards": shards, "rows": rows, "findings": _listed(verified.findings)})
    elif verified.findings:
        echo("\n".join(map(str, verified.findings)))
        echo(f"\nrepair it with: exprlearn data repair {out}")
    else:
        echo(f"{out}: {shards} shards, {rows} rows, all as they were written")
    if verified.findings:
        raise typer.Exit(1)


def repair(options: CommandOptions) -> None:
    """Make damaged files of a dataset folder anew; leave with 1 while others lie there that do not belong."""
    out = options.out
    with open_engine(options, load_plugins(options)) as engine:
        repaired = store.repair(out, tools_for(options), engine=engine)
    if options.json:
        findings = _listed(repaired.findings)
        print_document({"folder": str(out), "findings": findings, "made": repaired.made, "left": repaired.left})
    elif not repaired.findings:
        echo(f"{out}: nothing to fix")
    else:
        for finding in repaired.findings:
            echo(f"{finding}: {'left alone, remove it yourself' if finding.kind == 'extra' else 'made anew'}")
    if repaired.left:
        raise typer.Exit(1)


def _listed(findings: tuple[VerificationFinding, ...]) -> list[dict[str, str]]:
    return [{"kind": finding.kind, "name": finding.name, "detail": finding.detail} for finding in findings]


def tools_for(options: CommandOptions, files: Sequence[Path] | None = None) -> Tools:
    """Name the plugins of a command, and the encoder, so that other processes find them too."""
    return Tools(plugin_files=tuple(files or options.plugin or ()), plugin_names=options.plugins, encoder=make_encoder)


def read_numbers(text: str | None) -> list[int] | None:
    """Read a list of numbers and ranges.

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
            raise OptionError(f"--only {text}: write numbers and ranges such as 0,4..7")
        found.extend(range(int(first), int(last) + 1))
    return found


def with_shards(settings: Settings) -> Components:
    """Choose a number of files when nobody asked for one."""
    components = settings.components
    data = components.config.data
    if settings.read.origin("data.shards") != DEFAULT:
        if data.shards < len(SPLITS):
            note(f"every split has a file of its own: {len(SPLITS)} files instead of {data.shards}")
        return components
    chosen = data.model_copy(update={"shards": store.shards_for((data.train, data.validation, data.test))})
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
    said = {"rows": manifest.rows, "drawn": manifest.drawn and manifest.drawn.model_dump(), "proof": manifest.proof}
    return {**document, **said, "notes": manifest.notes, "shards": shards}


def _print(built: Built) -> None:
    if built.manifest is None:
        echo(f"{built.folder}: {len(built.written)} files written, {built.missing} to be made")
        return

    shards = built.manifest.shards
    size = sum(shard.bytes for shard in shards) / 1e6
    done = f"{len(built.written)} files written" if built.written else "complete before, nothing written"
    echo(f"{built.folder}: {len(shards)} shards, {size:.1f} MB, {done}")
    echo(store.proof_sentence(built.manifest.proof))
    if built.manifest.drawn is not None:
        echo(f"{built.manifest.drawn.text} expressions can be drawn under the constraints")
