"""Trained models that leave: files that answer without exprlearn, each with what turns text into numbers and back."""
