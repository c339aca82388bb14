"""The recipe of a dataset: everything that decides its bytes, as plain text that any process can take along."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Final, Literal

from pydantic import ValidationError

from exprlearn.config import Components, RunConfig, leaves
from exprlearn.config.setting_values import NOTHING
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.earlier_stages import EarlierStage
from exprlearn.dataset.held_out_lines import SpaceForms
from exprlearn.dataset.splits import check_drawing
from exprlearn.errors import DataError, OptionError
from exprlearn.grammar.loading import load_grammar
from exprlearn.sampling.ordering.hashing import DATA_VERSION

FileFormat = Literal["jsonl", "parquet"]
LayoutName = Literal["rows", "qa", "chat", "completion", "tokens"]

#: In a template, where the expression goes.
EXPRESSION: Final = "{expression}"
#: Layouts that ask.
ASKING: Final[tuple[LayoutName, ...]] = ("qa", "chat", "completion")
#: What recipes need not say, so that those of before and their folders stay what they are.
MAY_BE_BLANK: Final = ("beside", "earlier", "template")

#: Of dataset folders. In format 1 a file could hold several splits, and `difficulty` was the number of calculations.
FORMAT: Final = 2

SECTIONS: Final = ("seed", "grammar", "division", "data")
#: Decides bytes only where a working is written.
WORKING_SECTIONS: Final = ("working",)
#: Decide bytes only where ids are written.
TOKEN_SECTIONS: Final = ("tokenizer", "padding", "reversal", "encoding")


@dataclass(frozen=True)
class DatasetRecipe:
    """What a dataset is made from; equal recipes give equal files.

    Attributes:
        config: the sections of the config that matter, as JSON.
        grammar_name: the grammar's name, whatever folder it lay in.
        grammar_text: the grammar itself.
        file_format: how rows are stored.
        layout: what is in a row.
        data_version: of the keyed hashes that all chance comes from.
        format: of the folder; decides what files are called, and what stands in a row of the layout `rows`.
        beside: what other stages hold, as JSON, whose held-out expressions no working shows; blank without any.
        earlier: stages, as JSON, whose expressions are left out; blank without any.
        template: what is asked, with `{expression}` where the expression goes; blank asks as the layout does.
    """

    config: str
    grammar_name: str
    grammar_text: str
    file_format: FileFormat = "jsonl"
    layout: LayoutName = "rows"
    data_version: int = DATA_VERSION
    format: int = FORMAT
    beside: str = ""
    earlier: str = ""
    template: str = ""

    @cached_property
    def sections(self) -> dict[str, Any]:
        """The sections of the config, as plain values."""
        found: dict[str, Any] = json.loads(self.config)
        return found

    @cached_property
    def run_config(self) -> RunConfig:
        """A whole config, as by default where data needs none of it; a `DataError` says why it cannot be read."""
        try:
            return RunConfig.model_validate(self.sections)
        except ValidationError as error:
            raise DataError(f"the config that the folder was built from cannot be read: {error}") from error

    @property
    def renewed(self) -> DatasetRecipe:
        """The same recipe with the settings that its config was too old to know, which are as by default."""
        return replace(self, config=_write(_sections(self.run_config, self.sections)))

    @property
    def asked(self) -> dict[Split, int]:
        """How many examples of each split are asked for."""
        return {split: int(self.sections["data"][split]) for split in SPLITS}

    @property
    def has_working(self) -> bool:
        """Tell whether rows hold the working of their answers."""
        return "working" in self.sections

    @cached_property
    def digest(self) -> str:
        """The sha256 of all that is above, in hexadecimal."""
        # Without other stages and a template it is what it was before there could be any.
        said = {name: value for name, value in asdict(self).items() if value or name not in MAY_BE_BLANK}
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def forms_beside(self) -> tuple[SpaceForms, ...]:
        """What other stages hold; a `DataError` says that it cannot be read."""
        try:
            return tuple(map(SpaceForms.of_plain, json.loads(self.beside or "[]")))
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(f"what the other stages hold cannot be read: {error!r}") from error

    @property
    def earlier_stages(self) -> tuple[EarlierStage, ...]:
        """The stages whose expressions are left out; a `DataError` says that they cannot be read."""
        try:
            return tuple(map(EarlierStage.of_plain, json.loads(self.earlier or "[]")))
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(f"the earlier stages cannot be read: {error!r}") from error

    def differences(self, other: DatasetRecipe) -> list[str]:
        """List what another recipe says otherwise, one line each."""
        mine, others = asdict(self), asdict(other)
        lines = [
            f"{name.replace('_', ' ')}: {mine[name]} here, {others[name]} asked for"
            for name in ("grammar_name", "file_format", "layout", "template", "data_version", "format")
            if mine[name] != others[name]
        ]
        if self.grammar_text != other.grammar_text:
            lines.append("the text of the grammar is another one")
        if self.beside != other.beside:
            lines.append("the other stages hold other expressions")
        if self.earlier != other.earlier:
            lines.append("the stages whose expressions are left out are others")
        here, asked = (dict(leaves(recipe.sections)) for recipe in (self, other))
        keys = sorted(here.keys() | asked.keys())
        return lines + [
            f"{key}: {here.get(key)} here, {asked.get(key)} asked for"
            for key in keys
            if here.get(key) != asked.get(key)
        ]


def recipe_of(
    components: Components,
    *,
    file_format: FileFormat = "jsonl",
    layout: LayoutName = "rows",
    beside: Sequence[SpaceForms] = (),
    earlier: Sequence[EarlierStage] = (),
    template: str | None = None,
) -> DatasetRecipe:
    """Write the recipe of a config, its grammar read and all options of its components written out.

    Args:
        components: of the config.
        file_format: how rows are stored.
        layout: what is in a row.
        beside: what other stages hold, whose held-out expressions no working may show.
        earlier: stages whose expressions are left out.
        template: what is asked, with `{expression}` where the expression goes; None asks as the layout does.

    Raises:
        OptionError: the config asks for no training examples, or for a balance of splits by position; the layout asks
            nothing, or the template does not say once where the expression goes.
        GrammarError: the grammar cannot be read.
    """
    config = components.config
    if template is not None and layout not in ASKING:
        raise OptionError(f"--template: rows of layout {layout} ask nothing: choose --layout {', '.join(ASKING)}")
    if template is not None and template.count(EXPRESSION) != 1:
        raise OptionError(f"--template {template}: write {EXPRESSION} once, such as 'What is {EXPRESSION}?'")
    if not config.data.train:
        raise OptionError("data.train: say how many training examples to write, such as --train 100000")
    check_drawing(config.data.balance, config.data.split, config.data.mix)
    grammar = load_grammar(config.grammar.name, components.grammars)
    has_working = config.working.name != NOTHING
    more = (WORKING_SECTIONS if has_working else ()) + (TOKEN_SECTIONS if layout == "tokens" else ())
    sections = _sections(config, SECTIONS + more)
    # The folder that the grammar lay in does not matter.
    sections["grammar"]["name"] = grammar.name
    return DatasetRecipe(
        config=_write(sections),
        grammar_name=grammar.name,
        grammar_text=grammar.text,
        file_format=file_format,
        layout=layout,
        beside=_write([each.plain() for each in beside]) if beside else "",
        earlier=_write([each.plain() for each in earlier]) if earlier else "",
        template=template or "",
    )


def _sections(config: RunConfig, names: Iterable[str]) -> dict[str, Any]:
    """Return sections as plain values; of whole workings nothing says that parts of them might be left out."""
    tree = config.model_dump(mode="json")
    if not tree["working"]["drop"]:
        del tree["working"]["drop"]
    return {name: tree[name] for name in names}


def _write(plain: Any) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)
