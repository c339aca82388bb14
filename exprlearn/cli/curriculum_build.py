"""`exprlearn curriculum build`: a dataset folder for every stage, for whatever learns from files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from exprlearn.cli.data_build import (
    FormatOption,
    LayoutOption,
    ShardsOption,
    TestOption,
    TrainOption,
    ValidationOption,
    idle_in,
    remarks,
    tools_for,
    with_shards,
)
from exprlearn.cli.data_progress import shown_files
from exprlearn.cli.engine import open_engine
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import (
    DivisionOption,
    EngineOption,
    GrammarOption,
    JsonOption,
    PluginFilesOption,
    PluginNamesOption,
    ProgressOption,
    RayAddressOption,
    SeedOption,
    SetOption,
    WorkersOption,
)
from exprlearn.cli.output import echo, note, print_document
from exprlearn.cli.settings import settings
from exprlearn.cli.uses import refuse_idle_grammar


def build(
    curriculum: Annotated[str, typer.Argument(metavar="C", help="A curriculum's name or a .toml file.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A folder; each stage becomes a folder in it.")],
    train: TrainOption = None,
    validation: ValidationOption = None,
    test: TestOption = None,
    grammar: GrammarOption = None,
    division: DivisionOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    shards: ShardsOption = None,
    format_: FormatOption = "jsonl",
    layout: LayoutOption = "rows",
    engine: EngineOption = None,
    workers: WorkersOption = None,
    ray_address: RayAddressOption = None,
    progress: ProgressOption = "auto",
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
) -> None:
    """Write every stage as a dataset folder; run again, it goes on where it stopped."""
    from exprlearn.config.origins import DEFAULT
    from exprlearn.dataset import load_space
    from exprlearn.dataset.store import build as written
    from exprlearn.dataset.store import hold_folder, recipe_of, write_collection_card
    from exprlearn.runs.curriculum_stages import load_stages

    flags = {
        "grammar.name": grammar,
        "data.train": train,
        "data.validation": validation,
        "data.test": test,
        "data.shards": shards,
        "division.policy": division,
        "seed": seed,
    }
    loaded = load_plugins(plugin, plugins)
    chosen = settings(loaded, flags, command="curriculum build", idle=idle_in(layout), sets=set_, curriculum=curriculum)
    components = with_shards(chosen.components, asked=chosen.read.origin("data.shards") != DEFAULT)
    lessons = load_stages(load_space(components.config.grammar, components), components)
    refuse_idle_grammar(chosen.read.origins, [lesson.stage for lesson in lessons])
    recipes = {
        folder_of(place, lesson.name): recipe_of(lesson.components, file_format=format_, layout=layout)
        for place, lesson in enumerate(lessons, start=1)
    }
    done = {}
    with hold_folder(out), open_engine(loaded, engine, workers, ray_address) as opened:
        for folder, recipe in recipes.items():
            with shown_files(progress, sum(recipe.asked.values())) as heard:
                done[folder] = written(out / folder, recipe, tools_for(plugin, plugins), engine=opened, heard=heard)
            for sentence in remarks(done[folder]):
                note(f"{folder}: {sentence}")
        manifests = {folder: built.manifest for folder, built in done.items() if built.manifest}
        if not write_collection_card(out, f"Arithmetic in stages: {Path(curriculum).stem}", manifests):
            note(f"{out / 'README.md'} is left as it is: remove it to have the stages of this curriculum written there")
    if json:
        print_document({"folder": str(out), "stages": [{"folder": name} for name in done]})
        return
    echo("\n".join(f"{built.folder}" for built in done.values()))


def folder_of(place: int, name: str) -> str:
    """Name the folder of a stage: its place, and as much of its name as any file system takes.

    >>> folder_of(2, "2 digits, no carry"), folder_of(1, "+ -")
    ('2-2-digits-no-carry', '1')
    """
    return "-".join([str(place), *re.findall(r"[a-z0-9]+", name.lower())])
