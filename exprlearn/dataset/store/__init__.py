"""Dataset folders: files with a manifest that can be built anywhere, verified, repaired and read."""

from __future__ import annotations

from exprlearn.dataset.store.builder import Tools
from exprlearn.dataset.store.building import Built, Repaired, build, repair
from exprlearn.dataset.store.card import write_collection_card
from exprlearn.dataset.store.checking import VerificationFinding, Verified, read_examples, read_rows, verify
from exprlearn.dataset.store.dataset_recipe import DatasetRecipe, FileFormat, LayoutName, recipe_of
from exprlearn.dataset.store.describing import proof_sentence
from exprlearn.dataset.store.layouts import IdWriter
from exprlearn.dataset.store.manifest import Manifest, read_manifest
from exprlearn.dataset.store.planning import shards_for
from exprlearn.dataset.store.progress import hold_folder

__all__ = [
    "Built",
    "DatasetRecipe",
    "FileFormat",
    "IdWriter",
    "LayoutName",
    "Manifest",
    "Repaired",
    "Tools",
    "VerificationFinding",
    "Verified",
    "build",
    "hold_folder",
    "proof_sentence",
    "read_examples",
    "read_manifest",
    "read_rows",
    "recipe_of",
    "repair",
    "shards_for",
    "verify",
    "write_collection_card",
]
