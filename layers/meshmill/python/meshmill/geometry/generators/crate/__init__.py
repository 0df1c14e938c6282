"""Crate: a box of planks, sheet metal or plastic, closed or open."""
