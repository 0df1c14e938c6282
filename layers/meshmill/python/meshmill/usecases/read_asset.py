"""Read one asset, for its owner or for whoever holds its signed link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from meshmill.domain.asset import Asset
from meshmill.domain.errors import NotFound
from meshmill.domain.signing import SigningKeys, verify_status_link
from meshmill.ports import AssetStore, Clock, SigningSecret
from meshmill.usecases.signatures import check

_KIND = "assets"


@dataclass(frozen=True, slots=True)
class ReadAsset:
    """One consistent read."""

    assets: AssetStore

    def __call__(self, user_id: str, asset_id: str) -> Asset:
        """The user's asset.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        asset = self.assets.get(asset_id)
        if asset is None or asset.user_id != user_id:
            _absent()
        return asset


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """One consistent read, for a signature instead of a token."""

    assets: AssetStore
    secret: SigningSecret
    clock: Clock

    def __call__(self, kind: str, identifier: str, expires: str, signature: str) -> Asset:
        """The asset that a signed link names.

        Raises:
            InvalidSignature: the link is not as it was signed.
            LinkExpired: it is past its time.
            NotFound: the asset was deleted since.
        """
        now_seconds = self.clock.now_ms() // 1000

        def verify(keys: SigningKeys) -> None:
            verify_status_link(keys, kind, identifier, expires, signature, now_seconds)

        check(self.secret, verify)
        # Only links to assets are ever signed with this kind, so another kind got no further.
        asset = self.assets.get(identifier) if kind == _KIND else None
        if asset is None:
            _absent()
        return asset


def _absent() -> NoReturn:
    raise NotFound("There is no such asset")
