"""The environment in which numpy does without SIMD beyond its baseline."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__


def without_simd() -> Mapping[str, str]:
    """Environment and import path of this process, with all that the CPU has beyond it disabled."""
    features = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    return {
        **os.environ,
        "NPY_DISABLE_CPU_FEATURES": " ".join(features),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
