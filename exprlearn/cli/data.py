"""`exprlearn data`: look at data, write it, check it, mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exprlearn.cli.data_audit import audit
from exprlearn.cli.data_build import build, mixed_files
from exprlearn.cli.data_preview import preview
from exprlearn.cli.engine import open_engine
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import (
    EngineOption,
    JsonOption,
    PluginFilesOption,
    PluginNamesOption,
    RayAddressOption,
    WorkersOption,
)
from exprlearn.cli.output import echo, note, print_document

if TYPE_CHECKING:
    from exprlearn.dataset.store import Finding

data = typer.Typer(no_args_is_help=True, help="Look at data, write it to files, check and mend them.")

FolderArgument = Annotated[Path, typer.Argument(metavar="OUT", help="A dataset folder.")]


def verify(out: FolderArgument, json: JsonOption = False) -> None:
    """Compare every file of a dataset folder with its manifest; exit 1 when one is not as it was written."""
    from exprlearn.dataset.store import verify as compared

    verified = compared(out)
    shards, rows = len(verified.manifest.shards), sum(verified.manifest.rows.values())
    for sentence in mixed_files(verified.manifest, out):
        note(sentence)
    if json:
        print_document({"folder": str(out), "shards": shards, "rows": rows, "findings": _listed(verified.findings)})
    elif verified.findings:
        echo("\n".join(map(str, verified.findings)))
        echo(f"\nmend it with: exprlearn data repair {out}")
    else:
        echo(f"{out}: {shards} shards, {rows} rows, all as they were written")
    if verified.findings:
        raise typer.Exit(1)


def repair(
    out: FolderArgument,
    engine: EngineOption = None,
    workers: WorkersOption = None,
    ray_address: RayAddressOption = None,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
) -> None:
    """Make damaged files of a dataset folder anew, byte for byte; exit 1 while others lie there that do not belong."""
    from exprlearn.cli.data_build import tools_for
    from exprlearn.dataset.store import repair as mended

    with open_engine(load_plugins(plugin, plugins), engine, workers, ray_address) as opened:
        repaired = mended(out, tools_for(plugin, plugins), engine=opened)
    if json:
        findings = _listed(repaired.findings)
        print_document({"folder": str(out), "findings": findings, "made": repaired.made, "left": repaired.left})
    elif not repaired.findings:
        echo(f"{out}: nothing to mend")
    else:
        for finding in repaired.findings:
            echo(f"{finding}: {'left alone, remove it yourself' if finding.kind == 'extra' else 'made anew'}")
    if repaired.left:
        raise typer.Exit(1)


def _listed(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [{"kind": finding.kind, "name": finding.name, "detail": finding.detail} for finding in findings]


data.command("preview")(preview)
data.command("build")(build)
data.command("verify")(verify)
data.command("repair")(repair)
data.command("audit")(audit)
