"""The training loop: what an epoch learns from, the compiled steps, the loss, when to stop and who watches."""
