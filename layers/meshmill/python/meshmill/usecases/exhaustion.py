"""Failing what has no attempts left; whoever meets it first does it."""

from __future__ import annotations

from meshmill.domain import transitions
from meshmill.domain.asset import Asset, AssetError, ErrorClass
from meshmill.domain.transitions import Outcome
from meshmill.ports import AssetStore


def fail_if_exhausted(
    assets: AssetStore, asset: Asset, *, now: int, max_attempts: int
) -> Outcome | None:
    """Fail an asset that has used up its attempts and that nobody works on.

    Returns:
        What became of it, or None where the asset as it was read is not exhausted.

    Raises:
        DependencyUnavailable: it may have been failed or not; it is still watched.
    """
    reason = AssetError(
        code="GENERATION_FAILED",
        message=f"All {asset.attempts} attempts failed; asking again starts anew",
        error_class=ErrorClass.SYSTEM,
        retryable=True,
    )
    end = transitions.exhaust(asset, reason, now=now, max_attempts=max_attempts)
    if not end.requires.holds(asset.attributes()):
        return None
    return assets.transition(asset.asset_id, end)
