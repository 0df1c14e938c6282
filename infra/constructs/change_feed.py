"""A table's changes, handed to a function in the order in which each item went through them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.stage_parts import ChangeFeed
from meshmill.domain.asset import Status

ASKED_FOR: Sequence[dict[str, Any]] = (
    {"eventName": ["INSERT"]},
    {
        "eventName": ["MODIFY"],
        "dynamodb": {"NewImage": {"status": {"S": [Status.PENDING.value]}}},
    },
)
"""What callers may have asked for: they make assets, and leave them pending."""


def feed_changes(
    scope: Construct,
    construct_id: str,
    *,
    changes_arn: str,
    consumer: lambda_.Function,
    feed: ChangeFeed,
) -> None:
    """Hand every change in :data:`ASKED_FOR` to a function, from the stream's beginning on.

    What the function gives back is delivered again for as long as the stream has it, a day; where
    it fails, batches are halved, so that one record can't keep others from being dealt with.
    """
    lambda_.EventSourceMapping(
        scope,
        construct_id,
        target=consumer,
        event_source_arn=changes_arn,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        batch_size=feed.batch_size,
        max_batching_window=Duration.seconds(feed.window),
        parallelization_factor=1,
        bisect_batch_on_error=True,
        report_batch_item_failures=True,
        filters=[{"pattern": json.dumps(pattern)} for pattern in ASKED_FOR],
    )
