"""What benchmarks of batches stand on: their manifests, and the table of the stand-in."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from benchmarks.manifests import Mixture
from benchmarks.stand_in_batches import Batches, RefusedError
from meshmill.aws.conditions import to_expressions
from meshmill.aws.dynamodb_batch_items import item_of, to_chunk
from meshmill.aws.tallies import addition
from meshmill.domain import batch_transitions
from meshmill.domain.batch import Chunk
from meshmill.domain.errors import RequestError
from meshmill.domain.json_text import parse_object
from meshmill.domain.request import validate_request

KEY = {"batch_id": {"S": "b"}, "item": {"S": "chunk#00000"}}
CHUNK = Chunk(batch_id="b", number=0, offset=0, next_line=1, updated_at=1, owner="o")


def _outcomes(mixture: Mixture) -> dict[str, int]:
    seen: set[str] = set()
    counted = Counter[str]()
    for line in mixture:
        try:
            spec = validate_request(parse_object(line, 65536)).spec_id
        except RequestError:
            counted["rejected"] += 1
            continue
        counted["duplicate" if spec in seen else "accepted"] += 1
        seen.add(spec)
    return {name: counted[name] for name in ("accepted", "duplicate", "rejected")}


@pytest.mark.parametrize(
    "mixture", [Mixture(50), Mixture(800, duplicate_every=19, mistake_every=20), Mixture(9, 3, 3)]
)
def test_a_manifest_has_what_it_says(mixture: Mixture) -> None:
    assert len(list(mixture)) == mixture.lines
    assert _outcomes(mixture) == mixture.counts()


def test_the_stand_in_s_table_does_what_our_updates_say() -> None:
    batches = Batches()
    batches.transact({"TransactItems": [_put()]})
    release = batch_transitions.release(CHUNK, now=7)

    answer = batches.update({"Key": KEY, **to_expressions(release).as_arguments()})

    assert to_chunk(answer["Attributes"]) == release.applied_to(CHUNK)
    assert batches.get({"Key": KEY})["Item"] == answer["Attributes"]


def test_the_stand_in_adds_what_is_counted() -> None:
    batches = Batches()
    addressed = addition("t", "b", 3, {"accepted": 2, "rejected": 1}, 9)["Update"]["Key"]
    counts = {"accepted": {"N": "5"}, "rejected": {"N": "0"}, "updated_at": {"N": "0"}}
    batches.transact({"TransactItems": [{"Put": {"Item": addressed | counts}}]})

    batches.transact({"TransactItems": [addition("t", "b", 3, {"accepted": 2, "rejected": 1}, 9)]})

    item = batches.get({"Key": addressed})["Item"]
    assert item == addressed | {
        "accepted": {"N": "7"},
        "rejected": {"N": "1"},
        "updated_at": {"N": "9"},
    }


def test_the_stand_in_refuses_a_chunk_that_stands() -> None:
    batches = Batches()
    batches.transact({"TransactItems": [_put()]})

    with pytest.raises(RefusedError) as refused:
        batches.transact({"TransactItems": [_put()]})

    assert refused.value.reasons[0]["Item"] == item_of(CHUNK)


def _put() -> dict[str, Any]:
    condition = "attribute_not_exists(batch_id)"
    return {"Put": {"Item": item_of(CHUNK), "ConditionExpression": condition}}
