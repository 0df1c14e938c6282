"""Following a signed status link until the asset is final."""

from __future__ import annotations

from collections.abc import Callable

from meshmill_client.clock import Clock
from meshmill_client.errors import AssetFailed, WaitTimeout
from meshmill_client.models import Asset, AssetStatus
from meshmill_client.refusals import retry_after
from meshmill_client.transport import Transport

_DEFAULT_PAUSE, _SHORTEST_PAUSE = 1.0, 0.1

OnProgress = Callable[[Asset], None]
"""Receives the asset each time that it has been looked at, the final one included."""


def followed(
    asset: Asset, transport: Transport, clock: Clock, timeout: float, on_progress: OnProgress
) -> Asset:
    """The completed asset; pauses are as long as the service asks for.

    Raises:
        AssetFailed: it failed.
        WaitTimeout: it is not final ``timeout`` seconds from now.
        ApiError, ConnectionFailed: it can't be looked at.
    """
    begun = clock.monotonic()
    pause = 0.0
    on_progress(asset)
    while not asset.is_final:
        left = begun + timeout - clock.monotonic()
        if left <= pause:
            raise WaitTimeout(asset, clock.monotonic() - begun)
        clock.sleep(pause)
        response = transport.get(asset.status_url)
        asset = Asset.read(response)
        on_progress(asset)
        asked = retry_after(response)
        pause = _DEFAULT_PAUSE if asked is None else max(asked, _SHORTEST_PAUSE)
    if asset.status is AssetStatus.FAILED:
        raise AssetFailed(asset)
    return asset
