"""Imported before all else: a container that is starting does not look for garbage.

Python looks through its youngest objects whenever some hundreds more of them stand than before,
and every so often through all. Whatever is imported stays, so that a start goes over hundreds of
thousands of objects again and again and finds nothing; docs/benchmarks.md has the figures. With
this there is one look in 50,000 new objects. Cycles are still found, a little later.
"""

from __future__ import annotations

import gc

_NEW_OBJECTS = 50_000

gc.set_threshold(_NEW_OBJECTS)
