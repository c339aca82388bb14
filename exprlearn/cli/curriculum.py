"""`exprlearn curriculum`: list curricula, look at their stages, write them to files, train through them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from exprlearn.cli.curriculum_build import build
from exprlearn.cli.curriculum_fit import fit
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import (
    RUNS,
    BackendOption,
    DivisionOption,
    EpochsOption,
    GrammarOption,
    JsonOption,
    MaxTimeOption,
    ModelOption,
    PluginFilesOption,
    PluginNamesOption,
    PrintConfigOption,
    ProgressOption,
    RecipeOption,
    RunsOption,
    ScheduleOption,
    SeedOption,
    SetOption,
    StrictPluginsOption,
    TargetOption,
)
from exprlearn.cli.output import note, print_document, print_table
from exprlearn.cli.settings import settings
from exprlearn.cli.train import NameOption, train
from exprlearn.cli.uses import refuse_idle_grammar

curriculum = typer.Typer(
    no_args_is_help=True, help="Teach a task in stages: look at curricula, write them to files, run them."
)

CurriculumArgument = Annotated[str, typer.Argument(metavar="C", help="A curriculum's name or a .toml file.")]
NUMBERS = ("expressions", "drawn", "held out", "points", "new")


@curriculum.command("list")
def list_curricula(json: JsonOption = False, plugin: PluginFilesOption = None) -> None:
    """List the curricula and the schedules that can take a training through them."""
    plugins = load_plugins(plugin)
    kinds = {"curricula": plugins.registries["curriculum"], "schedules": plugins.registries["schedule"]}
    if json:
        print_document({kind: [_entry(each) for each in registry] for kind, registry in kinds.items()})
        return
    rows = [(registry.kind, each.spec.name, each.spec.summary) for registry in kinds.values() for each in registry]
    print_table(("kind", "name", "what it does"), rows, fold=("what it does",))


@curriculum.command("show")
def show_curriculum(
    curriculum: CurriculumArgument,
    grammar: GrammarOption = None,
    schedule: ScheduleOption = None,
    division: DivisionOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
) -> None:
    """Count the expressions of every stage, and show how hard they are and what is new in them."""
    from exprlearn.curriculum.overview import overview, remarks
    from exprlearn.dataset import load_space
    from exprlearn.runs.curriculum_stages import load_stages

    flags = {
        "grammar.name": grammar,
        "division.policy": division,
        "curriculum.schedule.name": schedule,
        "seed": seed,
    }
    chosen = settings(load_plugins(plugin), flags, command="curriculum show", sets=set_, curriculum=curriculum)
    components = chosen.components
    lessons = load_stages(load_space(components.config.grammar, components), components)
    refuse_idle_grammar(chosen.read.origins, [lesson.stage for lesson in lessons])
    stages = overview(lessons)
    found = remarks(stages)
    if json:
        print_document({"curriculum": curriculum, "stages": [each.document() for each in stages], "remarks": found})
        return
    rows = [_row(place, each) for place, each in enumerate(stages)]
    print_table(("stage", *NUMBERS, "easiest", "middling", "hardest"), rows, right=NUMBERS)
    for sentence in found:
        note(sentence)


@curriculum.command("run")
def run_curriculum(
    curriculum: CurriculumArgument,
    grammar: GrammarOption = None,
    model: ModelOption = None,
    schedule: ScheduleOption = None,
    recipe: RecipeOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    backend: BackendOption = None,
    epochs: EpochsOption = None,
    max_time: MaxTimeOption = None,
    target: TargetOption = None,
    name: NameOption = None,
    runs: RunsOption = RUNS,
    progress: ProgressOption = "auto",
    print_config: PrintConfigOption = False,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Train a model through the stages; the same as `exprlearn train --curriculum C`."""
    train(
        grammar=grammar,
        model=model,
        curriculum=curriculum,
        schedule=schedule,
        recipe=recipe,
        set_=set_,
        seed=seed,
        backend=backend,
        epochs=epochs,
        max_time=max_time,
        target=target,
        name=name,
        runs=runs,
        progress=progress,
        print_config=print_config,
        json=json,
        plugin=plugin,
        plugins=plugins,
        strict_plugins=strict_plugins,
    )


curriculum.command("build")(build)
curriculum.command("fit")(fit)


def _entry(registered: Any) -> dict[str, str]:
    return {"name": registered.spec.name, "plugin": registered.plugin, "summary": registered.spec.summary}


def _row(place: int, stage: Any) -> tuple[str, ...]:
    """Write a stage: what no earlier stage has is new in it."""
    from exprlearn.cli.progress_words import amount, estimated

    new = 1 - max(stage.shared[:place], default=0.0)
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
