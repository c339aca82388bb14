"""Writing a model and what belongs to it into a new folder, in formats that others read."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from exprlearn.errors import OptionError, RunError
from exprlearn.export.model_card import CardFacts, card, templates
from exprlearn.export.offline_page import page_of
from exprlearn.export.onnx_graph import write_onnx
from exprlearn.export.text_rules import text_rules
from exprlearn.files import new_folder, write_whole
from exprlearn.tensors import on_numpy
from exprlearn.tensors.array_program import program_of
from exprlearn.visible import visible

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.decoding.answerer import Answerer

Format = Literal["keras", "savedmodel", "onnx", "page"]
#: Formats that Keras writes, of the model on its backend; others are written of the model in numpy.
OF_KERAS = ("keras", "savedmodel")


@dataclass(frozen=True)
class Exported:
    """What leaves: a model with what asks it, what it is made of, and what is known of it."""

    answerer: Answerer
    components: Components
    facts: CardFacts


@dataclass(frozen=True)
class FileFormat:
    """A format of model files.

    Attributes:
        file: the name of the file or the folder with the network.
        what: what it is.
        needs: what `decode.py` needs to read it.
        write: writes it.
    """

    file: str
    what: str
    needs: str
    write: Callable[[Exported, Path], None]


def export_model(exported: Exported, out: Path, file_format: Format) -> Path:
    """Write a model in a format and return where it lies: a folder that is new, or one page.

    An OptionError says what the format cannot hold, a RunError that it cannot be written.
    """
    if file_format == "page":
        write_whole(out, page_of(exported.answerer, exported.components, exported.facts), RunError)
        return out
    rules, chosen = text_rules(exported.answerer, exported.components, asks=exported.facts.asks), FORMATS[file_format]
    with new_folder(out, RunError) as folder:
        chosen.write(exported, folder / chosen.file)
        texts = {
            "vocabulary.json": json.dumps(rules, indent=1, ensure_ascii=False) + "\n",
            "decode.py": _decoder(rules, file_format, chosen, exported),
            "README.md": card(exported.facts, _files(chosen)),
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    return out


def _files(chosen: FileFormat) -> list[tuple[str, str]]:
    return [
        (chosen.file, chosen.what),
        ("vocabulary.json", "how text becomes ids and ids become text"),
        ("decode.py", f"asks the model; needs {chosen.needs}"),
    ]


def _decoder(rules: Mapping[str, Any], file_format: Format, chosen: FileFormat, exported: Exported) -> str:
    """Write the lines of Python that ask the model."""
    source = rules["source"]
    return (
        templates()
        .get_template("decode.py.jinja")
        .render(
            load=file_format,
            needs=chosen.needs,
            framing=rules["framing"],
            # What is saved takes inputs as the model was given them: `Model([source], …)` a list of one.
            takes_list=isinstance(getattr(exported.answerer.decoder.model, "_inputs_struct", None), list),
            number_length=source.get("number_length"),
            side=source.get("side"),
            working=rules.get("answer", {}).get("pattern"),
        )
    )


def _write_keras(exported: Exported, file: Path) -> None:
    """Write a `.keras` file that Keras alone can read."""
    with warnings.catch_warnings():
        # Keras hands its variables to h5py in a way that numpy is going to forbid.
        warnings.filterwarnings("ignore", ".*__array__ implementation", DeprecationWarning)
        exported.answerer.decoder.model.save(file)
    with zipfile.ZipFile(file) as packed:
        strangers = sorted(set(_strangers(json.loads(packed.read("config.json")))))
    if strangers:
        listed = visible(", ".join(strangers))
        raise OptionError(
            f"a .keras file would need the code of {listed}: build the model of keras.layers and keras.ops alone, "
            "without Lambda layers and classes of its own"
        )


def _strangers(config: Any) -> Iterator[str]:
    """List the classes that a stored model is made of and Keras alone does not have, and its Lambda layers."""
    if isinstance(config, dict):
        module, name = config.get("module"), config.get("class_name")
        if "class_name" in config and "config" in config:
            # Names in underscores stand for tensors, arrays and slices.
            is_data = module is None and str(name).startswith("__")
            if not is_data and (str(module).partition(".")[0] != "keras" or name == "Lambda"):
                yield f"{module}.{name}"
        for each in config.values():
            yield from _strangers(each)
    elif isinstance(config, list):
        for each in config:
            yield from _strangers(each)


def _write_saved_model(exported: Exported, folder: Path) -> None:
    """Write what TensorFlow runs without Keras."""
    exported.answerer.decoder.model.export(folder, verbose=False)


def _write_onnx(exported: Exported, file: Path) -> None:
    """Write the network for rows as they are laid out when it is asked."""
    decoder = exported.answerer.decoder
    model: Any = decoder.model
    longest = decoder.rules.output_shape(decoder.shape)[0]
    open_rows = [(longest,)] * len(model.inputs) if model.inputs[0].shape[1] is None else []
    with on_numpy():
        program = program_of(model, *open_rows)
    write_onnx(program, [each.node.operation.name for each in model.inputs], file)


FORMATS: Mapping[Format, FileFormat] = {
    "savedmodel": FileFormat("model", "the network with its weights", "TensorFlow", _write_saved_model),
    "onnx": FileFormat("model.onnx", "the network with its weights", "onnxruntime", _write_onnx),
    "keras": FileFormat(
        "model.keras", "the network with its weights, for Keras", "Keras 3 and a backend", _write_keras
    ),
}
