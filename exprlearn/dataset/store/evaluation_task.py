"""lm_harness.yaml of a dataset folder: how `lm-eval` asks a language model the test of the folder.

    cd FOLDER && lm_eval --include_path . --tasks exprlearn_addition --model hf --model_args pretrained=…

The keys are those of the task guide of EleutherAI's lm-evaluation-harness.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from exprlearn.dataset.store.manifest import Manifest

TASK: Final = "lm_harness.yaml"

#: The question and the answer of a row, by layout; ids are nothing to ask.
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "rows": ("{{expression}}", "{{answer}}"),
    "qa": ("{{question}}", "{{answer}}"),
    "chat": ("{{messages[0].content}}", "{{messages[1].content}}"),
    "completion": ("{{prompt}}", "{{completion}}"),
}
# The last number of what a model says: an integer, a decimal, a fraction, or a quotient with its remainder.
_ANSWER: Final = r"(-?[0-9]+(?:\.[0-9]+|/[0-9]+| r -?[0-9]+)?)"
# What stands before it in a working that ends with it.
_BEFORE: Final = r"(?s)^.*[^-0-9./ r](?=-?[0-9][-0-9./ r]*$)"

_FILTER: Final = [
    {"function": "regex", "regex_pattern": _ANSWER, "group_select": -1},
    {"function": "take_first"},
]


def evaluation_task(manifest: Manifest) -> str | None:
    """Write the task; None where rows are ids, or there is no test.

    Rows with a working show it in the examples that a model is given, and its last number is the answer.
    """
    texts, has_working = _TEXTS.get(manifest.layout), "working" in manifest.config
    files: dict[str, list[str]] = {}
    for shard in manifest.shards:
        if shard.rows:
            files.setdefault(shard.pieces[0].split, []).append(shard.name)
    if texts is None or "test" not in files:
        return None
    question, answer = texts
    asks_text = manifest.layout == "chat" or bool(manifest.template)
    # An expression alone is asked by what stands behind it.
    question += "=" if manifest.layout in ("rows", "qa") and not asks_text else ""
    is_column = has_working and manifest.layout in ("rows", "qa")
    metric = {"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}
    document = {
        "task": f"exprlearn_{re.sub('[^a-z0-9]+', '_', manifest.grammar.name.lower())}",
        # The paths hold in the folder itself.
        "dataset_path": "json" if manifest.file_format == "jsonl" else "parquet",
        "dataset_kwargs": {"data_files": files},
        "test_split": "test",
        "fewshot_split": "train",
        "num_fewshot": 0 if manifest.layout == "chat" else 4,
        "output_type": "generate_until",
        "doc_to_text": question,
        "doc_to_target": "{{working}}" if is_column else answer,
        "target_delimiter": " " if manifest.template and not manifest.template.endswith(("=", " ", "\n")) else "",
        "generation_kwargs": {"until": ["\n\n"], "do_sample": False},
        "filter_list": [{"name": "last-number", "filter": _FILTER}],
        "metric_list": [metric | ({"regexes_to_ignore": [_BEFORE]} if has_working else {})],
        "metadata": {"version": manifest.data_version, "seed": manifest.seed},
    }
    # A value in JSON is a value in YAML.
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in document.items())
