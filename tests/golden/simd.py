"""The environment in which numpy does without SIMD beyond its baseline."""

from __future__ import annotations

import os
from collections.abc import Mapping

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__


def without_simd() -> Mapping[str, str]:
    """This process's environment with every dispatched CPU feature disabled that the CPU has."""
    features = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    return {**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(features)}
