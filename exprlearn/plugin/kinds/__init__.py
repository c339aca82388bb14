"""Kinds of components: a file says all about one, its spec, what it does, and the hook that brings it."""
