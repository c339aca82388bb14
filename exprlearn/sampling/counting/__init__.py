"""How many expressions there are: exact counts of every rule for all sizes, and what would be without end."""
