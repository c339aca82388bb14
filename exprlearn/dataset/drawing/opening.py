"""From a config to the way in which its examples are drawn."""

from __future__ import annotations

from exprlearn.config import Components
from exprlearn.dataset.answering import Answering
from exprlearn.errors import OptionError
from exprlearn.plugin.kinds.drawing import Drawing, DrawingContext
from exprlearn.sampling import ExpressionSpace


def open_drawing(space: ExpressionSpace, components: Components) -> Drawing:
    """Make the drawing that a config names, for a space.

    Raises:
        OptionError: a way to draw that does not go with the way to split.
        DataError: a split by position has fewer examples than asked for, or the drawing is not for such a space.
    """
    config = components.config
    refuse_balance_by_position(config.data.balance, config.data.split)
    context = DrawingContext(
        space,
        Answering(components.division, components.constraints),
        config.seed,
        {"validation": config.data.validation, "test": config.data.test},
        level=config.data.level,
    )
    return components.drawing(context)


def refuse_balance_by_position(balance: str, by: str) -> None:
    """Refuse what does not go together.

    Raises:
        OptionError: a balance of splits by position, or one that is none.
    """
    if balance in ("content", "position"):
        raise OptionError(f"data.balance: '{balance}' is a way to split: choose data.split={balance}")
    if balance != "none" and by != "content":
        raise OptionError(f"data.balance: '{balance}' needs parts by content: choose data.split=content")
