"""Find which lines of a manifest have made their assets, without asking for any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from meshmill.domain import identity
from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Attribution
from meshmill.domain.origin import Origin
from meshmill.domain.request import AssetRequest
from meshmill.ports import AssetStore
from meshmill.usecases.submit_lines import LineOutcome

_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class StandingLines:
    """In the place of :class:`~meshmill.usecases.submit_lines.SubmitLines` where that was given up.

    A line that was submitted and not counted has an asset that is being built, and is accepted.
    """

    assets: AssetStore

    def __call__(
        self,
        user_id: str,
        lines: Sequence[tuple[Origin, AssetRequest]],
        _attribution: Attribution,
    ) -> list[LineOutcome | None]:
        """The outcomes of the lines, in their order; None of one that has made no asset.

        Raises:
            DependencyUnavailable: they can't be read.
        """
        asset_ids = [identity.asset_id(user_id, asked.spec.spec_id) for _, asked in lines]
        standing = self._standing(list(dict.fromkeys(asset_ids)))
        outcomes: list[LineOutcome | None] = []
        for (origin, _), asset_id in zip(lines, asset_ids, strict=True):
            asset = standing.get(asset_id)
            is_ours = asset is not None and asset.origin == origin
            outcomes.append(LineOutcome(asset_id, "accepted") if is_ours else None)
        return outcomes

    def _standing(self, asset_ids: Sequence[str]) -> dict[str, Asset]:
        found: dict[str, Asset] = {}
        for begin in range(0, len(asset_ids), _PAGE):
            found |= self.assets.get_many(asset_ids[begin : begin + _PAGE])
        return found
