"""New plugins: a package that works as it is written, for an author to change."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from exprlearn.errors import OptionError, suggest
from exprlearn.files import write_whole
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.spec import NAME, Kind, class_name

PREFIX = "exprlearn-"


def write_plugin(name: str, kind: str, into: Path) -> list[Path]:
    """Write a package with one component and its tests, and list its files; an `OptionError` says why it cannot.

    Args:
        name: of the component; its distribution is called `exprlearn-NAME`, which may be given as well.
        kind: of the component.
        into: where the folder `exprlearn-NAME` is made.
    """
    name = name.removeprefix(PREFIX)
    if not NAME.fullmatch(name):
        raise OptionError(f"'{name}' is no name of a component: write lower-case words joined by '-'")
    if kind not in KINDS:
        raise OptionError(f"no kind of component named '{kind}': {suggest(kind, list(KINDS))}")
    folder = into / f"{PREFIX}{name}"
    if folder.exists():
        raise OptionError(
            f"{folder} exists already and is left alone: choose another name, or another folder with --into"
        )
    module = folder.name.replace("-", "_")
    texts = {
        folder / "pyproject.toml": _fill("pyproject.toml", name, KINDS[kind]),
        folder / "README.md": _fill("README.md", name, KINDS[kind]),
        folder / "src" / module / "__init__.py": module_text(name, KINDS[kind]),
        folder / "src" / module / "py.typed": "",
        folder / "tests" / "test_contract.py": _fill("test_contract.py", name, KINDS[kind]),
    }
    for file, text in texts.items():
        _make(file.parent)
        write_whole(file, text, OptionError)
    return list(texts)


def module_text(name: str, kind: Kind) -> str:
    """Write the module of a plugin with one component, which works as a plugin in one file too."""
    return _fill(f"kinds/{kind.name}.py", name, kind)


def _fill(template: str, name: str, kind: Kind) -> str:
    """Fill a template of `scaffold/` in."""
    from jinja2 import Environment, StrictUndefined

    from exprlearn import __version__

    title = class_name(name) if f"-{name}".endswith(f"-{kind.name}") else class_name(f"{name}-{kind.name}")
    blanks: dict[str, Any] = {
        "name": name,
        "kind": kind.name,
        "title": title,
        "distribution": f"{PREFIX}{name}",
        "module": f"{PREFIX}{name}".replace("-", "_"),
        "contract": kind.contract,
        "test_options": kind.test_options,
        "use": kind.command.format(name=name),
        "bounds": _bounds(__version__),
    }
    text = (files("exprlearn.plugin") / "scaffold" / f"{template}.jinja").read_text(encoding="utf-8")
    # What is written is Python and TOML, where nothing is escaped as a web page would be.
    writer = Environment(undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, autoescape=False)
    return writer.from_string(text).render(blanks)


def _bounds(version: str) -> str:
    """Write the versions that a plugin goes with: from this minor one up to the next.

    >>> _bounds("0.1.3")
    '>=0.1,<0.2'
    """
    major, minor = version.split(".")[:2]
    return f">={major}.{minor},<{major}.{int(minor) + 1}"


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"cannot make {folder}: {error.strerror or error}") from error
