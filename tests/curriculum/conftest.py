from __future__ import annotations

from collections.abc import Callable

import pytest

from exprlearn.config import Components, RunConfig, resolve
from exprlearn.curriculum.stage_data import Lesson, open_lessons, stages_of
from exprlearn.dataset import load_space
from exprlearn.plugin.manager import Plugins


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    return Plugins(only=(), strict=True)


@pytest.fixture(scope="session")
def components_of(plugins: Plugins) -> Callable[..., Components]:
    """Make the components of a config, given by its sections."""
    return lambda **sections: resolve(RunConfig.model_validate(sections), plugins)


@pytest.fixture(scope="session")
def lessons_of(components_of: Callable[..., Components]) -> Callable[..., tuple[Lesson, ...]]:
    """Open the lessons of a config, given by its sections."""

    def opened(**sections: object) -> tuple[Lesson, ...]:
        components = components_of(**sections)
        space = load_space(components.config.grammar, components)
        return open_lessons(components, space, stages_of(components, space))

    return opened
