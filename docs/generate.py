"""The pages of docs/hooks, one a hook, made of the docstrings of what the hook is about.

python docs/generate.py      writes the pages anew
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from interface import fields, members, works_with

from exprlearn.cli.components import defaults_of
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.scaffolding import module_text
from exprlearn.plugin.spec import Kind, Spec
from exprlearn.testing import checks_of
from exprlearn.testing.contract import OF_EVERY_COMPONENT

PROJECT = Path(__file__).parents[1]
PAGES = PROJECT / "docs" / "hooks"
USUAL = "returns the {} for its options."
NOTE = "<!-- written by docs/generate.py from docstrings; change those, then run it -->"


def example_file(kind: Kind) -> str:
    """Name the file of a hook's example after what it brings."""
    return kind.example.replace("-", "_") + ".py"


def page(kind: Kind, plugins: Plugins) -> str:
    """Write the page of a kind and its hook."""
    more = f"[More](../{kind.page}.md) on what these are for."
    said = f"`{kind.hook.__name__}`: {kind.purpose[0].lower()}{kind.purpose[1:]}"
    title = kind.plural.replace("_", " ").capitalize()
    parts = [f"# {title}", NOTE, said, more, *_example_section(kind)]
    parts += [f"## The spec\n\n{sentence(kind.spec)}", _table(("field", "what it is"), _fields(kind.spec))]
    parts += _members_section("What the component does", {kind.component: ()} if kind.component else {})
    parts += _members_section("What it may offer besides", dict.fromkeys(kind.offers, ()))
    parts += _members_section("What it works with", works_with(kind))
    return "\n\n".join([*parts, *_checks_section(kind), *_users_section(kind, plugins)]) + "\n"


def _example_section(kind: Kind) -> list[str]:
    file = example_file(kind)
    show = f"exprlearn components show {kind.name} {kind.example} --plugin {file}\n"
    check = f"exprlearn plugins check {Path(file).stem} --plugin {file}\n"
    code = f"<!-- hook: {kind.hook.__name__} -->\n```python\n{module_text(kind.example, kind)}```"
    new = f"`exprlearn plugins new {kind.example} --kind {kind.name}` writes the same as a package, with tests."
    return [f"## A plugin in one file\n\n`{file}`:", code, f"```sh\n{show}{check}```", new]


def sentence(thing: Any) -> str:
    """Return a docstring without its sections."""
    return re.split(r"\n+(?:Args|Attributes|Returns|Raises|Example):\n|\n+>>>", inspect.getdoc(thing) or "")[0].strip()


def described(thing: type) -> dict[str, str]:
    """Map each attribute that the docstrings of a class and of its parents name to what they say of it."""
    found: dict[str, str] = {}
    for each in thing.__mro__:
        sections = re.findall(r"^(?:Args|Attributes):\n((?:    .*\n?)+)", inspect.cleandoc(each.__doc__ or ""), re.M)
        lines = re.findall(r"^    (\w+): ((?:.*\n?)(?:     .*\n?)*)", "\n".join(sections), re.M)
        found = {name: " ".join(text.split()) for name, text in lines} | found
    # Most specs say no more of it.
    return found if thing is Spec or not issubclass(thing, Spec) else {"make": USUAL.format(thing.kind)} | found


def _fields(thing: type) -> list[tuple[str, str]]:
    """Describe the fields of a dataclass."""
    said = described(thing)
    return [(f"`{text}`", said[name]) for name, text in fields(thing).items()]


def _members_section(heading: str, things: Mapping[type, Sequence[str]]) -> list[str]:
    parts = [f"## {heading}"] if things else []
    for thing, names in things.items():
        rows = {name: (f"`{text}`", described(thing)[name]) for name, text in fields(thing).items()}
        rows |= {name: (f"`{text}`", sentence(function)) for name, text, function in members(thing)}
        shown = [row for name, row in rows.items() if not names or name in names]
        parts += [f"`{thing.__name__}`: {sentence(thing)}", _table(("member", "what it is"), shown)]
    return parts


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _checks_section(kind: Kind) -> list[str]:
    contract = f"`exprlearn.testing.{kind.contract}`"
    told = [f"- {check.statement}" for check in checks_of(kind.name) if check not in OF_EVERY_COMPONENT]
    text = f"{contract} and `exprlearn plugins check` check, besides what holds for"
    return ["## What is checked", f"{text} [every component](../plugins/testing.md):", "\n".join(told)]


def users(kind: Kind) -> list[str]:
    """Name the packages of plugins/ that implement a hook."""
    files, hook = sorted((PROJECT / "plugins").glob("*/**/*.py")), f"def {kind.hook.__name__}("
    using = [file.relative_to(PROJECT / "plugins").parts[0] for file in files if hook in file.read_text("utf-8")]
    return list(dict.fromkeys(using))


def _users_section(kind: Kind, plugins: Plugins) -> list[str]:
    registry = plugins.registries[kind.name]
    parts = ["## Who uses it"] if registry.entries or users(kind) else []
    if registry.entries:
        rows = [(f"`{entry.spec.name}`", entry.spec.summary) for entry in registry]
        parts += ["Built in:", _table((kind.name, "what it does"), rows)]
    defaults = [
        (f"`{entry.spec.name}`", f"`{key}`", f"`{value}`")
        for entry in registry
        for key, value in defaults_of(entry.spec).items()
    ]
    if defaults:
        parts += ["Settings that they have defaults of:", _table((kind.name, "setting", "default"), defaults)]
    if users(kind):
        links = [f"[{name}](../../plugins/{name}/README.md)" for name in users(kind)]
        parts.append(f"Packages in `plugins/`: {', '.join(links)}.")
    return parts


def pages() -> dict[str, str]:
    """Write all pages, by the name of their file."""
    plugins = Plugins(only=(), strict=True)
    return {f"{kind.plural}.md": page(kind, plugins) for kind in KINDS.values()}


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
