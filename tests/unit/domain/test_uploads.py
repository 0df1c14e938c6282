"""What S3 tells of uploads, read once and decoded once; and whose uploads they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshmill.domain.upload_address import UploadAddress, address_of
from meshmill.domain.upload_events import parse_upload_events
from meshmill.domain.work import UnreadableMessage

_EVENTS = Path(__file__).resolve().parents[3] / "events" / "split_manifest"
_USER = "uk3m5qz7tw2xv4cb6ndaaaaaaaaaaaaaa"
_BATCH = "8c0d1f3e-2b7a-5c64-9e11-4f5a6b7c8d9e"


def body(name: str) -> str:
    event = json.loads((_EVENTS / name).read_bytes())
    text: str = event["Records"][0]["body"]
    return text


def changed(path: str, value: Any) -> str:
    """The event of a dropped file with another value at a path; None takes it away."""
    event = json.loads(body("dropped_file.json"))
    place = event["Records"][0]
    *folders, name = path.split(".")
    for folder in folders:
        place = place[folder]
    place.pop(name)
    if value is not None:
        place[name] = value
    return json.dumps(event)


class TestEvents:
    def test_a_new_version_is_told_with_who_put_it_there(self) -> None:
        (upload,) = parse_upload_events(body("dropped_file.json"))
        assert upload.bucket == "uploads"
        assert upload.key == f"uploads/{_USER}/shelf/rocks.jsonl"
        assert upload.version_id == "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"
        assert upload.attribution.actor == "s3:AWS:AROAEXAMPLEEXAMPLE0AB:uploader"
        assert upload.attribution.request_id == "C3D13FE58DE4C810"

    def test_a_key_is_decoded_once(self) -> None:
        (upload,) = parse_upload_events(body("encoded_key.json"))
        assert upload.key == f"uploads/{_USER}/shelf/a b+c(1).csv"
        (twice,) = parse_upload_events(changed("s3.object.key", "uploads/a%252Fb"))
        assert twice.key == "uploads/a%2Fb"

    @given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
    def test_every_key_comes_out_as_it_was(self, key: str) -> None:
        (upload,) = parse_upload_events(changed("s3.object.key", quote_plus(key)))
        assert upload.key == key

    def test_several_records_are_several_uploads(self) -> None:
        names = [upload.key[-9:] for upload in parse_upload_events(body("two_uploads.json"))]
        assert names == ["one.jsonl", "two.jsonl"]

    def test_that_s3_tries_the_queue_tells_of_nothing(self) -> None:
        assert parse_upload_events(body("test_event.json")) == []

    def test_what_is_no_new_object_is_left_out(self) -> None:
        assert parse_upload_events(changed("eventName", "ObjectRemoved:Delete")) == []

    @pytest.mark.parametrize("path", ["userIdentity", "responseElements"])
    def test_our_own_announcements_need_not_tell_who_it_was(self, path: str) -> None:
        (upload,) = parse_upload_events(changed(path, None))
        assert "unknown" in {upload.attribution.actor[3:], upload.attribution.request_id}

    def test_members_of_later_versions_do_no_harm(self) -> None:
        event = json.loads(body("dropped_file.json"))
        event["Records"][0]["s3"]["object"]["storageClass"] = "STANDARD"
        event["more"] = 1
        assert len(parse_upload_events(json.dumps(event))) == 1

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("eventSource", "aws:sns"),
            ("s3.object.versionId", None),
            ("s3.object.versionId", 7),
            ("s3.object.key", ""),
            ("s3.object.key", "k" * 3_073),
            ("s3.object.key", "%FF"),
            ("s3.bucket.name", None),
            ("s3", None),
        ],
    )
    def test_a_malformed_record_is_refused(self, path: str, value: Any) -> None:
        with pytest.raises(UnreadableMessage):
            parse_upload_events(changed(path, value))

    @pytest.mark.parametrize(
        "text", ["", "null", "[]", '{"Records": {}}', '{"Event": "x"}', "[" * 100_000, "\ud800"]
    )
    def test_what_is_no_event_is_refused(self, text: str) -> None:
        with pytest.raises(UnreadableMessage):
            parse_upload_events(text)


class TestAddresses:
    @pytest.mark.parametrize(
        ("rest", "filename"),
        [
            ("rocks.jsonl", "rocks.jsonl"),
            ("any/thing/at all/rocks.csv", "rocks.csv"),
            ("../../rocks.csv", "rocks.csv"),
            ("a/.batches/rocks.csv", "rocks.csv"),
            ("evil\u202egnp.\x00csv", "evilgnp.csv"),
            ("\u200b", "manifest"),
            ("n" * 400, "n" * 255),
        ],
    )
    def test_a_file_below_a_users_prefix_is_a_drop_of_his(self, rest: str, filename: str) -> None:
        assert address_of(f"uploads/{_USER}/{rest}") == UploadAddress(_USER, filename, None)

    @pytest.mark.parametrize("name", ["manifest", "manifest.jsonl", "manifest.csv"])
    def test_a_form_leads_to_its_batch(self, name: str) -> None:
        address = address_of(f"uploads/{_USER}/.batches/{_BATCH}/{name}")
        assert address == UploadAddress(_USER, name, _BATCH)

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "rocks.jsonl",
            f"uploads/{_USER}",
            f"uploads/{_USER}/",
            f"uploads/{_USER}/folder/",
            f"uploads/{_USER.upper()}/rocks.jsonl",
            f"uploads/{_USER}x/rocks.jsonl",
            f"/uploads/{_USER}/rocks.jsonl",
            f"exports/{_USER}/rocks.jsonl",
            f"uploads/{_USER}/.batches",
            f"uploads/{_USER}/.batches/x",
            f"uploads/{_USER}/.batches/{_BATCH}/manifest.jsonl/more",
            f"uploads/{_USER}/.batches/{_BATCH.upper()}/manifest.jsonl",
        ],
    )
    def test_anything_else_is_nobodys(self, key: str) -> None:
        assert address_of(key) is None
