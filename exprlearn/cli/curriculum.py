"""`exprlearn curriculum`: list curricula, look at their stages, write them to files, fit how hard they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exprlearn.cli.data_build import remarks, tools_for, with_shards
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, note, print_document, print_line, print_table
from exprlearn.cli.progress import show_files
from exprlearn.cli.settings import Settings, load_plugins, load_run, open_engine, read_settings, refuse_idle_grammar
from exprlearn.config import Components
from exprlearn.counts import amount
from exprlearn.curriculum import overview
from exprlearn.curriculum.making import Maker, curriculum_toml
from exprlearn.dataset import load_space, store
from exprlearn.dataset.difficulty import FEATURES, WEIGHTS, points_of
from exprlearn.dataset.difficulty.fitting import fit
from exprlearn.errors import OptionError, suggest
from exprlearn.files import write_whole
from exprlearn.plugin.registry import Registered
from exprlearn.runs.preparation import load_stages

NUMBERS = ("expressions", "drawn", "held out", "points", "new")


def list_curricula(options: CommandOptions) -> None:
    """List the curricula and the schedules that can take a training through them."""
    registries = load_plugins(options).registries
    kinds = {"curricula": registries["curriculum"], "schedules": registries["schedule"]}
    if options.json:
        print_document({kind: [_entry(each) for each in registry] for kind, registry in kinds.items()})
        return
    rows = [(registry.kind, each.spec.name, each.spec.summary) for registry in kinds.values() for each in registry]
    print_table(("kind", "name", "what it does"), rows, fold=("what it does",))


def _entry(registered: Registered[Any]) -> dict[str, str]:
    return {"name": registered.spec.name, "plugin": registered.plugin, "summary": registered.spec.summary}


def show_curriculum(options: CommandOptions) -> None:
    """Count the expressions of every stage, and show how hard they are and what is new in them."""
    settings = read_settings(options, "curriculum show")
    stages = overview.overview(_stages(settings, settings.components))
    found = overview.remarks(stages)
    if options.json:
        listed = [each.document() for each in stages]
        print_document({"curriculum": options.curriculum, "stages": listed, "remarks": found})
        return
    drops = any(each.drop for each in stages)
    rows = [(*_row(index, each), *([str(each.drop)] if drops else [])) for index, each in enumerate(stages)]
    headings = ("stage", *NUMBERS, "easiest", "medium", "hardest", *(["left out"] if drops else []))
    print_table(headings, rows, right=NUMBERS)
    for sentence in found:
        note(sentence)


def _stages(settings: Settings, components: Components) -> Any:
    """Make the stages of a curriculum; settings of a grammar that none of them takes over are refused."""
    stages = load_stages(load_space(components.config.grammar, components), components)
    refuse_idle_grammar(settings.read.origins, [each.stage for each in stages])
    return stages


def _row(index: int, stage: Any) -> tuple[str, ...]:
    """Write a stage: what no earlier stage has is new in it."""
    new = 1 - max(stage.shared[:index], default=0.0)
    low, middle, high = stage.points
    samples = [f"{sample.expression}={sample.answer}" for sample in stage.samples]
    return (
        stage.name,
        amount(stage.expressions),
        str(stage.drawn),
        str(stage.held_out),
        f"{low} · {middle} · {high}",
        f"{new:.0%}",
        *samples,
    )


def sample_curriculum(options: CommandOptions) -> None:
    """Print training examples of one stage, or of each, none twice."""
    settings = read_settings(options, "curriculum sample")
    for stage in _chosen(_stages(settings, settings.components), options.stage):
        examples, _ = stage.splits.train.fixed_items(options.count)
        points = [points_of(example.expression) for example in examples]
        if not options.json:
            echo(f"{stage.name}:")
        for example, difficulty in zip(examples, points, strict=True):
            row = {"stage": stage.name, **example._asdict(), "difficulty": difficulty}
            print_line(row) if options.json else echo(f"  {example.expression} = {example.answer}")


def _chosen(stages: Sequence[Any], asked: str | None) -> Sequence[Any]:
    """Find the stage that is asked for by its name or its number from 1; all without one."""
    numbered = {str(number): stage for number, stage in enumerate(stages, start=1)}
    found = {**numbered, **{stage.name: stage for stage in stages}}
    if asked is None or asked in found:
        return stages if asked is None else [found[asked]]
    names = [stage.name for stage in stages]
    raise OptionError(
        f"STAGE: no stage is called '{asked}': {suggest(asked, names)}, or a number from 1 to {len(stages)}"
    )


def make_curriculum(options: CommandOptions) -> None:
    """Write a file of stages that lead from the easiest expressions of a grammar to all of them."""
    maker = Maker(read_settings(options, "curriculum make").components, options.operators)
    stages = maker.stages(options.stages)
    if options.file.exists():
        raise OptionError(f"{options.file} is there already: choose another file, or remove it")
    write_whole(options.file, curriculum_toml(maker, stages), OptionError)
    if options.json:
        print_document(
            {"file": str(options.file), "stages": [{"name": each.name, "points": each.points} for each in stages]}
        )
        return
    for number, stage in enumerate(stages, start=1):
        echo(f"{number}. {stage.name}, half of it up to {stage.points} points")
    echo(f"look at it with: exprlearn curriculum show {options.file}")


def build_curriculum(options: CommandOptions) -> None:
    """Write every stage as a dataset folder; run again, it goes on where it stopped."""
    out = options.out
    settings = read_settings(options, "curriculum build")
    recipes = {
        folder_of(number, stage.name): store.recipe_of(
            stage.components,
            file_format=options.format_,
            layout=options.layout,
            template=options.template,
            beside=stage.forms_beside,
            earlier=stage.earlier,
        )
        for number, stage in enumerate(_stages(settings, with_shards(settings)), start=1)
    }
    done: dict[str, store.Built] = {}
    with store.hold_folder(out), open_engine(options, settings.plugins) as engine:
        for folder, recipe in recipes.items():
            with show_files(options.progress, sum(recipe.asked.values())) as heard:
                done[folder] = store.build(out / folder, recipe, tools_for(options), engine=engine, heard=heard)
            for sentence in remarks(done[folder]):
                note(f"{folder}: {sentence}")
        manifests = {folder: built.manifest for folder, built in done.items() if built.manifest}
        title = f"Arithmetic in stages: {Path(options.curriculum or '').stem}"
        if not store.write_collection_card(out, title, manifests):
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


def fit_difficulty(options: CommandOptions) -> None:
    """Fit the points of each feature to what a trained model answers wrongly."""
    rows = load_run(options.run, options).evaluate("test", options.size).predictions
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
