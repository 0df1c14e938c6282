"""The events in events/ are what AWS sends, and the functions that they are for take them."""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from functions.api import handler as api
from functions.dead_letter import handler as dead_letter
from functions.generate import handler as generate
from functions.reconcile import handler as reconcile
from functions.status import handler as status
from meshmill.domain.batch import Phase
from meshmill.domain.request import parse_request
from meshmill.domain.signing import SigningKeys, sign_status_link
from meshmill.domain.work import UnreadableMessage, WorkItem
from tests.faults import engine
from tests.support import tokens
from tests.support.batch_steps import bring_to
from tests.support.cloud import Cloud, Context

EVENTS = Path(__file__).resolve().parents[2] / "events"
_STANDING = "550e8400-e29b-41d4-a716-446655440000"
_NOT_200 = {"api/get_asset_unchanged.json": 304, "api/get_file.json": 302}

Event = dict[str, Any]


def _named(pattern: str) -> list[str]:
    found = sorted(str(path.relative_to(EVENTS)) for path in EVENTS.glob(pattern))
    assert found, pattern
    return found


def _event(name: str) -> Event:
    event: Event = json.loads((EVENTS / name).read_bytes())
    return event


def _signed_in(event: Event) -> Event:
    """The event with a token that is good here, where it carries one."""
    event = copy.deepcopy(event)
    if "authorization" in event["headers"]:
        event["headers"]["authorization"] = f"Bearer {tokens.token()}"
    return event


def _call_api(event: Event) -> tuple[int, Any]:
    answer = _answered(event)
    body = answer["body"]
    if answer["isBase64Encoded"]:
        body = gzip.decompress(base64.b64decode(body))
    return answer["statusCode"], json.loads(body)


def _answered(event: Event) -> dict[str, Any]:
    return api.handler(_signed_in(event), Context())


def _created(name: str = "api/create_seed_request.json") -> Any:
    code, asset = _call_api(_event(name))
    assert code == 202, asset
    return asset


def _about(event: Event, asset_id: str) -> Event:
    return json.loads(json.dumps(event).replace(_STANDING, asset_id))  # type: ignore[no-any-return]


class TestHttpEvents:
    @pytest.mark.parametrize("name", _named("api/**/*.json") + _named("status/**/*.json"))
    def test_they_have_the_shape_of_payload_format_2(self, name: str) -> None:
        event = _event(name)
        http = event["requestContext"]["http"]
        query = "&".join(
            f"{key}={text}" for key, text in event.get("queryStringParameters", {}).items()
        )

        assert event["version"] == "2.0"
        assert event["routeKey"] == event["requestContext"]["routeKey"]
        assert event["rawPath"] == http["path"]
        assert event["rawQueryString"] == query
        assert all(header == header.lower() for header in event["headers"])
        assert event["headers"]["host"] == event["requestContext"]["domainName"]
        if "body" in event:
            assert int(event["headers"]["content-length"]) == len(event["body"].encode())

    def test_each_request_has_an_id_of_its_own(self) -> None:
        names = _named("api/**/*.json") + _named("status/**/*.json")
        ids = [_event(name)["requestContext"]["requestId"] for name in names]

        assert len(set(ids)) == len(names)


class TestApiEvents:
    @pytest.mark.parametrize("name", _named("api/create_*.json"))
    def test_a_create_event_is_accepted(self, cloud: Cloud, name: str) -> None:
        asset = _created(name)

        assert asset["status"] == "pending"
        assert asset["deduplicated"] is False
        assert sum(cloud.waiting(lane) for lane in ("express", "standard", "bulk")) == 1

    def test_create_events_ask_for_different_assets_on_every_lane(self, cloud: Cloud) -> None:
        names = _named("api/create_*.json")

        ids = {_created(name)["asset_id"] for name in names}

        assert len(ids) == len(names)
        assert all(cloud.waiting(lane) for lane in ("express", "standard", "bulk"))

    @pytest.mark.parametrize("name", _named("api/repeat_*.json"))
    def test_a_repeat_event_is_the_same_request_in_other_words(
        self, cloud: Cloud, name: str
    ) -> None:
        original = name.replace("repeat_", "create_")
        first = _created(original)

        code, again = _call_api(_event(name))

        assert (code, again["deduplicated"]) == (200, True)
        assert again["asset_id"] == first["asset_id"]
        assert _event(name)["body"] != _event(original)["body"]

    def test_the_seed_request_is_the_documents_own(self) -> None:
        body = _event("api/create_seed_request.json")["body"]

        assert json.loads(body) == {
            "format": "gltf",
            "parameters": {"quality": "high", "texture_size": 2048},
        }
        assert parse_request(body.encode()).parameters.generator == "terrain"

    @pytest.mark.parametrize(
        "name", sorted(set(_named("api/*.json")) - set(_named("api/create_*.json")))
    )
    def test_every_other_event_is_answered(
        self, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        engine.install(monkeypatch)
        asset = _created()
        cloud.work()

        answer = _answered(_about(_event(name), asset["asset_id"]))

        assert answer["statusCode"] == _NOT_200.get(name, 200)

    @pytest.mark.parametrize("name", _named("api/refused/*.json"))
    def test_a_refused_event_has_the_error_that_its_name_says(
        self, cloud: Cloud, name: str
    ) -> None:
        _created()

        code, envelope = _call_api(_event(name))

        assert code >= 400
        assert envelope["error"]["code"] == Path(name).stem.upper()


class TestBatchEvents:
    def test_a_batch_is_asked_for_read_listed_and_deleted(self, cloud: Cloud) -> None:
        code, batch = _call_api(_event("api/batches/create_batch.json"))
        assert (code, batch["status"]) == (201, "awaiting_upload")
        again = _call_api(_event("api/batches/create_batch.json"))[1]
        assert again["batch_id"] == batch["batch_id"]

        read = _call_api(_about(_event("api/batches/get_batch.json"), batch["batch_id"]))
        page = _call_api(_event("api/batches/list_batches.json"))
        deleted = _answered(_about(_event("api/batches/delete_batch.json"), batch["batch_id"]))

        assert read[0] == 200
        assert read[1]["created_at"] == batch["created_at"]
        assert [one["batch_id"] for one in page[1]["data"]] == [batch["batch_id"]]
        assert deleted["statusCode"] == 204

    def test_a_batch_that_has_begun_is_redriven_and_polled(self, cloud: Cloud) -> None:
        batch = _call_api(_event("api/batches/create_batch.json"))[1]
        bring_to(cloud, batch["batch_id"], Phase.REPORTED, 1_795_344_660_000)

        redriven = _answered(_about(_event("api/batches/redrive_batch.json"), batch["batch_id"]))
        poll = _about(_event("status/poll_batch.json"), batch["batch_id"])
        poll["rawQueryString"] = urlsplit(batch["status_url"]).query
        polled = status.handler(poll, Context())

        assert redriven["statusCode"] == 202
        assert polled["statusCode"] == 200


class TestStatusEvents:
    def test_a_poll_reads_the_asset_when_its_link_is_signed(self, cloud: Cloud) -> None:
        asset = _created()
        event = _about(_event("status/poll_asset.json"), asset["asset_id"])
        event["rawQueryString"] = urlsplit(asset["status_url"]).query
        event["queryStringParameters"] = dict(parse_qsl(event["rawQueryString"]))

        answer = status.handler(event, Context())

        assert answer["statusCode"] == 200
        assert json.loads(answer["body"])["asset_id"] == asset["asset_id"]

    def test_an_expired_link_is_refused_also_when_it_was_signed(self, cloud: Cloud) -> None:
        event = _event("status/refused/link_expired.json")
        expires = event["queryStringParameters"]["expires"]
        keys = SigningKeys(b"current-key")
        signature = sign_status_link(keys, "assets", event["pathParameters"]["id"], int(expires))
        event["rawQueryString"] = f"expires={expires}&signature={signature}"

        answer = status.handler(event, Context())

        assert json.loads(answer["body"])["error"]["code"] == "LINK_EXPIRED"

    def test_a_link_that_nobody_signed_is_refused(self, cloud: Cloud) -> None:
        answer = status.handler(_event("status/refused/invalid_signature.json"), Context())

        assert json.loads(answer["body"])["error"]["code"] == "INVALID_SIGNATURE"


class TestQueueEvents:
    @pytest.mark.parametrize("name", _named("generate/*.json") + _named("dead_letter/*.json"))
    def test_they_have_the_shape_of_sqs_records(self, name: str) -> None:
        for record in _event(name)["Records"]:
            digest = hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()
            attributes = record["attributes"]

            assert record["eventSource"] == "aws:sqs"
            assert record["eventSourceARN"].split(":")[2:4] == ["sqs", record["awsRegion"]]
            assert record["md5OfBody"] == digest
            assert {"ApproximateReceiveCount", "SentTimestamp", "SenderId"} <= set(attributes)
            assert ("DeadLetterQueueSourceArn" in attributes) == name.startswith("dead_letter")

    @pytest.mark.parametrize(
        "name", ["generate/one_message.json", "generate/batch.json", "dead_letter/one_message.json"]
    )
    def test_bodies_are_messages_of_ours_grouped_by_their_user(self, name: str) -> None:
        for record in _event(name)["Records"]:
            item = WorkItem.parse(record["body"])

            assert record["attributes"]["MessageGroupId"] == item.user_id

    @pytest.mark.parametrize("name", ["generate/one_message.json", "generate/batch.json"])
    def test_messages_of_assets_that_are_gone_are_acknowledged(
        self, cloud: Cloud, name: str
    ) -> None:
        assert generate.handler(_event(name), Context()) == {"batchItemFailures": []}

    def test_poison_among_work_is_handed_back_alone(self, cloud: Cloud) -> None:
        event = _event("generate/batch_with_poison.json")
        poison = event["Records"][1]
        with pytest.raises(UnreadableMessage):
            WorkItem.parse(poison["body"])
        # The queue must hold the message whose visibility is changed.
        cloud.sqs.send_message(QueueUrl=cloud.queue_urls["standard"], MessageBody=poison["body"])
        received = cloud.sqs.receive_message(QueueUrl=cloud.queue_urls["standard"])
        poison["receiptHandle"] = received["Messages"][0]["ReceiptHandle"]

        answer = generate.handler(event, Context())

        assert answer == {"batchItemFailures": [{"itemIdentifier": poison["messageId"]}]}

    def test_a_dead_letter_of_an_asset_that_is_gone_is_settled(self, cloud: Cloud) -> None:
        answer = dead_letter.handler(_event("dead_letter/one_message.json"), Context())

        assert answer == {"batchItemFailures": []}
        assert cloud.keys() == []

    def test_dead_poison_goes_into_quarantine(self, cloud: Cloud) -> None:
        event = _event("dead_letter/poison.json")

        answer = dead_letter.handler(event, Context())

        assert answer == {"batchItemFailures": []}
        assert len(cloud.keys()) == len(event["Records"])


class TestSchedule:
    def test_the_reconciler_runs_on_the_schedulers_default_payload(self, cloud: Cloud) -> None:
        assert reconcile.handler(_event("reconcile/scheduled.json"), Context()) == {}
