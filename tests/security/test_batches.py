"""Hostile requests for batches: names that lead elsewhere, forms bent, keys and links swapped."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meshmill.aws import clients
from meshmill.domain import identity
from meshmill.domain.batch import Phase
from tests.security.callers import ROCK, assert_refusal
from tests.security.routes import bearer
from tests.security.test_bodies import LIMIT, TEXTS
from tests.support import tables, tokens
from tests.support.batch_steps import bring_to
from tests.support.cloud import Cloud, Reply

NOW = 1_800_000_000_000
ADA = identity.user_id(tokens.ISSUER, "ada")
REQUEST: dict[str, Any] = {
    "filename": "rocks.jsonl",
    "size": 1_024,
    "content_type": "application/jsonl",
}
NAMES: dict[str, str] = TEXTS | {
    "up and away": "../../../etc/passwd",
    "up": "..",
    "here": ".",
    "from the root": "/etc/passwd",
    "a folder": "other/rocks.jsonl",
    "a folder of Windows": "C:\\rocks.jsonl",
    "somebody else's folder": f"uploads/u{'b' * 32}/rocks.jsonl",
    "256 characters": "a" * 256,
}
SET_BY_US = [
    "user_id", "batch_id", "key", "upload_key", "status", "phase", "source", "format", "version_id",
    "counts", "files", "attribution", "fingerprint", "upload_until", "__proto__",
]  # fmt: skip


def issue(cloud: Cloud, *, named: str = "", **changes: Any) -> Reply:
    headers = {"idempotency-key": named} if named else {}
    body = json.dumps(REQUEST | changes)
    return cloud.request("POST", "/api/v1/batches", body, headers=headers, bearer=bearer())


def records(cloud: Cloud) -> list[Any]:
    items: list[Any] = cloud.dynamodb.scan(TableName=tables.BATCHES)["Items"]
    return items


@pytest.mark.parametrize("kind", NAMES)
def test_a_name_that_leads_elsewhere_or_cannot_be_seen_is_refused(cloud: Cloud, kind: str) -> None:
    details = assert_refusal(issue(cloud, filename=NAMES[kind]), 400, "VALIDATION_ERROR")
    assert details["field"] == "filename"
    assert records(cloud) == []


@pytest.mark.parametrize("name", ["%2e%2e%2fetc", "a%00.jsonl", "${filename}", "a'; drop table"])
def test_no_name_is_part_of_the_address_that_is_uploaded_to(cloud: Cloud, name: str) -> None:
    batch = issue(cloud, filename=name).json
    assert batch["filename"] == name
    key = batch["upload"]["fields"]["key"]
    assert re.fullmatch(f"uploads/{ADA}/.batches/{batch['batch_id']}/manifest-[0-9]+.jsonl", key)
    policy = base64.b64decode(batch["upload"]["fields"]["policy"]).decode()
    assert name not in policy


@pytest.mark.parametrize("member", SET_BY_US)
def test_a_member_that_only_the_service_sets_is_unknown(cloud: Cloud, member: str) -> None:
    reply = issue(cloud, **{member: "hunter2"})
    assert assert_refusal(reply, 400, "VALIDATION_ERROR")["field"] == member
    assert "hunter2" not in reply.text
    assert records(cloud) == []


def test_a_form_takes_one_file_of_one_type_up_to_a_gibibyte_at_one_address(cloud: Cloud) -> None:
    fields = issue(cloud).json["upload"]["fields"]
    conditions = json.loads(base64.b64decode(fields["policy"]))["conditions"]
    ranges = [one for one in conditions if isinstance(one, list)]
    exact = {
        name: value for one in conditions if isinstance(one, dict) for name, value in one.items()
    }
    assert ranges == [["content-length-range", 1, 1024**3]]
    assert exact.pop("bucket") == "uploads"
    assert exact == {
        name: value for name, value in fields.items() if name not in {"policy", "x-amz-signature"}
    }
    assert not {"acl", "success_action_redirect", "x-amz-meta-user"} & exact.keys()


def test_the_secret_that_signs_a_form_stands_in_no_answer(cloud: Cloud) -> None:
    secret = str(clients.credentials().secret_key)
    assert len(secret) > 4
    assert secret not in issue(cloud).text


@pytest.mark.parametrize("size", [1024**3 + 1, 2**63, -1, 0])
def test_a_manifest_over_a_gibibyte_is_refused_before_it_is_uploaded(
    cloud: Cloud, size: int
) -> None:
    assert assert_refusal(issue(cloud, size=size), 400, "VALIDATION_ERROR")["field"] == "size"


def test_a_body_over_64_kib_is_too_large(cloud: Cloud) -> None:
    reply = issue(cloud, filename="a" * LIMIT)
    assert assert_refusal(reply, 413, "PAYLOAD_TOO_LARGE") == {"allowed": LIMIT}


@pytest.mark.parametrize("key", ["a\r\nset-cookie: b", "\x00", "é", "a b", "x" * 256])
def test_a_key_that_no_header_carries_unchanged_is_refused(cloud: Cloud, key: str) -> None:
    details = assert_refusal(issue(cloud, named=key), 400, "VALIDATION_ERROR")
    assert details["field"] == "Idempotency-Key"


def test_a_repeated_key_makes_one_batch_however_often(cloud: Cloud) -> None:
    ids = {issue(cloud, named="again").json["batch_id"] for _ in range(20)}
    assert len(ids) == 1
    assert len(records(cloud)) == 1


def test_links_of_one_kind_open_nothing_of_another(cloud: Cloud) -> None:
    """Even where the ids were the same."""
    batch = issue(cloud).json["status_url"]
    asset = cloud.create(ROCK).json["status_url"]
    for url, other in ((batch, "assets"), (batch, "exports"), (asset, "batches")):
        kind = urlsplit(url).path.split("/")[-2]
        assert cloud.poll(url).status == 200
        swapped = url.replace(f"/status/{kind}/", f"/status/{other}/")
        assert cloud.poll(swapped).code == "INVALID_SIGNATURE"


def test_a_link_to_one_batch_does_not_open_another(cloud: Cloud) -> None:
    one, other = (issue(cloud).json for _ in range(2))
    swapped = one["status_url"].replace(one["batch_id"], other["batch_id"])
    assert cloud.poll(swapped).code == "INVALID_SIGNATURE"


def test_files_of_a_batch_are_signed_for_its_owners_folder_alone(cloud: Cloud) -> None:
    issued = issue(cloud).json
    bring_to(cloud, issued["batch_id"], Phase.REPORTED, NOW)
    files = cloud.poll(issued["status_url"]).json["files"]
    assert len(files) == 4
    for file in files:
        url = urlsplit(file["url"])
        assert url.path.endswith(f"/batches/{ADA}/{issued['batch_id']}/{file['filename']}")
        assert parse_qs(url.query)["X-Amz-Expires"] == ["900"]


@pytest.mark.parametrize("name", ['a"; x="b.jsonl', "a%0d%0ab.jsonl", "<script>.jsonl"])
def test_a_download_is_named_harmlessly_whatever_the_manifest_was_called(
    cloud: Cloud, name: str
) -> None:
    issued = issue(cloud, filename=name).json
    bring_to(cloud, issued["batch_id"], Phase.REPORTED, NOW)
    for file in cloud.poll(issued["status_url"]).json["files"]:
        (saved,) = parse_qs(urlsplit(file["url"]).query)["response-content-disposition"]
        assert not set("<>%;\r\n") & set(saved.removeprefix("attachment;"))
        assert saved.count('"') == 2
