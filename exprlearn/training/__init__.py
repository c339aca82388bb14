"""Training that survives: compiled steps, checkpoints, run folders, and runs that can be asked and resumed."""
