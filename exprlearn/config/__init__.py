"""The settings of a run: what they are, how they are read and written, and the components they name.

    [grammar] [division] [working] [data] [curriculum] [tokenizer] [padding] [reversal] [encoding] [model] [training]

Precedence, low to high: defaults, preset, config file, named flags, `--set section.key=value`.
"""

from __future__ import annotations

from exprlearn.config.components import Components, missing_components, resolve
from exprlearn.config.config_file import ConfigWithOrigins, Preset, read_config, to_annotated_toml, to_toml
from exprlearn.config.origins import leaves
from exprlearn.config.sections import (
    Choice,
    CurriculumChoice,
    DataSection,
    DivisionChoice,
    EncodingSection,
    GrammarSection,
    RunConfig,
    TrainingSection,
    WorkingChoice,
)

__all__ = [
    "Choice",
    "Components",
    "ConfigWithOrigins",
    "CurriculumChoice",
    "DataSection",
    "DivisionChoice",
    "EncodingSection",
    "GrammarSection",
    "Preset",
    "RunConfig",
    "TrainingSection",
    "WorkingChoice",
    "leaves",
    "missing_components",
    "read_config",
    "resolve",
    "to_annotated_toml",
    "to_toml",
]
