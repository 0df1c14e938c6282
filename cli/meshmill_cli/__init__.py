"""The command ``meshmill``."""
