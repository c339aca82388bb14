"""Every number of a test table follows from predictions.jsonl, by thirty lines that share nothing with the package."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exprlearn.scoring import score, scores_document

SCRIPT = """
import collections, json, re, statistics, sys
rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
def interval(rights, forms):
    n, p, size = len(rights), statistics.fmean(rights), collections.Counter(forms)
    sums, few = collections.Counter(), min(sum(rights), n - sum(rights))
    for form, right in zip(forms, rights): sums[form] += right - p
    pairs = sum(s * s for s in sums.values()) - n * p * (1 - p)
    alike = pairs / (p * (1 - p) * sum(m * m - m for m in size.values()))
    alike = min(1, max(0, (few * alike + 4 * 0.5) / (few + 4)))
    tell_as_much = n / (1 + (sum(m * m for m in size.values()) / n - 1) * alike)
    return {**wilson(p * tell_as_much, tell_as_much), "count": n}
def wilson(hits, n, z=1.959963984540054):
    centre, root = hits + z * z / 2, z * (hits * (n - hits) / n + z * z / 4) ** 0.5
    return {"value": hits / n, "low": (centre - root) / (n + z * z), "high": (centre + root) / (n + z * z)}
pairs = [(row["answer"], row["truth"]) for row in rows]
same = sum(a == b for x, y in pairs for a, b in zip(reversed(x), reversed(y)))
read = [float(x) if re.fullmatch(r"-?\\d+", x) else None for x, _ in pairs]
off = [(v or 0) - float(y) for v, (_, y) in zip(read, pairs)]
wrong = [abs(v - float(y)) / (abs(float(y)) or 1) for v, (x, y) in zip(read, pairs) if v is not None and x != y]
forms = ["+".join(sorted(row["expression"].split("+"))) for row in rows]
told = {"exact_match": interval([x == y for x, y in pairs], forms)}
told["digits"] = same / sum(max(len(x), len(y)) for x, y in pairs)
told["value"] = [statistics.fmean(o * o for o in off) ** 0.5, statistics.median(wrong)]
told["shorter"], told["longer"] = (statistics.fmean(len(p[i]) < len(p[1 - i]) for p in pairs) for i in (0, 1))
first = [re.search(r"\\d+", row["expression"]).group() == row["truth"] for row in rows]
told["baselines"] = [0.0, statistics.fmean(y == sys.argv[2] for _, y in pairs), statistics.fmean(first)]
axes = {"terms": lambda e: len(re.findall(r"\\d+", e)), "brackets": lambda e: e.count("(")}
right = [row["expression"] for row in rows if row["answer"] == row["truth"]]
told["right"] = {name: collections.Counter(str(group(text)) for text in right) for name, group in axes.items()}
print(json.dumps(told))
"""


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """Answers of which some are right, some a digit off, some too short and some no number."""
    draw = random.Random(7)
    rows = []
    for _ in range(1500):
        one, other, third = draw.randint(0, 99), draw.randint(0, 99), draw.randint(0, 9)
        expression, value = draw.choice(
            [(f"{one}+{other}", one + other), (f"({one}-{other})*{third}", (one - other) * third), (f"{one}*1", one)]
        )
        truth = str(value)
        # What says the same is often answered alike.
        alike = random.Random(f"{min(one, other)} {max(one, other)}") if draw.random() < 0.5 else draw
        answer = alike.choice([truth, truth, truth, str(value + 10), truth[1:], "-", truth + "0"])
        rows.append({"expression": expression, "answer": answer, "truth": truth, "correct": answer == truth})
    file = tmp_path / "predictions.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_thirty_lines_recompute_the_test_table(predictions: Path) -> None:
    assert len(SCRIPT.strip().splitlines()) <= 30
    command = [sys.executable, "-c", SCRIPT, str(predictions), "7"]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    rows = [json.loads(line) for line in predictions.read_text(encoding="utf-8").splitlines()]
    evaluated = score(*([row[key] for row in rows] for key in ("expression", "answer", "truth")), common_answer="7")
    document = scores_document(evaluated, "run", "test")
    assert told["exact_match"] == pytest.approx(document["exact_match"])
    assert told["digits"] == pytest.approx(document["digit_accuracy"])
    assert told["value"] == pytest.approx([*document["value_error"].values()][:2])
    assert [told["shorter"], told["longer"]] == pytest.approx([*document["length_error"].values()])
    assert told["baselines"] == pytest.approx([*document["baselines"].values()])
    for axis, right in told["right"].items():
        groups = {item["group"]: round(item["value"] * item["count"]) for item in document["breakdown"][axis]}
        assert {name: count for name, count in groups.items() if count} == right
