"""Slabs of five kinds of roof."""
