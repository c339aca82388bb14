"""The settings of a run: what they are, how they are read and written, and the components they name.

    [grammar] [division] [data] [curriculum] [tokenizer] [padding] [reversal] [encoding] [model] [training]

Precedence, low to high: defaults, preset, config file, named flags, `--set section.key=value`.
"""

from __future__ import annotations

from exprlearn.configuration.components import Components, missing_components, resolve
from exprlearn.configuration.layers import leaves
from exprlearn.configuration.reading import ConfigWithOrigins, Preset, read_config
from exprlearn.configuration.sections import (
    Choice,
    CurriculumChoice,
    DataSection,
    DivisionChoice,
    EncodingSection,
    GrammarSection,
    RunConfig,
    TrainingSection,
)
from exprlearn.configuration.writing import to_annotated_toml, to_toml

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
    "leaves",
    "missing_components",
    "read_config",
    "resolve",
    "to_annotated_toml",
    "to_toml",
]
