"""What to type instead of an option that no command has: the `--set` of the setting that is meant."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from exprlearn.config import RunConfig
from exprlearn.config.sections import CHOICES, SECTIONS
from exprlearn.errors import OptionError
from exprlearn.plugin.manager import plugins_from_environment

#: What others call a setting. Words are those of the command line, without dashes.
ALSO_CALLED: Mapping[str, str] = {
    "batch": "training.batch_size",
    "bs": "training.batch_size",
    "clipnorm": "training.clip",
    "dim": "model.units",
    "grad-clip": "training.clip",
    "hidden": "model.units",
    "hidden-dim": "model.units",
    "hidden-size": "model.units",
    "lr": "training.learning_rate",
    "lr-schedule": "training.schedule",
    "lr-scheduler": "training.schedule",
    "num-layers": "model.layers",
    "samples-per-epoch": "training.examples_per_epoch",
    "early-stopping": "training.patience",
    "train-size": "data.train",
    "val-size": "data.validation",
    "test-size": "data.test",
}
#: What is set otherwise than by `--set`.
OTHERWISE: Mapping[str, str] = {
    **dict.fromkeys(
        ("cpu", "cuda", "device", "gpu"),
        "the backend takes a GPU where it finds one, and CUDA_VISIBLE_DEVICES= hides them; --backend chooses the "
        "backend (--set training.backend=VALUE)",
    ),
    **dict.fromkeys(("max-epochs", "num-epochs", "n-epochs"), "did you mean --epochs N?"),
    "random-seed": "did you mean --seed N?",
    "time-limit": "did you mean --max-time SPAN?",
}


def refuse(error: Any) -> None:
    """Raise an `OptionError` with the `--set` that an unknown option means, unless none is near or none can be set.

    Args:
        error: the parser's `NoSuchOption`.
    """
    has = {name for parameter in error.ctx.command.params for name in parameter.opts} if error.ctx else set()
    if "--set" not in has or not error.option_name.startswith("--"):
        return
    said = meant(error.option_name.removeprefix("--"), settings_by_word())
    if said is not None:
        raise OptionError(f"no option {error.option_name}: {said}") from error


def meant(option: str, settings: Mapping[str, list[str]]) -> str | None:
    """Say what to type instead of an option; None where nothing is near.

    Args:
        option: without its dashes.
        settings: dotted keys by their last word.

    >>> meant("lr", {}), meant("units", {"units": ["model.units"]})
    ('did you mean --set training.learning_rate=VALUE?', 'did you mean --set model.units=VALUE?')
    >>> meant("batch-sise", {"batch_size": ["training.batch_size"]})
    'did you mean --set training.batch_size=VALUE?'
    """
    option = option.lower().replace("_", "-")
    if option in OTHERWISE:
        return OTHERWISE[option]
    if option in ALSO_CALLED:
        return _did_you_mean([ALSO_CALLED[option]])
    near = get_close_matches(option.replace("-", "_"), settings, n=1, cutoff=0.8)
    return _did_you_mean(settings[near[0]]) if near else None


def _did_you_mean(keys: list[str]) -> str:
    return f"did you mean {' or '.join(f'--set {key}=VALUE' for key in keys)}?"


def settings_by_word() -> dict[str, list[str]]:
    """Map the last word of each setting to its dotted keys: those of the sections, then the options of components."""
    sections = {section: RunConfig.model_fields[section].annotation for section in SECTIONS}
    pairs = [(section, word) for section, made in sections.items() for word in getattr(made, "model_fields", {})]
    registries = plugins_from_environment().registries
    for where, choice in CHOICES.items():
        for entry in registries[choice.kind].entries:
            pairs += [(where, word) for word in entry.spec.options.model_fields]
    found: dict[str, list[str]] = {}
    for section, word in dict.fromkeys(pairs):
        found.setdefault(word, []).append(f"{section}.{word}")
    return found
