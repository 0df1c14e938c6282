"""A page that shows models: what it tells of them, its script, and how it reaches a browser."""
