"""Closed walls with recessed openings."""
