"""The dead_letter function."""
