"""`exprlearn curriculum`: list curricula, look at their stages, write them to files, train through them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.data_build import idle_settings, remarks, tools_for, with_shards
from exprlearn.cli.loading import load_plugins, load_run, open_engine
from exprlearn.cli.options import CommandOptions, CurriculumArgument, RunArgument, takes
from exprlearn.cli.output import echo, note, print_document, print_table
from exprlearn.cli.progress import show_files
from exprlearn.cli.settings import Settings, read_settings, refuse_idle_grammar
from exprlearn.cli.train import train_as_typed

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.dataset.store import Built, DatasetRecipe
    from exprlearn.plugin.registry import Registered

curriculum = typer.Typer(
    no_args_is_help=True, help="Teach a task in stages: look at curricula, write them to files, run them."
)

OutArgument = Annotated[Path, typer.Argument(metavar="OUT", help="A folder; each stage becomes a folder in it.")]
SizeOption = Annotated[int, typer.Option(min=100, help="Held-out expressions to ask.")]
NUMBERS = ("expressions", "drawn", "held out", "points", "new")


@curriculum.command("list")
@takes("json plugin")
def list_curricula(options: CommandOptions) -> None:
    """List the curricula and the schedules that can take a training through them."""
    plugins = load_plugins(options)
    kinds = {"curricula": plugins.registries["curriculum"], "schedules": plugins.registries["schedule"]}
    if options.json:
        print_document({kind: [_entry(each) for each in registry] for kind, registry in kinds.items()})
        return
    rows = [(registry.kind, each.spec.name, each.spec.summary) for registry in kinds.values() for each in registry]
    print_table(("kind", "name", "what it does"), rows, fold=("what it does",))


def _entry(registered: Registered[Any]) -> dict[str, str]:
    return {"name": registered.spec.name, "plugin": registered.plugin, "summary": registered.spec.summary}


@curriculum.command("show")
@takes("grammar schedule division set_ seed json plugin")
def show_curriculum(options: CommandOptions, curriculum: CurriculumArgument) -> None:
    """Count the expressions of every stage, and show how hard they are and what is new in them."""
    from exprlearn.curriculum.overview import overview, remarks

    options = replace(options, curriculum=curriculum)
    settings = read_settings(options, load_plugins(options), "curriculum show")
    lessons = _lessons(settings, settings.components)
    stages = overview(lessons)
    found = remarks(stages)
    if options.json:
        print_document({"curriculum": curriculum, "stages": [each.document() for each in stages], "remarks": found})
        return
    rows = [_row(index, each) for index, each in enumerate(stages)]
    print_table(("stage", *NUMBERS, "easiest", "middling", "hardest"), rows, right=NUMBERS)
    for sentence in found:
        note(sentence)


def _lessons(settings: Settings, components: Components) -> Any:
    """Make the stages of a curriculum.

    Raises:
        OptionError: a setting of a grammar that no stage takes over.
    """
    from exprlearn.dataset import load_space
    from exprlearn.runs.preparation import load_stages

    lessons = load_stages(load_space(components.config.grammar, components), components)
    refuse_idle_grammar(settings.read.origins, [lesson.stage for lesson in lessons])
    return lessons


def _row(index: int, stage: Any) -> tuple[str, ...]:
    """Write a stage: what no earlier stage has is new in it."""
    from exprlearn.cli.training_progress import amount, estimated

    new = 1 - max(stage.shared[:index], default=0.0)
    low, middle, high = stage.points
    samples = [f"{sample.expression}={sample.answer}" for sample in stage.samples]
    return (
        stage.name,
        amount(stage.expressions),
        estimated(stage.drawn.examples, stage.drawn.said),
        str(stage.held_out),
        f"{low} · {middle} · {high}",
        f"{new:.0%}",
        *samples,
    )


@curriculum.command("run")
@takes(
    "grammar model schedule recipe set_ seed backend epochs max_time target name runs progress print_config json "
    "plugin plugins strict_plugins"
)
def run_curriculum(options: CommandOptions, curriculum: CurriculumArgument) -> None:
    """Train a model through the stages; the same as `exprlearn train --curriculum C`."""
    train_as_typed(replace(options, curriculum=curriculum))


@curriculum.command("build")
@takes(
    "train validation test grammar division working set_ seed shards format_ layout engine workers ray_address "
    "progress json plugin plugins"
)
def build_curriculum(options: CommandOptions, curriculum: CurriculumArgument, out: OutArgument) -> None:
    """Write every stage as a dataset folder; run again, it goes on where it stopped."""
    from exprlearn.dataset.store import build, hold_folder, recipe_of, write_collection_card

    options = replace(options, curriculum=curriculum)
    plugins = load_plugins(options)
    settings = read_settings(options, plugins, "curriculum build", idle=idle_settings(options.layout))
    recipes: dict[str, DatasetRecipe] = {
        folder_of(number, lesson.name): recipe_of(lesson.components, file_format=options.format_, layout=options.layout)
        for number, lesson in enumerate(_lessons(settings, with_shards(settings)), start=1)
    }
    done: dict[str, Built] = {}
    with hold_folder(out), open_engine(options, plugins) as engine:
        for folder, recipe in recipes.items():
            with show_files(options.progress, sum(recipe.asked.values())) as heard:
                done[folder] = build(out / folder, recipe, tools_for(options), engine=engine, heard=heard)
            for sentence in remarks(done[folder]):
                note(f"{folder}: {sentence}")
        manifests = {folder: built.manifest for folder, built in done.items() if built.manifest}
        if not write_collection_card(out, f"Arithmetic in stages: {Path(curriculum).stem}", manifests):
            note(f"{out / 'README.md'} is left as it is: remove it to have the stages of this curriculum written there")
    if options.json:
        print_document({"folder": str(out), "stages": [{"folder": name} for name in done]})
        return
    echo("\n".join(f"{built.folder}" for built in done.values()))


def folder_of(number: int, name: str) -> str:
    """Name the folder of a stage: its number, and as much of its name as any file system takes.

    >>> folder_of(2, "2 digits, no carry"), folder_of(1, "+ -")
    ('2-2-digits-no-carry', '1')
    """
    return "-".join([str(number), *re.findall(r"[a-z0-9]+", name.lower())])


@curriculum.command("fit")
@takes("runs json plugin plugins")
def fit_difficulty(options: CommandOptions, run: RunArgument = "latest", size: SizeOption = 4000) -> None:
    """Fit the points of each feature to what a trained model answers wrongly."""
    import numpy as np

    from exprlearn.dataset.difficulty import FEATURES, WEIGHTS
    from exprlearn.dataset.difficulty.fitting import fit

    rows = load_run(run, options).evaluate("test", size).predictions
    found = fit([row.expression for row in rows], np.array([row.answer != row.truth for row in rows], bool))
    if options.json:
        correlations = {"fitted": found.correlation, "usual": found.usual}
        counts = {"wrong": found.wrong, "count": found.count}
        print_document({"weights": dict(found.weights), "rank_correlation": correlations, **counts})
        return
    names = [name for name in FEATURES if found.weights[name] or WEIGHTS[name]]
    print_table(
        ("feature", "usual", "fitted"),
        [(name, WEIGHTS[name], found.weights[name]) for name in names],
        right=("usual", "fitted"),
    )
    echo(f"\n{found.wrong} of {found.count} answers are wrong; the points are fitted to every other one")
    echo(f"rank correlation with the rest: fitted {found.correlation:.2f}, usual {found.usual:.2f}\n")
    points = ", ".join(f"{name} = {count}" for name, count in found.weights.items() if count)
    echo(f'[curriculum]\nname = "auto"\nweights = {{ {points} }}')
