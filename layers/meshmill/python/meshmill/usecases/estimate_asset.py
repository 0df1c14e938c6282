"""Say what a request would cost and whether it stands already, and change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshmill.domain import identity
from meshmill.domain.asset import Asset
from meshmill.domain.request import AssetRequest
from meshmill.ports import AssetStore

if TYPE_CHECKING:
    from meshmill.geometry.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Estimated:
    """A request's ids, the user's asset where it stands already, and what building it takes."""

    asset_id: str
    spec_id: str
    standing: Asset | None
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class EstimateAsset:
    """One consistent read."""

    assets: AssetStore

    def __call__(self, user_id: str, request: AssetRequest) -> Estimated:
        """What :class:`~meshmill.usecases.submit_asset.SubmitAsset` would begin."""
        # Loaded on use: most containers are never asked for an estimate.
        from meshmill.geometry.estimate import estimate  # noqa: PLC0415

        spec = request.spec
        spec_id = spec.spec_id
        asset_id = identity.asset_id(user_id, spec_id)
        return Estimated(asset_id, spec_id, self.assets.get(asset_id), estimate(spec))
