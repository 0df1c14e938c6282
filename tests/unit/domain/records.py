"""Hand-made records, and a transition applied to one as a store would."""

from __future__ import annotations

import dataclasses
from typing import Any

from meshmill.domain.asset import Asset
from meshmill.domain.attribution import Attribution
from meshmill.domain.lanes import Lane
from meshmill.domain.request import validate_request
from meshmill.domain.transitions import Outcome, Transition
from tests.fakes.assets import InMemoryAssets

NOW = 1_800_000_000_000
RUN, OTHER_RUN = "01HRUN00000000000000000001", "01HRUN00000000000000000002"
OWNER, OTHER_OWNER = "01HOWNER000000000000000001", "01HOWNER000000000000000002"
PATIENCE = {Lane.EXPRESS: 120_000, Lane.STANDARD: 600_000, Lane.BULK: 3_600_000}


def record(**changes: Any) -> Asset:
    """A pending asset in the standard lane, queued NOW; with changes."""
    request = validate_request({"format": "gltf", "parameters": {"generator": "rock"}})
    new = Asset.new(
        "u" + "a" * 32,
        request,
        run=RUN,
        now=NOW,
        patience=PATIENCE,
        attribution=Attribution("user:ada", "request-1"),
    )
    return dataclasses.replace(new, **changes)


def apply(asset: Asset, transition: Transition) -> Outcome:
    """The transition on a store that holds just this record."""
    store = InMemoryAssets()
    store.create(asset)
    return store.transition(asset.asset_id, transition)


def changed(asset: Asset, transition: Transition) -> Asset:
    """The record after a transition that must apply."""
    outcome = apply(asset, transition)
    assert outcome.applied
    assert outcome.asset is not None
    return outcome.asset


def differences(before: Asset, after: Asset) -> set[str]:
    """Names of the fields that differ."""
    return {
        entry.name
        for entry in dataclasses.fields(Asset)
        if getattr(before, entry.name) != getattr(after, entry.name)
    }
