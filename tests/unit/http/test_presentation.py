"""The Asset object, its addresses, and the headers around it."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meshmill.domain import errors
from meshmill.domain.asset import Asset, AssetError, ErrorClass, Status, StoredFile
from meshmill.domain.signing import verify_status_link
from meshmill.domain.times import iso
from meshmill.http.authentication import Principal
from meshmill.http.errors import CODES, error_answer, status_of
from meshmill.http.links import save_as
from meshmill.http.presentation import asset_view
from meshmill.http.rate_limit import rate_limit_headers
from meshmill.ports import Allowance
from tests.fakes.clock import START_MS, FakeClock
from tests.fakes.credentials import RotatingSecret
from tests.unit.domain.records import record
from tests.unit.http.links import minter

CLOCK, SECRET = FakeClock(), RotatingSecret()
LINKS = minter(CLOCK, SECRET)
MODEL = StoredFile(
    "model", "model.glb", "model/gltf-binary", 12, "ab" * 32, "artefacts/x/model.glb"
)
PREVIEW = StoredFile("preview", "preview.png", "image/png", 1, "cd" * 32, "artefacts/x/p.png")
COMPLETED = record(
    status=Status.COMPLETED,
    created_at=START_MS,
    queued_at=START_MS,
    started_at=START_MS + 250,
    completed_at=START_MS + 1_000,
    due_at=None,
    files=(MODEL, PREVIEW),
    triangles=12,
    vertices=24,
    materials=1,
    textures=3,
)
ALWAYS = {
    "object", "asset_id", "spec_id", "status", "format", "parameters", "priority", "labels",
    "custom_id", "created_at", "updated_at", "started_at", "completed_at", "attempts", "queue_ms",
    "generation_ms", "status_url", "links",
}  # fmt: skip


def view(asset: Asset) -> dict[str, Any]:
    return asset_view(asset, LINKS, LINKS.status_url(asset))


def test_an_asset_has_the_contracts_members_and_no_others() -> None:
    assert set(view(record())) == ALWAYS
    assert set(view(COMPLETED)) == ALWAYS | {"stats", "files"}


def test_a_completed_asset_names_an_address_of_each_file_that_stays() -> None:
    own = f"https://api.example/api/v1/assets/{COMPLETED.asset_id}"
    assert view(record())["links"] == {"self": own}
    assert view(COMPLETED)["links"] == {
        "self": own,
        "files": {"model": f"{own}/files/model", "preview": f"{own}/files/preview"},
    }


def test_an_entity_tag_changes_with_the_record_and_every_five_minutes() -> None:
    clock = FakeClock(7 * 300_000)
    links = dataclasses.replace(LINKS, clock=clock)
    tag = links.entity_tag(COMPLETED)
    assert tag == links.entity_tag(COMPLETED)
    assert tag != links.entity_tag(dataclasses.replace(COMPLETED, version=COMPLETED.version + 1))
    assert tag != links.entity_tag(dataclasses.replace(COMPLETED, run="another"))
    clock.advance(299_999)
    assert tag == links.entity_tag(COMPLETED)
    clock.advance(1)
    assert tag != links.entity_tag(COMPLETED)


def test_nothing_of_the_machinery_is_told() -> None:
    told = str(view(dataclasses.replace(record(), owner="SECRETOWNER", run="SECRETRUN")))
    for inner in ("SECRET", "lease", "due_at", "lane", "user_id"):
        assert inner not in told


def test_a_failed_asset_tells_why() -> None:
    error = AssetError("GENERATION_FAILED", "All attempts failed", ErrorClass.SYSTEM, True)
    assert view(record(status=Status.FAILED, error=error))["error"] == {
        "code": "GENERATION_FAILED",
        "message": "All attempts failed",
        "class": "system",
        "retryable": True,
    }


def test_how_long_it_waited_and_was_built_is_told_once_known() -> None:
    assert (view(record())["queue_ms"], view(record())["generation_ms"]) == (None, None)
    assert (view(COMPLETED)["queue_ms"], view(COMPLETED)["generation_ms"]) == (250, 750)


def test_clocks_that_differ_never_give_a_negative_wait() -> None:
    early = dataclasses.replace(COMPLETED, started_at=START_MS - 5)
    assert view(early)["queue_ms"] == 0


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (None, None),
        (0, "1970-01-01T00:00:00.000Z"),
        (1_800_000_000_001, "2027-01-15T08:00:00.001Z"),
    ],
)
def test_times_are_iso_8601_in_utc(milliseconds: int | None, text: str | None) -> None:
    assert iso(milliseconds) == text


def test_every_file_has_a_link_that_expires_with_it() -> None:
    files = view(COMPLETED)["files"]
    assert [file["name"] for file in files] == ["model", "preview"]
    for file in files:
        assert file["expires_at"] == iso(START_MS + 900_000)
        expires = parse_qs(urlsplit(file["url"]).query)["expires"]
        assert expires == [str(START_MS + 900_000)]


def test_the_status_url_is_signed_for_this_asset_and_a_day() -> None:
    parts = urlsplit(view(COMPLETED)["status_url"])
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    expires, seconds = given["expires"], START_MS // 1000
    assert int(expires) == seconds + 86_400
    asset_id = parts.path.rpartition("/")[2]
    verify_status_link(SECRET.keys(), "assets", asset_id, expires, given["signature"], seconds)


@pytest.mark.parametrize(
    ("custom_id", "file", "name"),
    [
        (None, MODEL, "rock-{spec}.glb"),
        (None, PREVIEW, "rock-{spec}-preview.png"),
        ("my rock/../7\r\n", MODEL, "my_rock_.._7_-{spec}.glb"),
        ("Größe", MODEL, "Größe-{spec}.glb"),
        ('a";b', MODEL, "a_b-{spec}.glb"),
    ],
)
def test_downloads_are_saved_under_a_safe_and_telling_name(
    custom_id: str | None, file: StoredFile, name: str
) -> None:
    asset = dataclasses.replace(COMPLETED, custom_id=custom_id)
    assert save_as(asset, file) == name.format(spec=asset.spec_id[:8])


def test_figures_of_a_bucket_are_told_in_both_spellings() -> None:
    principal = Principal(
        user_id="u",
        actor="user:u",
        permissions=frozenset(),
        bucket="b",
        bucket_kind="user",
        requests_per_minute=9,
    )
    allowance = Allowance(
        granted=False, limit=9, remaining=0, full_in_ms=59_001, retry_after_ms=6_600
    )
    assert rate_limit_headers(principal, allowance, 1_000_000) == {
        "X-RateLimit-Limit": "9",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "1060",
        "RateLimit-Policy": '"user";q=9;w=60',
        "RateLimit": '"user";r=0;t=60',
    }


EVENT = {"requestContext": {"requestId": "r"}, "headers": {"accept": "*/*"}, "rawPath": "/p"}


def every_error() -> list[errors.MeshmillError]:
    """One of each kind that a caller can meet."""
    violation = [errors.Violation("field", "wrong")]
    return [
        errors.InvalidJson("x"),
        errors.InvalidRequest(violation),
        errors.InvalidFormat(violation),
        errors.PayloadTooLarge("x"),
        errors.UnsupportedMediaType("x"),
        errors.Unauthorized(),
        errors.Forbidden("x"),
        errors.InvalidSignature(),
        errors.LinkExpired(),
        errors.NotFound("x"),
        errors.MethodNotAllowed("x", {"allowed": ["GET"]}),
        errors.DuplicateRequest("x"),
        errors.InvalidState("x"),
        errors.RateLimitExceeded("user", 9, 1),
        errors.DependencyUnavailable("x"),
        errors.MeshmillError("x"),
    ]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.code)
def test_every_error_has_a_status_and_an_envelope(error: errors.MeshmillError) -> None:
    answer = error_answer(error, EVENT)
    assert answer.status == status_of(error) == CODES[error.code]
    assert answer.body["error"]["code"] == error.code
    assert answer.body["request_id"] == "r"


def test_every_error_of_the_domain_is_known_at_the_edge() -> None:
    def kinds(base: type[errors.MeshmillError]) -> set[type[errors.MeshmillError]]:
        found = set(base.__subclasses__())
        return found.union(*(kinds(kind) for kind in found))

    leaves = {kind for kind in kinds(errors.MeshmillError) if kind.code != "INTERNAL_ERROR"}
    assert {kind.code for kind in leaves} | {"INTERNAL_ERROR"} == set(CODES)


def test_what_nobody_foresaw_is_told_as_our_fault_and_as_nothing_else() -> None:
    answer = error_answer(KeyError("a secret of ours"), EVENT)
    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert b"secret" not in answer.content
