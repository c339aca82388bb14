"""Keras on the asked-for backend: imported in silence, compiled once, the same bits each time."""
