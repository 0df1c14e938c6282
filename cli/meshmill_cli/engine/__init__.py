"""``meshmill generate``: the engine without a service."""
