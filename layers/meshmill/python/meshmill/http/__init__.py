"""The HTTP edge: authentication, routes, error envelope, presentation."""
