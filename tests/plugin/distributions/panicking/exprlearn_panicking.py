from __future__ import annotations

from exprlearn.plugin import hookimpl


class PanicException(BaseException):
    """What extensions written in Rust raise."""


@hookimpl
def exprlearn_models() -> None:
    raise PanicException("called `Option::unwrap()` on a `None` value")
