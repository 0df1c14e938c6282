"""``meshmill keys`` and ``audit``: for who runs a stage."""
