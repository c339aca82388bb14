"""The builder of a dataset: a recipe opened, ready to make any row, and what a machine brings along for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from exprlearn.arithmetic import UNLIMITED
from exprlearn.config import Components, resolve
from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import Answering
from exprlearn.dataset.earlier_stages import BeyondEarlierStages
from exprlearn.dataset.held_out_lines import HeldOutLines
from exprlearn.dataset.splits import lines_for, load_space, open_drawing
from exprlearn.dataset.store.dataset_recipe import DatasetRecipe
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.dataset.store.layouts import IdWriter, Layout, layout_named
from exprlearn.dataset.store.planning import Plan, files_for, plan
from exprlearn.errors import DataError, OptionError
from exprlearn.plugin import Working
from exprlearn.plugin.manager import Plugins, plugins_from_environment
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.ordering.hashing import DATA_VERSION
from exprlearn.working import drop_parts, write_working

if TYPE_CHECKING:
    from exprlearn.plugin.kinds.drawing import Drawing


@dataclass(frozen=True)
class Tools:
    """What a recipe names but does not hold.

    Attributes:
        plugin_files: one-file plugins to load.
        plugin_names: installed plugins to load, comma-separated; None loads all.
        encoder: makes what writes ids; needed by the layout `tokens` alone. A function at the top of a module, so that
            other processes find it too.
    """

    plugin_files: tuple[Path, ...] = ()
    plugin_names: str | None = None
    encoder: Callable[[ExpressionSpace, Components], IdWriter] | None = None

    def plugins(self) -> Plugins:
        """Load the plugins; a `PluginError` names a file or name that cannot be had."""
        return plugins_from_environment(only=self.plugin_names, files=self.plugin_files)


class DatasetBuilder:
    """Makes rows by a recipe, with the components of its config."""

    def __init__(self, recipe: DatasetRecipe, components: Components, tools: Tools) -> None:
        self.recipe, self.components, self._tools = recipe, components, tools

    @cached_property
    def space(self) -> ExpressionSpace:
        """All expressions of the recipe's grammar."""
        return load_space(self.components.config.grammar, self.components, text=self.recipe.grammar_text)

    @property
    def measures(self) -> tuple[str, ...]:
        """What is counted in every expression, such as terms."""
        return tuple(self.space.strata[0].sizes)

    @cached_property
    def encoder(self) -> IdWriter | None:
        """What writes ids; None where the layout has none."""
        if self.recipe.layout != "tokens" or self._tools.encoder is None:
            return None
        return self._tools.encoder(self.space, self.components)

    @cached_property
    def layout(self) -> Layout:
        """What is in a row."""
        return layout_named(
            self.recipe.layout,
            self.encoder,
            template=self.recipe.template,
            folder_format=self.recipe.format,
            has_working=self.recipe.has_working,
        )

    @cached_property
    def plan(self) -> Plan:
        """Which rows go into which file; may count the examples of a small space.

        Raises:
            OptionError: more files than rows.
            DataError: there is not one training example.
        """
        asked, shards = self.recipe.asked, self.components.config.data.shards
        found = self.drawing.availability(asked, files_for(asked, shards)[0])
        planned = plan(asked, shards, FORMATS[self.recipe.file_format].suffix, found)
        if not planned.counts["train"]:
            raise DataError(
                f"not one expression of {self.space.grammar.name} is a training example: "
                "loosen the constraints, choose another division policy, or widen the grammar's sizes and range"
            )
        return planned

    @cached_property
    def answering(self) -> Answering:
        """The rules that decide which expressions are examples."""
        components = self.components
        return Answering(components.division, components.constraints, operators=self.space.calculated_by)

    @cached_property
    def drawing(self) -> Drawing:
        """How rows are drawn; a `DataError` says that fewer examples are there than asked for, or too many to list."""
        return open_drawing(self.space, self.components, self.recipe.forms_beside)

    def rows(self, piece: Piece) -> Iterator[Rows]:
        """Yield the rows of a piece; a `DataError` says that hardly any expression is an example."""
        rows = self.drawing.rows(piece)
        working = self.components.working
        return rows if working is None else (self._with_workings(each, working) for each in rows)

    @cached_property
    def lines(self) -> HeldOutLines | None:
        """What tells held-out lines of workings; None where none are written."""
        return lines_for(self.space, self.components, self.recipe.forms_beside)

    def _with_workings(self, rows: Rows, working: Working) -> Rows:
        division = self.components.division
        pairs = zip(rows.expressions.tolist(), rows.answers.tolist(), strict=True)
        texts = [write_working(text, working, division, truth=truth, limits=UNLIMITED) for text, truth in pairs]
        drop = self.components.config.working.drop
        shown = [
            drop_parts(text, truth, working, drop) for text, truth in zip(texts, rows.answers.tolist(), strict=True)
        ]
        return replace(rows, workings=np.array(shown, np.str_), whole_workings=np.array(texts, np.str_))


@lru_cache(maxsize=1)
def open_builder(recipe: DatasetRecipe, tools: Tools) -> DatasetBuilder:
    """Open a recipe, once a process.

    Raises:
        DataError: a recipe of another version, or one whose config is none.
        OptionError: components that nobody offers, options they do not take, or ids without an encoder.
    """
    if recipe.data_version != DATA_VERSION:
        raise DataError(
            f"these rows are of data version {recipe.data_version}, this exprlearn makes version {DATA_VERSION}: "
            "use the exprlearn that built the folder, or build it anew elsewhere"
        )
    components = resolve(recipe.run_config, tools.plugins())
    if recipe.layout == "tokens" and tools.encoder is None:
        raise OptionError(f"layout {recipe.layout}: needs an encoder, such as Tools(encoder=make_encoder)")
    earlier = recipe.earlier_stages
    if earlier:
        beyond = BeyondEarlierStages([stage.open(components) for stage in earlier])
        components = replace(components, constraints=(*components.constraints, beyond))
    return DatasetBuilder(recipe, components, tools)
