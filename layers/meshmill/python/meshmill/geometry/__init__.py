"""The geometry engine: a spec in, bytes out. Pure: no AWS, no files, no clock.

Only :mod:`~meshmill.geometry.engine` and what it loads import numpy. ``spec``, ``registry``,
``artefact`` and each generator's ``spec`` module stay light, since the API validates with them.
"""
