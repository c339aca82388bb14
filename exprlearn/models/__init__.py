"""The framings and the built-in models, one file each; Keras is imported inside `build` only."""
