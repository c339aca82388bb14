"""The figures of the package, each beside its bar: `python tests/habits/figures.py`.

What is counted follows from the files alone, but for the two ways through the program, which are watched while it runs:
every Python file of the package that is visited, and how often the way leads from one room into another.
"""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

PACKAGE = Path(__file__).parents[2] / "exprlearn"
#: Rooms that repeat the modules of others: commands, contract checks, kinds; and the file of that name in every room.
MIRRORS, MIRRORED = {"cli", "testing", "kinds"}, {"__init__", "builtin"}
#: Words that stood for something else, or for several things, in the names of modules, classes and functions.
RETIRED = {
    *("told", "telling", "seated", "audience", "pace", "heading", "keeping", "lesson", "lessons", "course", "courses"),
    *("reaching", "stretching", "workshop", "judge", "judged", "portions", "least", "twin", "twins", "carrying"),
    *("carried", "supply", "summed", "noting", "laid", "turns", "walks"),
}
#: A shape such as (n, length) or [n], or a dtype such as int64.
SHAPE = re.compile(r"[\[(][a-z_0-9]+(, ?[a-z_0-9* +-]+)*,?[\])]|\b(int|float|bool|uint)\d*\b", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """One figure and what it should be.

    Attributes:
        name: what is counted.
        value: how much was found.
        least: the least it should be.
        most: the most it should be.
        unit: what follows the number.
        found: examples of what is counted, to look at.
    """

    name: str
    value: float
    least: float = 0
    most: float = float("inf")
    unit: str = ""
    found: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether the figure is what it should be."""
        return self.least <= self.value <= self.most

    def __str__(self) -> str:
        """Write the figure, its bar and the first things found."""
        bar = f"at most {self.most:g}" if self.least == 0 else f"{self.least:g} to {self.most:g}"
        if self.most == float("inf"):
            bar = f"at least {self.least:g}"
        lines = [f"{'holds' if self.holds else 'MISSES':7} {self.value:8.6g}{self.unit:2} {self.name} ({bar})"]
        return "\n".join(lines + [f"{'':20}{each}" for each in (() if self.holds else self.found)])


def sources() -> dict[Path, str]:
    """Read every module of the package, by its path below the package."""
    return {path.relative_to(PACKAGE): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def figures() -> list[Figure]:
    """Count everything that follows from the files."""
    texts = sources()
    trees = {path: ast.parse(text) for path, text in texts.items()}
    lengths = {path: len(text.splitlines()) for path, text in texts.items()}
    lines, modules = sum(lengths.values()), {path: n for path, n in lengths.items() if path.stem != "__init__"}
    classes, names = repeated_classes(trees), repeated_modules(texts)
    longest = sorted(modules, key=lambda path: -modules[path])[:3]
    circles = import_circles(trees)
    return [
        Figure("lines of the package", lines, most=34_000),
        Figure("files of the package", len(texts), most=300),
        Figure("lines of the median module", median(modules.values()), least=100, most=180),
        Figure("lines of the longest module", max(lengths.values()), most=400, found=tuple(map(str, longest))),
        Figure("import lines", 100 * sum(map(import_lines, trees.values())) / lines, most=7, unit="%"),
        Figure("comment lines", 100 * sum(map(comment_lines, texts.values())) / lines, least=3, most=15, unit="%"),
        Figure("class names that stand twice", len(classes), most=0, found=tuple(classes)),
        Figure("module names that stand twice", len(names), most=0, found=tuple(names)),
        Figure("names of retired words", len(old := retired_names(trees)), most=0, found=tuple(old)),
        Figure("array functions without a shape", len(bare := shapeless(trees)), most=0, found=tuple(bare)),
        Figure("circles of imports", len(circles), most=0, found=tuple(circles)),
        Figure("small modules with one importer", len(small := fragments(trees, lengths)), most=0, found=tuple(small)),
    ]


def retired_names(trees: Mapping[Path, ast.Module]) -> list[str]:
    """List the modules, classes and functions that are named by a retired word; checks of contracts are sentences."""
    names = [(path, path.stem) for path in trees]
    for path, tree in trees.items():
        if "testing" not in path.parts:
            kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
            names += [(path, node.name) for node in ast.walk(tree) if isinstance(node, kinds)]
    return [f"{path}: {name}" for path, name in names if RETIRED & {*re.findall("[a-z]+", _with_gaps(name))}]


def _with_gaps(name: str) -> str:
    """Write a name as words.

    >>> _with_gaps("_LineCheck"), _with_gaps("read_rows")
    ('__line_check', 'read_rows')
    """
    return re.sub("([A-Z])", r"_\1", name).lower()


def shapeless(trees: Mapping[Path, ast.Module]) -> list[str]:
    """List the public functions that return arrays and whose docstring gives neither shape nor dtype."""
    return [
        f"{path}: {node.name}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if node.returns and "NDArray" in ast.unparse(node.returns)
        if not SHAPE.search(ast.get_docstring(node) or "")
    ]


def import_lines(tree: ast.Module) -> int:
    """Count the lines of imports, inside of functions as well."""
    return sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


def comment_lines(text: str) -> int:
    """Count the lines that are a comment, or end in one."""
    rows = iter(text.splitlines(keepends=True))
    tokens = tokenize.generate_tokens(lambda: next(rows, ""))
    return sum(token.type == tokenize.COMMENT and "type:" not in token.string for token in tokens)


def repeated_classes(trees: Mapping[Path, ast.Module]) -> list[str]:
    """List the class names that stand in two modules or more, with where."""
    places: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].add(str(path))
    return [f"{name}: {', '.join(sorted(found))}" for name, found in sorted(places.items()) if len(found) > 1]


def repeated_modules(paths: Iterable[Path]) -> list[str]:
    """List the module names that stand twice outside of rooms that mirror others."""
    places: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        if path.stem not in MIRRORED and not MIRRORS & set(path.parts):
            places[path.stem].add(str(path))
    return [f"{name}: {', '.join(sorted(found))}" for name, found in sorted(places.items()) if len(found) > 1]


def imported(path: Path, tree: ast.Module, known: set[str], *, deferred: bool = True) -> set[str]:
    """List the modules of the package that one imports, as `room.module`.

    Args:
        path: of the module below the package.
        tree: its text, parsed.
        known: all modules.
        deferred: whether imports inside of functions count.
    """
    found = set()
    for node in _running(tree, deferred=deferred):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "exprlearn":
            base = (node.module or "").removeprefix("exprlearn").lstrip(".")
            whole = [f"{base}.{alias.name}".lstrip(".") for alias in node.names]
            found |= {name if name in known else base for name in whole}
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("exprlearn.") for alias in node.names}
    return {name for name in found if name in known and name != module_name(path)}


def module_name(path: Path) -> str:
    """Write a path as a module below the package.

    >>> module_name(Path("sampling/counting/__init__.py"))
    'sampling.counting'
    """
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _running(node: ast.AST, *, deferred: bool) -> Iterator[ast.AST]:
    """Walk through what runs: not what is there for types alone, and functions only where asked for."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and not deferred:
            continue
        yield child
        yield from _running(child, deferred=deferred)


def import_circles(trees: Mapping[Path, ast.Module]) -> list[str]:
    """List the groups of modules that import each other, imports inside of functions included.

    A group is what can be reached from each of its modules (Tarjan's strongly connected components).
    """
    known = {module_name(path) for path in trees}
    graph = {module_name(path): imported(path, tree, known) for path, tree in trees.items()}
    reached = {name: _reachable(graph, name) for name in graph}
    groups = {frozenset({name, *(other for other in reached[name] if name in reached[other])}) for name in graph}
    return sorted(", ".join(sorted(group)) for group in groups if len(group) > 1)


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        for name in graph[waiting.pop()] - found:
            found.add(name)
            waiting.append(name)
    return found


def fragments(trees: Mapping[Path, ast.Module], lengths: Mapping[Path, int], fewest: int = 60) -> list[str]:
    """List the short modules that one other module of their room alone imports.

    A component in a file of its own is none: the `builtin` module of the room, or the room itself, lists it.
    """
    known = {module_name(path) for path in trees}
    importers: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        for name in imported(path, tree, known):
            importers[name].add(module_name(path))
    found = []
    for path in trees:
        room, name = path.parts[0], module_name(path)
        if path.stem in MIRRORED or lengths[path] >= fewest or len(importers[name]) != 1:
            continue
        importer = next(iter(importers[name]))
        if importer.startswith(f"{room}.") and importer.rpartition(".")[2] not in MIRRORED:
            found.append(f"{path} ({lengths[path]} lines): {importer}")
    return found


@dataclass
class Way:
    """What is visited while something runs.

    Attributes:
        files: the modules of the package, in the order of the first visit.
        changes: how often a call leads from one room into another.
    """

    files: list[str] = field(default_factory=list)
    changes: int = 0
    _room: str = ""

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """Hear of every call, as `sys.setprofile` tells it."""
        if event != "call" or not frame.f_code.co_filename.startswith(f"{PACKAGE}/"):
            return
        path = Path(frame.f_code.co_filename).relative_to(PACKAGE)
        self.changes += path.parts[0] != self._room
        self._room = path.parts[0]
        if str(path) not in self.files:
            self.files.append(str(path))


def watch(run: Callable[[], Any]) -> tuple[Any, Way]:
    """Run something and tell its way through the package."""
    way = Way()
    sys.setprofile(way)
    try:
        return run(), way
    finally:
        sys.setprofile(None)


def ways() -> list[Figure]:
    """Watch the splits of mixed arithmetic being made, and one more training example, whose answer stands alone."""
    from exprlearn.config import read_config, resolve
    from exprlearn.dataset import load_space, load_splits
    from exprlearn.plugin.manager import Plugins

    plugins = Plugins(only=())
    flags = {"grammar.name": "mixed", "working.name": "none", "data.mix": "terms"}
    components = resolve(read_config(None, flags, [], plugins=plugins).config, plugins)
    space = load_space(components.config.grammar, components)
    splits, made = watch(lambda: load_splits(space, components))
    _, example = watch(lambda: splits.train.take(1))
    return [
        Figure("files visited for the splits", len(made.files), most=20, found=tuple(made.files)),
        Figure("files visited for one training example", len(example.files), most=14, found=tuple(example.files)),
        # These two have no bar; they are there to be looked at.
        Figure("changes of room for the splits", made.changes),
        Figure("changes of room for one training example", example.changes),
    ]


if __name__ == "__main__":
    print(*figures(), *ways(), sep="\n")
