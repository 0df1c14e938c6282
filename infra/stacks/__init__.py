"""What is deployed together: ``data`` outlives every release, ``service`` is released."""
