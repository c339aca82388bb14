"""From what was typed to plugins, a checked config and its components, a run, an engine.

A setting that a command makes no use of is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import note, warn
from exprlearn.config import Components, ConfigWithOrigins, Preset, RunConfig, read_config, resolve, to_annotated_toml
from exprlearn.config.components import GrammarTexts
from exprlearn.errors import OptionError
from exprlearn.plugin import Engine, EngineSpec, GrammarSpec, Stage
from exprlearn.plugin.manager import Plugins, plugins_from_environment

if TYPE_CHECKING:
    from exprlearn.dataset.pairs import Pairs
    from exprlearn.runs.run import Run

QUICKSTART_NAME = "quickstart"
#: Settings that a recipe's band does not depend on.
DECIDES_NOTHING = {
    "seed",
    *(f"training.{key}" for key in ("backend", "processes", "metrics", "callbacks", "observers", "deterministic")),
}

_EXAMPLES = (
    "grammar",
    "division",
    "seed",
    *(f"data.{key}" for key in ("constraints", "level", "split", "balance", "mix")),
)
_SIZES = ("grammar.terms", "grammar.brackets", "grammar.range")
_COUNTS = ("data.train", "data.validation", "data.test", "data.shards")
_FILE = ("data.file", "data.question_key", "data.answer_key")
_IDS = ("tokenizer", "padding", "reversal")
# Whether each stage can be reached depends on the number of epochs.
_STAGES = ("curriculum", "training.epochs")
_TRAINING = (
    *_EXAMPLES,
    "data.thinning",
    *_COUNTS[:-1],
    "working",
    "curriculum",
    *_IDS,
    "encoding",
    "model",
    "training",
)

#: By command: sections, or keys of sections.
USES: Mapping[str, tuple[str, ...]] = {
    "grammar check": ("grammar",),
    "grammar count": ("grammar", "division", "data.constraints"),
    "grammar rank": ("grammar",),
    "grammar at": ("grammar",),
    "grammar sample": ("grammar", "division", "seed", "data.level", "data.mix"),
    "data preview": (*_EXAMPLES, "data.validation", "data.test", *_IDS),
    "data build": (*_EXAMPLES, *_COUNTS, "working", *_IDS, "encoding"),
    "data audit": ("division", "working"),
    "curriculum show": (*_EXAMPLES, "data.thinning", "working", *_STAGES),
    "curriculum sample": (*_EXAMPLES, "data.thinning", "working", *_STAGES),
    "curriculum make": ("grammar", "division", "data.constraints"),
    "curriculum build": (*_EXAMPLES, *_COUNTS, "working", *_IDS, "encoding", *_STAGES),
    "worksheet": ("grammar", "division", "data.constraints", "data.level", "curriculum"),
    "explain": ("grammar", "division", "working", "data.constraints", *_IDS, "encoding", "model", "training.backend"),
    "evaluate": ("grammar", "seed", "data.mix"),
    "train": (*_TRAINING, *_FILE),
    "sweep": (*_TRAINING, *_FILE),
}

#: The command that makes use of a setting, by the longest of these that its key begins with.
_ELSEWHERE: Mapping[str, str] = {
    "grammar": "grammar count",
    **dict.fromkeys(("seed", "division"), "grammar sample"),
    **dict.fromkeys(("data", *_IDS), "data preview"),
    **dict.fromkeys(_COUNTS, "data build"),
    **dict.fromkeys(_FILE, "train"),
    "data.thinning": "train",
    "curriculum": "curriculum show",
    **dict.fromkeys(("working", "encoding", "model"), "explain"),
    "training": "train",
}

NEEDED_ENGINE = {"workers": ("--workers", "processes"), "address": ("--ray-address", "ray")}


def load_plugins(options: CommandOptions) -> Plugins:
    """Load plugins once and tell each that is broken; a `PluginError` where a named one cannot be had."""
    plugins = plugins_from_environment(only=options.plugins, files=options.plugin or (), strict=options.strict_plugins)
    for failure in plugins.failures:
        warn(str(failure))
    return plugins


def load_run(reference: str, options: CommandOptions, *, backend: str | None = None) -> Run:
    """Load a trained run with its plugins, on a backend; None takes that of its training."""
    # A command that needs a grammar alone waits for no model.
    from exprlearn.runs.run_folder import find
    from exprlearn.runs.starting import load

    folder = find(reference, options.runs)
    run = load(folder.path, plugins=load_plugins(options), backend=backend)
    for sentence in run.notes:
        note(sentence)
    return run


def read_other_test(run: Run, options: CommandOptions) -> Components:
    """Return the components of a run with the grammar that was typed, whose test it is to be asked.

    An `OptionError` tells every problem at once.
    """
    plugins = load_plugins(options)
    kept = {**run.config.model_dump(mode="json", exclude={"grammar"}), "curriculum": {"name": "none"}}
    flags = {key: value for key, value in options.settings().items() if key in ("grammar.name", *_SIZES)}
    read = read_config(None, flags, options.set_ or (), preset=Preset(run.folder.name, kept), plugins=plugins)
    refuse_unused("evaluate", read.config, read.origins)
    return resolve(read.config, plugins)


@contextmanager
def open_engine(options: CommandOptions, plugins: Plugins, *, fresh: bool = False) -> Iterator[Engine]:
    """Make an engine, and close it at the end; an `OptionError` where it takes no workers, or no address.

    Without a name it is `ray` beside an address, `processes` where several workers are asked for, else `serial`.

    Args:
        options: its name, its workers, its address.
        plugins: where it comes from.
        fresh: whether units had better leave each other nothing, as those that import a backend.
    """
    workers, address = options.workers, options.ray_address
    name = options.engine or ("ray" if address else "processes" if (workers or 1) > 1 else "serial")
    known = plugins[EngineSpec][name].options.model_fields
    typed = {"workers": None if (name, workers) == ("serial", 1) else workers, "address": address}
    given: dict[str, object] = {key: value for key, value in typed.items() if value is not None}
    problems = [
        f"{flag}: the engine '{name}' takes none; try --engine {other}"
        for key, (flag, other) in NEEDED_ENGINE.items()
        if key in given and key not in known
    ]
    if problems:
        raise OptionError(problems)
    if fresh and "fresh" in known:
        given["fresh"] = True
    engine: Engine = plugins[EngineSpec].make(name, given, where="engine")
    try:
        yield engine
    finally:
        engine.close()


@dataclass(frozen=True)
class Settings:
    """A checked config with its origins, the plugins of the components it names, the recipe asked for.

    With the pairs that it names, where it is that of a new training.
    """

    read: ConfigWithOrigins
    plugins: Plugins
    recipe: str | None = None
    pairs: Pairs | None = None

    @cached_property
    def components(self) -> Components:
        """Make what the config names."""
        return resolve(self.read.config, self.plugins)

    @property
    def grammars(self) -> GrammarTexts:
        """Map names to what reads a grammar."""
        return GrammarTexts(self.plugins[GrammarSpec])

    @property
    def title(self) -> str:
        """Name what is learned when nothing named a grammar: two-digit addition."""
        return QUICKSTART_NAME if self.read.origin("grammar.name") == QUICKSTART_NAME else ""

    def claimed(self) -> dict[str, Any] | None:
        """Return what is claimed and expected of the recipe, with the settings that were changed; None without one."""
        if self.recipe is None:
            return None
        from exprlearn.recipes.catalogue import find_recipe

        recipe = find_recipe(self.recipe)
        about = recipe.about.model_dump(mode="json", include={"claim", "measured", "band"})
        own = {key for key, origin in self.read.asked().items() if origin != recipe.name} - DECIDES_NOTHING
        return {"name": recipe.name, **about, "changed": sorted(own)}

    def toml(self) -> str:
        """Write every setting with its origin, the options of components included."""
        return to_annotated_toml(self.components.config, self.read.origins)


def read_settings(
    options: CommandOptions, command: str = "train", plugins: Plugins | None = None, *, quickstart: bool = False
) -> Settings:
    """Read and check the settings that a command's options name; an `OptionError` tells every problem at once.

    Args:
        options: flags, and `--config`, `--set`, `--recipe`, whose settings lie below all others, and `--curriculum`,
            a name or a TOML file with a section `[curriculum]`.
        command: as it is typed; flags and `--set` that it makes no use of are refused.
        plugins: where components come from, when they are loaded already.
        quickstart: learn two-digit addition in about a minute, unless an option names what to learn.
    """
    plugins = plugins or load_plugins(options)
    sets, recipe = options.set_ or (), options.recipe
    file, flags = _with_curriculum(options.curriculum, options.config, options.settings())
    asked = (options.grammar, options.data, recipe, options.config, options.curriculum)
    names_grammar = bool({"grammar.name", "data.file"} & {item.partition("=")[0].strip() for item in sets})
    if quickstart and not names_grammar and all(each is None for each in asked):
        recipe = QUICKSTART_NAME
    preset = _preset_of(recipe) if recipe else None
    # Data is the same whatever model will learn from it, and the file of a run says all there is to say.
    of_model = "model" in USES[command] and options.resume is None
    checking = None if _needs_grammar_alone(command, {**flags, **dict.fromkeys(sets, "")}, asked[1:]) else plugins
    read = read_config(file, flags, sets, preset=preset, plugins=checking, of_model=of_model)
    pairs = _named_pairs(read.config) if command == "train" and options.resume is None else None
    if pairs is not None:
        from exprlearn.dataset.pairs.settings import pairs_preset, refuse_beside_pairs

        below = pairs_preset(pairs, preset)
        read = read_config(file, flags, sets, preset=below, plugins=plugins, of_model=of_model)
        refuse_beside_pairs(read)
    if read.config.curriculum.name != "none" and not any(key.startswith("grammar.") for key in read.origins):
        # Anyone who names no grammar beside a curriculum wants to learn what its last stage is taken from.
        task = _last_grammar(resolve(read.config, plugins), preset)
        read = read_config(file, flags, sets, preset=task, plugins=plugins, of_model=of_model)
    refuse_unused(command, read.config, read.origins, options.layout)
    for sentence in read.notes:
        note(sentence)
    settings = Settings(read, plugins, options.recipe, pairs)
    if checking is not None:
        # Whatever cannot be made is told now.
        _ = settings.components
    return settings


def _needs_grammar_alone(command: str, named: Mapping[str, Any], files: Sequence[Any]) -> bool:
    """Tell whether a command takes nothing but a grammar, or was asked for nothing else: there is no more to check."""
    if USES[command] == ("grammar",):
        return True
    keys = [key for key, value in named.items() if value is not None]
    nothing_else = all(each is None for each in files) and all(key.lstrip().startswith("grammar.") for key in keys)
    return command == "grammar count" and nothing_else


def _named_pairs(config: RunConfig) -> Pairs | None:
    from exprlearn.dataset.pairs import named_pairs

    return named_pairs(config)


def _preset_of(recipe: str) -> Preset:
    from exprlearn.recipes.catalogue import find_recipe

    return find_recipe(recipe).preset


def _with_curriculum(
    curriculum: str | None, file: Path | None, flags: Mapping[str, Any]
) -> tuple[Path | None, Mapping[str, Any]]:
    """Read a curriculum as the config file that it is, or as a name."""
    if curriculum is None:
        return file, flags
    if Path(curriculum).suffix != ".toml":
        return file, {**flags, "curriculum.name": curriculum}
    if file is not None:
        raise OptionError(f"--curriculum {curriculum} and --config {file} are both config files: join them into one")
    return Path(curriculum), flags


def _last_grammar(components: Components, preset: Preset | None) -> Preset | None:
    """Make the grammar that the last stage of a curriculum names the task, below everything that was asked for."""
    # Most commands that read settings know no stages, and wait for none.
    from exprlearn.curriculum.stage_data import last_grammar

    grammar = last_grammar(components)
    if not grammar:
        return preset
    name = preset.name if preset else f"curriculum {components.config.curriculum.name}"
    return Preset(name, {**(preset.values if preset else {}), "grammar": grammar})


def refuse_unused(command: str, config: RunConfig, origins: Mapping[str, str], layout: str = "rows") -> None:
    """Refuse flags and `--set` that a command makes no use of; what a file says besides is of other commands.

    Args:
        command: as it is typed.
        config: the settings.
        origins: where each was asked for, by its key.
        layout: what is in a row, where the command writes rows.
    """
    idle = dict(_idle(command, config, origins, layout))
    problems = []
    for key, origin in origins.items():
        if not origin.startswith("--"):
            continue
        missing = [said for known, said in idle.items() if _is_in(key, known)]
        if missing:
            problems.append(f"{origin}: {key}: {missing[0]}")
        elif not any(_is_in(key, known) for known in USES[command]):
            home = max((known for known in _ELSEWHERE if _is_in(key, known)), key=len)
            problems.append(f"{origin}: {key}: {command} makes no use of it, exprlearn {_ELSEWHERE[home]} does")
    if problems:
        raise OptionError(problems)


def refuse_idle_grammar(origins: Mapping[str, str], stages: Iterable[Stage]) -> None:
    """Refuse settings of a grammar that no stage takes over, each having one of its own."""
    if all("name" in stage.grammar for stage in stages):
        asked = {key: origin for key, origin in origins.items() if key.startswith("grammar.") and origin[:2] == "--"}
        said = "every stage names a grammar of its own: change the curriculum"
        if asked:
            raise OptionError([f"{origin}: {key}: {said}" for key, origin in asked.items()])


def _idle(command: str, config: RunConfig, origins: Mapping[str, str], layout: str) -> Iterator[tuple[str, str]]:
    """List what does nothing under the other settings, with what would change that."""
    if config.curriculum.name == "none":
        needed = "it needs a curriculum, such as --set curriculum.name=sums"
        yield from ((key, needed) for key in origins if key.startswith("curriculum.") and key != "curriculum.name")
    if command == "data preview" and config.data.split == "content":
        needed = "a preview needs it for parts by position alone: --set data.split=position"
        yield from ((key, needed) for key in ("data.validation", "data.test"))
    if command.endswith(" build") and layout != "tokens":
        needed = f"rows of layout {layout} hold no ids: --layout tokens"
        yield from ((key, needed) for key in (*_IDS, "encoding"))


def _is_in(key: str, known: str) -> bool:
    return key == known or key.startswith(f"{known}.")
