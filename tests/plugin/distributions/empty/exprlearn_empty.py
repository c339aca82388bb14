"""A plugin whose author has gone home."""
