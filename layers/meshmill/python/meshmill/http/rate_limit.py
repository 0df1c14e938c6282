"""The limiter's figures as headers, in the established and in the IETF's spelling."""

from __future__ import annotations

import math

from meshmill.http.authentication import Principal
from meshmill.ports import Allowance

_WINDOW_SECONDS = 60


def rate_limit_headers(principal: Principal, allowance: Allowance, now_ms: int) -> dict[str, str]:
    """``X-RateLimit-*``, and ``RateLimit``/``RateLimit-Policy`` of the httpapi draft."""
    policy = principal.bucket_kind.lower().replace(" ", "-")
    full_in_seconds = math.ceil(allowance.full_in_ms / 1000)
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(math.ceil((now_ms + allowance.full_in_ms) / 1000)),
        "RateLimit-Policy": f'"{policy}";q={allowance.limit};w={_WINDOW_SECONDS}',
        "RateLimit": f'"{policy}";r={allowance.remaining};t={full_in_seconds}',
    }
