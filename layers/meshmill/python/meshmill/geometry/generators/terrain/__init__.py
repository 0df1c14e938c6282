"""Terrain: a square of land with a skirt, from ridged fractal relief and erosion."""
