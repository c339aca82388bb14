"""Expressions to numbers and back: ranking, unranking, derivations and ambiguity."""
