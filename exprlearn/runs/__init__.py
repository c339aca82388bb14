"""Runs: their folders, checkpoints and predictions; made, loaded, resumed, compared and asked."""
