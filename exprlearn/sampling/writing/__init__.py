"""Many expressions at once: skeletons by the table, blocks of indices, and their texts."""
