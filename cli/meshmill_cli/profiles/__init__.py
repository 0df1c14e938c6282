"""``meshmill login``, ``logout`` and ``profiles``."""
