"""Adapters of :mod:`meshmill.ports` to AWS, each given a client and the names of its resources."""
