"""A dry run: what a request would become, told without a trace."""

from __future__ import annotations

import pytest

from meshmill.domain.asset import Status
from meshmill.geometry.estimate import estimate
from meshmill.usecases.estimate_asset import EstimateAsset
from tests.unit.usecases.world import ADA, GRACE, World, rock


@pytest.fixture
def estimate_asset(world: World) -> EstimateAsset:
    return EstimateAsset(world.assets)


def test_it_names_the_ids_that_the_request_would_have(
    world: World, estimate_asset: EstimateAsset
) -> None:
    estimated = estimate_asset(ADA, rock())
    asset = world.submit().asset
    assert (estimated.asset_id, estimated.spec_id) == (asset.asset_id, asset.spec_id)


def test_it_tells_what_the_engine_would_take(estimate_asset: EstimateAsset) -> None:
    request = rock()
    assert estimate_asset(ADA, request).estimate == estimate(request.spec)


def test_it_leaves_no_record_and_no_message(world: World, estimate_asset: EstimateAsset) -> None:
    assert estimate_asset(ADA, rock()).standing is None
    assert world.assets.all() == []
    assert world.waiting() == 0


def test_it_finds_the_users_own_asset_as_it_stands(
    world: World, estimate_asset: EstimateAsset
) -> None:
    asset = world.submit().asset
    world.work()
    standing = estimate_asset(ADA, rock()).standing
    assert standing == world.record(asset)
    assert standing.status is Status.COMPLETED


def test_it_does_not_find_what_another_user_made(
    world: World, estimate_asset: EstimateAsset
) -> None:
    world.submit()
    assert estimate_asset(GRACE, rock()).standing is None


def test_a_faster_priority_moves_nothing(world: World, estimate_asset: EstimateAsset) -> None:
    asset = world.submit(priority=1).asset
    estimate_asset(ADA, rock(priority=10))
    assert world.record(asset) == asset
