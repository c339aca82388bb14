"""The pages of docs/hooks, one a hook, made of the docstrings of what the hook is about.

python docs/generate.py      writes the pages anew
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exprlearn.plugin import hookspecs as hooks
from exprlearn.plugin.hookspecs import HOOKS
from exprlearn.plugin.manager import Plugins
from exprlearn.testing import checks_of
from exprlearn.testing.components import CHECKS as OF_EVERY_COMPONENT
from exprlearn.testing.interface import COMPONENTS, GIVEN, OFFERS, fields, members

PROJECT = Path(__file__).parents[1]
PAGES = PROJECT / "docs" / "hooks"
# Where more is told of a kind.
TOLD = {
    "grammar": "grammars",
    "constraint": "data",
    "division": "data",
    "drawing": "data",
    "curriculum": "curricula",
    "schedule": "curricula",
    "tokenizer": "encodings",
    "padding": "encodings",
    "reversal": "encodings",
    "model": "models",
    "metric": "judging",
    "observer": "training",
    "engine": "engines",
    "command": "cli",
}
NOTE = "<!-- written by docs/generate.py from docstrings; change those, then run it -->"


def title(hook: str) -> str:
    """Name the page of a hook.

    >>> title("exprlearn_metrics")
    'Metrics'
    """
    return plural(hook).capitalize()


def plural(hook: str) -> str:
    """Name the components of a hook, as its page's file is named."""
    return hook.removeprefix("exprlearn_")


def example(hook: str) -> str:
    """Return the plugin that a hook's docstring shows, as a file would hold it."""
    return textwrap.dedent(_parts(hook)[1]).strip() + "\n"


def example_file(hook: str) -> str:
    """Name the file of a hook's example after what it brings."""
    found = re.search(r'Spec\(\s*name="([a-z0-9-]+)"', example(hook))
    return found[1].replace("-", "_") + ".py" if found else ""


def page(hook: str, plugins: Plugins) -> str:
    """Write the page of a hook."""
    said = _parts(hook)[0].strip()
    more = f"[More](../{TOLD[HOOKS[hook].kind]}.md) on what these are for."
    parts = [f"# {title(hook)}", NOTE, f"`{hook}`: {said[0].lower()}{said[1:]}", more]
    parts += _example_section(hook)
    spec = HOOKS[hook]
    parts += [f"## The spec\n\n{sentence(spec)}", _table(("field", "what it is"), _fields(spec))]
    if spec.kind in COMPONENTS:
        parts += _members_section("What the component does", {COMPONENTS[spec.kind]: ()})
    parts += _members_section("What it may offer besides", dict.fromkeys(OFFERS.get(spec.kind, ()), ()))
    parts += _members_section("What it works with", GIVEN.get(spec.kind, {}))
    return "\n\n".join([*parts, *_checks_section(spec.kind), *_users_section(hook, plugins)]) + "\n"


def _parts(hook: str) -> tuple[str, str]:
    """Return a hook's docstring before its example, and the example."""
    before, _, after = inspect.cleandoc(getattr(hooks, hook).__doc__).partition("\nExample:\n")
    return before, after


def _example_section(hook: str) -> list[str]:
    file, kind = example_file(hook), HOOKS[hook].kind
    show = f"exprlearn components show {kind} {Path(file).stem.replace('_', '-')} --plugin {file}\n"
    check = f"exprlearn plugins check {Path(file).stem} --plugin {file}\n"
    code = f"<!-- hook: {hook} -->\n```python\n{example(hook)}```"
    return [f"## A plugin in one file\n\n`{file}`:", code, f"```sh\n{show}{check}```"]


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
    return found


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


def _checks_section(kind: str) -> list[str]:
    contract = f"`exprlearn.testing.{kind.capitalize()}Contract`"
    told = [f"- {check.statement}" for check in checks_of(kind) if check not in OF_EVERY_COMPONENT]
    text = f"{contract} and `exprlearn plugins check` check, besides what holds for"
    return ["## What is checked", f"{text} [every component](../plugins/testing.md):", "\n".join(told)]


def users(hook: str) -> list[str]:
    """Name the packages of plugins/ that implement a hook."""
    files = sorted((PROJECT / "plugins").glob("*/**/*.py"))
    using = [
        file.relative_to(PROJECT / "plugins").parts[0] for file in files if f"def {hook}(" in file.read_text("utf-8")
    ]
    return list(dict.fromkeys(using))


def _users_section(hook: str, plugins: Plugins) -> list[str]:
    registry = plugins.registries[HOOKS[hook].kind]
    parts = ["## Who uses it"] if registry.entries or users(hook) else []
    if registry.entries:
        rows = [(f"`{entry.spec.name}`", entry.spec.summary) for entry in registry]
        parts += ["Built in:", _table((HOOKS[hook].kind, "what it does"), rows)]
    if users(hook):
        links = [f"[{name}](../../plugins/{name}/README.md)" for name in users(hook)]
        parts.append(f"Packages in `plugins/`: {', '.join(links)}.")
    return parts


def pages() -> dict[str, str]:
    """Write all pages, by the name of their file."""
    plugins = Plugins(only=(), strict=True)
    return {f"{plural(hook)}.md": page(hook, plugins) for hook in HOOKS}


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")
