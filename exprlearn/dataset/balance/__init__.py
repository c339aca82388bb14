"""Data balanced by result: every answer equally often, however many expressions have it.

Constraints on values and the division policy become rules of the tables of values (`value_rules`), which say how many
expressions of each size give each answer (`results`). A size and an answer make a cell, of which each part of the data
has some expressions (`cells`). The sizes that can give an answer take turns (`turns`), and item t of the stream is an
answer, a size, and the next expression of that cell (`stream`).
"""
