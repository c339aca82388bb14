"""The parts of `exprlearn.config`: sections, layers with origins, reading, components, writing."""
