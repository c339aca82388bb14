"""Drawing examples: which split an expression belongs to, which expressions are examples, and in which order they come.

A way to draw is a component, made for a space: it streams training examples without end, fixes held-out sets, and cuts
the rows of files out of the same order.
"""
