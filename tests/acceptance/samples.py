"""The samples' assets, made once for all tests that look at them."""

from __future__ import annotations

from functools import cache

from tests.acceptance.subject import Asset
from tests.unit.geometry.specs import SAMPLES


@cache
def sample(label: str) -> Asset:
    """The asset of one of ``SAMPLES``, at low quality and 256 texels."""
    return Asset.of(SAMPLES[label])
