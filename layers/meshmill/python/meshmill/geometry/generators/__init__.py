"""One folder a generator: ``spec`` (pydantic, light) and ``build`` (numpy, loaded on use)."""
