"""Records of the assets table's stream, which has the images before and after each write.

Reference: *AWS.DynamoDBStreams.Record* in the DynamoDB Streams API reference; numbers in their
decimal text, as everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meshmill.aws.attributes import to_asset
from meshmill.domain.asset import Asset
from meshmill.domain.asset_change import AssetChange, UnreadableChange

#: What callers wrote into a record, and nobody needs to repair one.
_PERSONAL = frozenset({"labels", "custom_id"})
_IMAGES = ("OldImage", "NewImage")
_TEXTS, _NUMBERS = ("asset_id", "user_id", "spec_id", "run"), ("updated_at", "version")


@dataclass(frozen=True, slots=True)
class StreamedChange:
    """One record of the stream, not yet read."""

    record: Mapping[str, Any]

    @property
    def change_id(self) -> str:
        """The platform's id of the record, the same at each delivery."""
        return str(self.record["eventID"])

    @property
    def sequence_number(self) -> str:
        """Place in the stream, by which a consumer says from where to deliver again."""
        return str(self.record["dynamodb"]["SequenceNumber"])

    def read(self) -> AssetChange:
        """The change that the record tells of.

        Raises:
            UnreadableChange: its images are none of ours.
        """
        images = self.record["dynamodb"]
        try:
            before = to_asset(images["OldImage"]) if "OldImage" in images else None
            return AssetChange(before, _checked(to_asset(images["NewImage"])))
        except Exception as error:
            # Whatever is wrong with an image must not keep the changes behind it waiting.
            raise UnreadableChange(f"{type(error).__name__} in an image") from error

    def text(self) -> str:
        """The record as JSON, to be kept; without what callers wrote into the asset."""
        images = {
            name: {key: value for key, value in image.items() if key not in _PERSONAL}
            for name, image in self.record["dynamodb"].items()
            if name in _IMAGES
        }
        body = {**self.record, "dynamodb": {**self.record["dynamodb"], **images}}
        return json.dumps(body, default=str)


def _checked(asset: Asset) -> Asset:
    """The record, where all that an audit entry is made of has its type.

    Otherwise the entry would be refused when it is put, and with it those beside it.
    """
    texts = all(isinstance(getattr(asset, name), str) for name in _TEXTS)
    numbers = all(isinstance(getattr(asset, name), int) for name in _NUMBERS)
    if not texts or not numbers:
        raise TypeError("a member of the record has another type")
    return asset
