"""A request for an asset, as options of a command."""
