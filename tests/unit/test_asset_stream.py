"""Records of the assets table's stream, good ones and others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshmill.aws.asset_stream import StreamedChange
from meshmill.aws.attributes import to_item
from meshmill.domain.asset_change import AssetChange, UnreadableChange
from tests.contract import samples


def record(**images: Any) -> dict[str, Any]:
    return {
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": "MODIFY" if "OldImage" in images else "INSERT",
        "dynamodb": {"SequenceNumber": "4421584500000000017450439091", **images},
    }


@pytest.mark.parametrize("state", samples.STATES)
def test_a_change_is_read_as_it_was_written(state: str) -> None:
    before, after = samples.new_asset(), samples.in_state(state)
    told = StreamedChange(record(OldImage=to_item(before), NewImage=to_item(after)))
    assert told.read() == AssetChange(before, after)
    assert told.sequence_number == "4421584500000000017450439091"
    assert told.change_id == "c4ca4238a0b923820dcc509a6f75849b"


def test_a_new_record_has_none_before_it() -> None:
    asset = samples.new_asset()
    assert StreamedChange(record(NewImage=to_item(asset))).read() == AssetChange(None, asset)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"asset_id": {"S": "7"}},
        {"status": {"S": "melted"}},
        {"lane": {"N": "1"}},
        {"attribution": {"M": {}}},
        {"attribution": {"S": "ada"}},
        {"files": {"L": [{"M": {}}]}},
        {"updated_at": {"S": "yesterday"}},
        {"version": {"NULL": True}},
        {"user_id": {"N": "7"}},
        {"run": {"L": []}},
        {"created_at": {"Q": "?"}},
    ],
    ids=str,
)
def test_an_image_that_is_none_of_ours_is_unreadable_and_nothing_worse(
    broken: dict[str, Any],
) -> None:
    image = to_item(samples.new_asset()) | broken if broken else {}
    if broken == {"asset_id": {"S": "7"}}:
        image = broken
    with pytest.raises(UnreadableChange):
        StreamedChange(record(NewImage=image)).read()


def test_a_record_without_an_image_is_unreadable() -> None:
    with pytest.raises(UnreadableChange):
        StreamedChange(record()).read()


def test_what_is_kept_of_a_record_is_json_without_what_callers_wrote() -> None:
    image = to_item(samples.new_asset())
    kept = json.loads(StreamedChange(record(OldImage=image, NewImage=image)).text())
    for name in ("OldImage", "NewImage"):
        assert kept["dynamodb"][name] == {
            key: value for key, value in image.items() if key not in {"labels", "custom_id"}
        }
    assert kept["eventID"] == "c4ca4238a0b923820dcc509a6f75849b"
