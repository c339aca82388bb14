"""Keras on the asked-for backend: imported in silence, compiled once, bit-identical each time."""
