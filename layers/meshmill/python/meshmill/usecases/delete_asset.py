"""Delete an asset's record; its bytes stay, since other records share them."""

from __future__ import annotations

from dataclasses import dataclass

from meshmill.domain.asset import Asset, Status
from meshmill.domain.attribution import Attribution
from meshmill.domain.audit import Action, AuditEntry, asset_entry
from meshmill.domain.errors import DependencyUnavailable, InvalidState, absent_asset
from meshmill.ports import AssetDeletion, AssetStore, Clock

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class DeleteAsset:
    """One consistent read and one transaction; more where the asset moves on in between.

    A message that still waits for the asset finds no record of its run, and is acknowledged.
    """

    assets: AssetStore
    deletion: AssetDeletion
    clock: Clock

    def __call__(self, user_id: str, asset_id: str, attribution: Attribution) -> None:
        """Delete the user's asset, unless a worker has it.

        Raises:
            NotFound: there is none, or it is somebody else's.
            InvalidState: it is being processed, or the line of a manifest that asked for it is
                not counted yet.
            DependencyUnavailable: it may be deleted or not.
        """
        asset = self.assets.get(asset_id)
        if asset is None or asset.user_id != user_id:
            raise absent_asset()
        for _ in range(_ROUNDS):
            _check_idle(asset)
            standing = self.deletion.delete(asset, self._entry(asset, attribution))
            # Another one under the same id was asked for after ours was gone.
            if standing is None or standing.created_at != asset.created_at:
                return
            asset = standing
        raise DependencyUnavailable("The asset changed at every try")

    def _entry(self, asset: Asset, attribution: Attribution) -> AuditEntry:
        return asset_entry(
            attribution,
            Action.ASSET_DELETED,
            asset,
            at=self.clock.now_ms(),
            details={"status": asset.status},
        )


def _check_idle(asset: Asset) -> None:
    if asset.status is Status.PROCESSING:
        raise InvalidState(
            "The asset is being processed; delete it once it is completed or failed",
            {"asset_id": asset.asset_id, "status": asset.status},
        )
