"""The grammars that go by a name, as what reads their text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from exprlearn.errors import UnknownName

if TYPE_CHECKING:
    from exprlearn.plugin import GrammarSpec
    from exprlearn.plugin.registry import Registry


class GrammarTexts(Mapping[str, Callable[[], str]]):
    """Maps names, and `plugin/name`, to what reads a grammar; a contested name is refused only when it is looked up."""

    def __init__(self, registry: Registry[GrammarSpec]) -> None:
        self._registry = registry

    def __getitem__(self, name: str) -> Callable[[], str]:
        """Return what reads a grammar.

        Raises:
            KeyError: there is no such grammar.
            AmbiguousName: several plugins bring one of that name.
        """
        try:
            return self._registry[name].text
        except UnknownName:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._registry.names)

    def __len__(self) -> int:
        return len(self._registry.names)
