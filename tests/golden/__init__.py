"""Recorded digests of the engine's decoded output, and the means to record them anew."""
