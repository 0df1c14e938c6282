"""The client's version, as its User-Agent tells it."""

__version__ = "0.1.0"
