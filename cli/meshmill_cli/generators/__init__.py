"""``meshmill generators``."""
