"""Textures of walls, trim, roofs and glass."""
