"""A trained model that writes: greedy decoding, beam search, and answers as text."""
