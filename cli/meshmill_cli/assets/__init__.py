"""``meshmill assets``."""
