from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from figures import (
    Figure,
    comment_lines,
    figures,
    fragments,
    import_circles,
    import_lines,
    imported,
    repeated_classes,
    retired_names,
    shapeless,
    watch,
)

ROOM = {
    Path("a/one.py"): "from exprlearn.a.two import f",
    Path("a/two.py"): "def g():\n    from exprlearn.a.one import h",
    Path("a/three.py"): "if TYPE_CHECKING:\n    from exprlearn.a.one import h\nclass C: pass",
    Path("b/four.py"): "from exprlearn.a import three\nclass C: pass",
}
TREES = {path: ast.parse(text) for path, text in ROOM.items()}

#: What is not to be lost again; the others are on their way.
KEPT = {
    "lines of the median module",
    "lines of the longest module",
    "class names that stand twice",
    "module names that stand twice",
    "names of retired words",
    "array functions without a shape",
    "circles of imports",
    "small modules with one importer",
}


def test_what_was_reached_is_kept() -> None:
    kept = [figure for figure in figures() if figure.name in KEPT]
    assert len(kept) == len(KEPT)
    assert [str(figure) for figure in kept if not figure.holds] == []


def test_an_example_and_the_splits_visit_few_files() -> None:
    command = [sys.executable, str(Path(__file__).with_name("figures.py"))]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    visited = [line for line in printed.splitlines() if "files visited for" in line]
    assert [line.split()[0] for line in visited] == ["holds", "holds"]


def test_modules_that_import_each_other_are_a_circle_whether_late_or_not() -> None:
    assert import_circles(TREES) == ["a.one, a.two"]


def test_an_import_for_types_alone_is_none() -> None:
    assert imported(Path("a/three.py"), TREES[Path("a/three.py")], {"a.one"}) == set()


def test_an_import_of_a_module_from_its_room_counts_as_one_of_the_module() -> None:
    assert imported(Path("b/four.py"), TREES[Path("b/four.py")], {"a", "a.three"}) == {"a.three"}


def test_a_class_name_that_stands_twice_is_found_with_where() -> None:
    assert repeated_classes(TREES) == ["C: a/three.py, b/four.py"]


def test_a_short_module_with_one_importer_is_a_fragment() -> None:
    lengths = dict.fromkeys(TREES, 10) | {Path("a/one.py"): 100}
    assert [found.split()[0] for found in fragments(TREES, lengths)] == ["a/two.py"]


def test_a_retired_word_in_a_name_is_found() -> None:
    trees = {Path("a.py"): ast.parse("class LessonPlan: pass"), Path("testing/b.py"): ast.parse("def is_told(): pass")}
    assert retired_names(trees | {Path("pace.py"): ast.parse("")}) == ["pace.py: pace", "a.py: LessonPlan"]


def test_a_function_of_arrays_says_their_shape() -> None:
    text = 'def f() -> NDArray[np.int64]:\n    """Count {}."""\n'
    trees = {Path(f"{shape}.py"): ast.parse(text.format(shape)) for shape in ("rows", "rows [n]", "(n, terms)")}
    assert shapeless(trees) == ["rows.py: f"]


def test_lines_of_imports_and_comments_are_counted() -> None:
    text = "from a import (\n    b,\n)\nx = 1  # why\n# because\n"
    assert (import_lines(ast.parse(text)), comment_lines(text)) == (3, 2)


def test_a_way_lists_the_files_that_are_visited() -> None:
    from exprlearn.visible import visible

    _, way = watch(lambda: visible("a"))
    assert (way.files, way.changes) == (["visible.py"], 1)


def test_a_figure_says_whether_it_holds() -> None:
    assert (
        str(Figure("files", 3, most=2, found=("one",))) == "MISSES         3   files (at most 2)\n" + " " * 20 + "one"
    )
