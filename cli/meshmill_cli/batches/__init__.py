"""``meshmill batches``."""
