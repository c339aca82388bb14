"""Writing a config as TOML that reads back as the same config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomli_w

from exprlearn.configuration.layers import DEFAULT
from exprlearn.configuration.sections import RunConfig
from exprlearn.configuration.values import NOTHING


def to_toml(config: RunConfig) -> str:
    """Write a config as TOML; it feeds back into `--config`.

    >>> print(to_toml(RunConfig(seed=3)).splitlines()[0])
    seed = 3
    """
    return tomli_w.dumps(_plain(config.model_dump(mode="json"), RunConfig().model_dump(mode="json")))


def to_annotated_toml(config: RunConfig, origins: Mapping[str, str]) -> str:
    """Write a config as TOML with the origin of each value as a comment."""
    lines, section = [], ""
    for line in to_toml(config).splitlines():
        if line.startswith("["):
            section = line.strip("[]") + "."
        name, equals, _ = line.partition(" = ")
        if equals and not line[0].isspace():
            line = f"{line}  # {_origin(section + name, origins)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _origin(key: str, origins: Mapping[str, str]) -> str:
    found = [origin for known, origin in origins.items() if known == key or known.startswith(f"{key}.")]
    return found[0] if found else DEFAULT


def _plain(tree: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Drop what is None by default and write any other None as 'none', for TOML has no such value."""
    plain: dict[str, Any] = {}
    for name, value in tree.items():
        default = defaults.get(name)
        if isinstance(value, Mapping):
            plain[name] = _plain(value, default if isinstance(default, Mapping) else {})
        elif value is not None:
            plain[name] = value
        elif default is not None:
            plain[name] = NOTHING
    return plain
