"""The hooks for what the network sees: tokenizers, paddings and reversals."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin.marks import hookspec
from exprlearn.plugin.specs import PaddingSpec, ReversalSpec, TokenizerSpec


@hookspec
def exprlearn_tokenizers() -> Iterable[TokenizerSpec]:  # type: ignore[empty-body]
    '''Yield tokenizers, for `--tokenizer NAME`.

    A tokenizer cuts expressions and answers into tokens that join to the same text, into the same ones each time. Ids
    are the positions of its symbols, so their order must be the same in every process: a set has none.

    Example:
        """A tokenizer plugin: two characters a token, from the left."""

        from collections.abc import Iterable

        from exprlearn.plugin import TokenizerSpec, hookimpl


        class Pairs:
            """Cuts `12+34` into `12`, `+3` and `4`."""

            per_character = False

            def symbols(self, alphabet):
                """List every character and every pair, in one order for all time."""
                characters = sorted({*"0123456789", *"".join(alphabet.literals), *alphabet.answer_characters})
                return characters + [first + second for first in characters for second in characters]

            def split(self, text):
                """Cut a text."""
                return [text[start : start + 2] for start in range(0, len(text), 2)]

            def join(self, tokens):
                """Write the tokens one after the other."""
                return "".join(tokens)


        @hookimpl
        def exprlearn_tokenizers() -> Iterable[TokenizerSpec]:
            """Yield the tokenizer."""
            yield TokenizerSpec(name="pairs", summary="Two characters a token.", make=lambda options: Pairs())
    '''


@hookspec
def exprlearn_paddings() -> Iterable[PaddingSpec]:  # type: ignore[empty-body]
    '''Yield paddings, for `--padding NAME`.

    A padding lays the ids of an expression out in a row of fixed width. Id 0 is padding; tokens keep their order.
    Only source rows are laid out so: answers end with an end mark and are padded at the right. The same text gives the
    same row each time, in every process: what a model is asked and judged on must not change from call to call. A
    padding that varies what a model *learns* from offers `pad_augmented` besides, for training rows alone.

    Example:
        """A padding plugin: text stands in the middle of its row."""

        from collections.abc import Iterable

        import numpy as np

        from exprlearn.errors import EncodingError
        from exprlearn.plugin import PaddingSpec, hookimpl


        class Centred:
            """Pads both sides alike."""

            def width(self, alphabet, vocabulary):
                """A token has a character at least, so rows are wide enough."""
                return alphabet.longest_expression

            def pad(self, ids, vocabulary, width):
                """Move each row's tokens to its middle; 0 is padding."""
                counts = (ids != 0).sum(axis=1)[:, None]
                if counts.max(initial=0) > width:
                    raise EncodingError(f"{counts.max()} tokens do not fit rows of {width}: write shorter expressions")
                rows, steps = np.zeros((len(ids), width), np.int32), np.arange(width)
                first = (width - counts) // 2
                rows[(steps >= first) & (steps < first + counts)] = ids[ids != 0]
                return rows


        @hookimpl
        def exprlearn_paddings() -> Iterable[PaddingSpec]:
            """Yield the padding."""
            yield PaddingSpec(name="centred", summary="Text in the middle of its row.", make=lambda options: Centred())
    '''


@hookspec
def exprlearn_reversals() -> Iterable[ReversalSpec]:  # type: ignore[empty-body]
    '''Yield reversals, for `--reversal NAME`.

    A reversal says which sides are written back to front: expressions, answers, both or none.

    Example:
        """A reversal plugin whose options say which sides are reversed."""

        from collections.abc import Iterable

        from pydantic import Field

        from exprlearn.plugin import Options, ReversalSpec, hookimpl


        class Sides(Options):
            """The sides; options have the two attributes of a reversal themselves."""

            source: bool = Field(default=False, description="Write expressions back to front.")
            target: bool = Field(default=True, description="Write answers back to front.")


        @hookimpl
        def exprlearn_reversals() -> Iterable[ReversalSpec]:
            """Yield the reversal, for `--reversal chosen --set reversal.source=true`."""
            yield ReversalSpec(
                name="chosen", summary="The sides that are asked for.", options=Sides, make=lambda options: options
            )
    '''
