"""The order in which expressions are drawn: keyed hashes and keyed permutations."""
