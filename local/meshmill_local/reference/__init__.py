"""Pages made of the docstrings of SDK and command line."""
