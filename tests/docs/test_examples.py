"""What the pages show is run: Python blocks, settings, grammars, commands and links."""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from exprlearn.cli.app import app
from exprlearn.cli.commands import BUILT_IN, make_command
from exprlearn.config import RunConfig, read_config, resolve
from exprlearn.grammar import grammar_from_text
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
ABOUT = ("README.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md")
PAGES = [*(PROJECT / name for name in ABOUT), *sorted(DOCS.rglob("*.md"))]
FILES = sorted((DOCS / "examples").iterdir())
PLUGIN_FILES = [file for file in FILES if file.suffix == ".py"]

BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and the comment right above it.

    `<!-- file: examples/x.py -->` says which file the block shows, `<!-- hook: name -->` that it is the example of a
    hook, which has tests of its own, and `<!-- not run: why -->` excuses it.
    """

    page: str
    line: int
    language: str
    text: str
    note: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    def noted(self, word: str) -> str:
        return self.note.removeprefix(f"{word}: ") if self.note.startswith(f"{word}: ") else ""


def blocks_of(page: Path) -> Iterator[Block]:
    text, name = page.read_text(encoding="utf-8"), str(page.relative_to(PROJECT))
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("text"))
        yield Block(name, line, found["language"], found["text"], found["note"] or "")


def blocks_in(*languages: str) -> list[Block]:
    blocks = [block for page in PAGES for block in blocks_of(page)]
    return [block for block in blocks if block.language in languages and not block.noted("not run")]


def commands() -> Iterator[tuple[str, str]]:
    """Yield every exprlearn command that a page tells to type, with its place."""
    for block in blocks_in("sh", "console"):
        lines = block.text.splitlines()
        typed = [line.removeprefix("$ ") for line in lines if block.language == "sh" or line.startswith("$ ")]
        for line in typed:
            yield from ((str(block), part) for part in line.split(" && ") if part.startswith("exprlearn "))


def leaves(command: Any, path: str = "exprlearn") -> Iterator[tuple[str, Any]]:
    """Yield every command without subcommands."""
    below = getattr(command, "commands", {})
    for name, child in below.items():
        yield from leaves(child, f"{path} {name}")
    if not below:
        yield path, command


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    """The built-in components and those of the example files."""
    return Plugins(only=[], files=PLUGIN_FILES, strict=True)


@pytest.mark.integration
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_of_a_page_do_what_they_show(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    blocks = [block for block in blocks_of(page) if block.language == "python" and not block.note]
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    names: dict[str, Any] = {}
    said: list[str] = []
    for block in blocks:
        test = doctest.DocTestParser().get_doctest(block.text, names, str(block), block.page, block.line)
        runner.run(test, out=said.append, clear_globs=False)
        names = test.globs
    assert "".join(said) == ""


@pytest.mark.parametrize("block", blocks_in("python", "py", "pycon"), ids=str)
def test_every_python_block_is_run_or_shows_a_file(block: Block) -> None:
    assert block.language == "python"
    assert ">>> " in block.text or block.noted("file") or block.noted("hook")


@pytest.mark.parametrize(
    "block", [block for block in blocks_in("python", "lark", "toml") if block.noted("file")], ids=str
)
def test_a_block_that_shows_a_file_shows_all_of_it(block: Block) -> None:
    assert block.text == (DOCS / block.noted("file")).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_example_file_is_shown_on_a_page(file: Path) -> None:
    assert f"examples/{file.name}" in {block.noted("file") for page in PAGES for block in blocks_of(page)}


@pytest.mark.parametrize("block", blocks_in("lark"), ids=str)
def test_every_grammar_of_the_pages_can_be_counted(block: Block) -> None:
    space = ExpressionSpace(grammar_from_text(block.text, name="shown"))
    assert space.ambiguity().level == "proven"
    assert space.size > 0


@pytest.mark.parametrize("block", [block for block in blocks_in("toml") if not block.noted("file")], ids=str)
def test_every_config_of_the_pages_is_understood(block: Block, plugins: Plugins, tmp_path: Path) -> None:
    file = tmp_path / "shown.toml"
    file.write_text(block.text, encoding="utf-8")
    config = read_config(file, plugins=plugins).config
    assert config != RunConfig()
    assert resolve(config, plugins).config


@pytest.mark.parametrize(("place", "command"), list(commands()))
def test_every_command_of_the_pages_can_be_typed(place: str, command: str) -> None:
    _, *words = shlex.split(command, comments=True)
    current = typer.main.get_command(app)
    if words and words[0] in BUILT_IN:
        current = make_command(words.pop(0))
    while words and words[0] in getattr(current, "commands", {}):
        current = current.commands[words.pop(0)]  # type: ignore[attr-defined]
    context = current.make_context(command, words)
    assert not any(str(word).startswith("--") for word in context.args)


LEAVES = [leaf for name in BUILT_IN for leaf in leaves(make_command(name), f"exprlearn {name}")]


@pytest.mark.parametrize(("name", "command"), LEAVES)
def test_every_command_and_option_is_on_the_page_of_commands(name: str, command: Any) -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    assert f"`{name}" in page
    assert [option for option in options if option not in page] == []


def test_every_setting_is_on_the_page_of_commands() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    sections = {name: field.annotation for name, field in RunConfig.model_fields.items()}
    keys = [key for section in sections.values() for key in getattr(section, "model_fields", {})]
    assert [key for key in {*sections, *keys} if f"`{key}`" not in page and f"`[{key}]`" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("record", sorted((DOCS / "decisions").glob("*.md")), ids=lambda record: record.stem)
def test_a_decision_record_is_short_listed_and_says_its_cost(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 40
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Cost"]
    assert f"decisions/{record.name}" in (DOCS / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", PLUGIN_FILES, ids=lambda file: file.stem)
def test_an_example_plugin_brings_the_component_of_its_name(file: Path, plugins: Plugins) -> None:
    names = [entry.spec.name for registry in plugins.registries.values() for entry in registry if not entry.is_built_in]
    assert file.stem in names


def test_the_example_model_writes_logits_for_every_step_of_an_answer(plugins: Plugins) -> None:
    from exprlearn.backend.keras_import import load_keras

    load_keras("tensorflow")
    spec = plugins[ModelSpec]["gru"]
    model = spec.build(Shape(source_length=7, target_length=5, vocabulary_size=15), spec.options(units=4))
    assert (model.input_shape, model.output_shape) == ((None, 7), (None, 5, 15))
