"""What a change of an asset counts for the batch that it came from, in one write with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshmill.domain.asset import Asset, AssetError
from meshmill.domain.origin import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """That an asset of a batch stands failed, and whether asking again may help.

    ``at`` is when it failed, milliseconds since 1970.
    """

    asset_id: str
    at: int
    retryable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Sums to add to the batch's counts, and what becomes of the mark that the asset failed.

    ``asset`` is the record as it was read, ``failed`` is a mark to put, ``mends`` that there is
    none any more. Where the batch is gone, nothing is counted, and the asset changes all the same.
    """

    origin: Origin
    asset: Asset
    at: int
    add: Mapping[str, int] = field(default_factory=dict)
    failed: Failure | None = None
    mends: bool = False

    @property
    def asset_id(self) -> str:
        """Whose mark it is, and by which the shard of the counts is chosen."""
        return self.asset.asset_id


def completed(asset: Asset, at: int) -> Tally | None:
    """One more of the batch's assets is done."""
    if asset.origin is None:
        return None
    return Tally(origin=asset.origin, asset=asset, at=at, add={"completed": 1})


def failed(asset: Asset, error: AssetError, at: int) -> Tally | None:
    """One more has failed, and is marked so that it can be found and asked for again."""
    if asset.origin is None:
        return None
    mark = Failure(asset_id=asset.asset_id, at=at, retryable=error.retryable)
    return Tally(origin=asset.origin, asset=asset, at=at, add={"failed": 1}, failed=mark)


def requeued(asset: Asset, at: int) -> Tally | None:
    """One that had failed is asked for again."""
    if asset.origin is None:
        return None
    return Tally(origin=asset.origin, asset=asset, at=at, add={"redriven": 1}, mends=True)


def deleted(asset: Asset, at: int) -> Tally | None:
    """One goes: it is counted only where the batch was still waiting for it."""
    if asset.origin is None:
        return None
    waited_for = {} if asset.status.is_final else {"deleted": 1}
    return Tally(origin=asset.origin, asset=asset, at=at, add=waited_for, mends=True)
