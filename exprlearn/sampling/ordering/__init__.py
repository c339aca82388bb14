"""The order in which expressions are drawn: keyed hashes, keyed permutations and the shares of strata."""
