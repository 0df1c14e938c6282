"""Partitions of what is due: a few assets leave most of them empty, and each is a call."""

from __future__ import annotations

import pytest

from meshmill.aws import attributes
from meshmill.domain import asset, batch
from meshmill.usecases import reconcile
from meshmill.usecases.batches import reconcile_batches


def one_shard_each(patch: pytest.MonkeyPatch) -> None:
    """Let each lane have a single one, and batches too."""
    for module in (asset, attributes, batch, reconcile, reconcile_batches):
        patch.setattr(module, "DUE_SHARDS", 1)
