"""What assets of each generator take, as measured: :mod:`meshmill.geometry.estimate` adds it up.

One module a generator, named after it, with a ``PROFILE``; ``python -m benchmarks.estimates``
measures and writes them. No numpy: the API imports them.
"""
