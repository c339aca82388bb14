"""The ways through the code that the page of the walk writes down: functions are there, and counts are right."""

from __future__ import annotations

import re
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "walk.md").read_text(encoding="utf-8")
WAYS = dict(re.findall(r"^### (One [^\n]*)\n\n(.*?)(?=^#)", PAGE, re.DOTALL | re.MULTILINE))
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
MOST_ROOMS, MOST_WAYS_BACK = 12, 4


def lines_of(way):
    """Return room and function of each line of a table."""
    return re.findall(r"^\| (\w+) \| `([\w.]+)` \|", WAYS[way], re.MULTILINE)


def find(room, function):
    """Return what the function's name says, in the module of the room or in the room itself."""
    *modules, last = function.split(".")
    name = ".".join(["exprlearn", room, *(each for each in modules if each.islower())])
    inside = [*(each for each in modules if not each.islower()), last]
    return attrgetter(".".join(inside))(import_module(name))


@pytest.mark.parametrize("way", WAYS)
def test_every_function_of_a_way_is_there(way):
    lines = lines_of(way)
    assert len(lines) > 9
    assert all(callable(find(room, function)) for room, function in lines)


@pytest.mark.parametrize("way", WAYS)
def test_rooms_and_ways_back_are_counted_rightly_and_are_few(way):
    rooms = [room for room, _ in lines_of(way)]
    visits = [room for index, room in enumerate(rooms) if index == 0 or rooms[index - 1] != room]
    count, back = len(set(visits)), len(visits) - len(set(visits))
    said = f"{NUMBERS[count].capitalize()} rooms, {NUMBERS[back]} ways back."
    assert WAYS[way].startswith(said)
    assert count <= MOST_ROOMS
    assert back <= MOST_WAYS_BACK


def test_the_answers_to_a_strangers_questions_are_there():
    named = re.findall(r"^\| Where .*? \| `exprlearn\.(\w+)\.([\w.]+)`", PAGE, re.MULTILINE)
    assert len(named) == 4
    assert all(find(room, function) for room, function in named)
