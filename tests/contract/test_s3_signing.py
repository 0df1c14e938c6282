"""Our signer of S3's URLs beside botocore's: the same text, for every name and address."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore import auth
from botocore.credentials import Credentials, ReadOnlyCredentials, RefreshableCredentials
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meshmill.aws import clients
from meshmill.aws.s3_signing import BucketAddress, UrlSigner
from tests.fakes.clock import START_MS, FakeClock

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"  # the documentation's own
TOKEN = "FwoGZXIvYXdzE/Yz+a==" * 30
NOW = dt.datetime.fromtimestamp(START_MS / 1000, dt.UTC).replace(tzinfo=None)

_SURROGATES: Any = ("Cs",)
texts = st.text(st.characters(exclude_categories=_SURROGATES), min_size=1, max_size=60)
#: Ours begin with a word; what else S3 takes is any text.
keys = st.builds("artefacts/{}".format, texts) | texts.filter(lambda key: not key.startswith("/"))


@cache
def _session(token: str | None) -> boto3.Session:
    """One for all regions: each parses the description of S3 anew."""
    return boto3.Session("AKIDEXAMPLE", SECRET, token)


@cache
def _client(region: str, endpoint: str | None = None, token: str | None = None) -> Any:
    """As :mod:`meshmill.aws.clients` configures it."""
    return _session(token).client(
        "s3",
        region_name=region,
        endpoint_url=endpoint,
        config=clients.configuration("s3", path_style=endpoint is not None),
    )


def theirs(client: Any, bucket: str, key: str, overrides: dict[str, str], seconds: int) -> str:
    """botocore's URL at the fake clock's time."""
    members = {
        "response-content-disposition": "ResponseContentDisposition",
        "response-content-type": "ResponseContentType",
    }
    params = {members[name]: value for name, value in overrides.items()}
    with mock.patch.object(auth, "get_current_datetime", return_value=NOW):
        url: str = client.generate_presigned_url(
            "get_object", {"Bucket": bucket, "Key": key, **params}, seconds
        )
    return url


def signer(address: BucketAddress, token: str | None = None) -> UrlSigner:
    credentials = Credentials("AKIDEXAMPLE", SECRET, token)
    return UrlSigner(address, credentials.get_frozen_credentials, FakeClock())


def named(disposition: str) -> dict[str, str]:
    return {
        "response-content-disposition": disposition,
        "response-content-type": "model/gltf-binary",
    }


@settings(deadline=None, derandomize=True, database=None, max_examples=150)
@given(keys, texts, st.integers(1, 604_800), st.sampled_from([None, TOKEN]))
@example("artefacts/a b+c(1)~é.glb", 'attachment; filename="a b.glb"', 900, TOKEN)
@example("a//b/../c", "100 %", 1, None)
def test_the_urls_of_a_bucket_on_aws_are_botocores(
    key: str, disposition: str, seconds: int, token: str | None
) -> None:
    ours = signer(BucketAddress.on_aws("files-of-ada", "eu-central-1"), token)

    url = ours.url(key, named(disposition), seconds)

    client = _client("eu-central-1", None, token)
    assert url == theirs(client, "files-of-ada", key, named(disposition), seconds)


@settings(deadline=None, derandomize=True, database=None, max_examples=50)
@given(keys, texts)
def test_the_urls_of_a_bucket_at_an_endpoint_are_botocores(key: str, disposition: str) -> None:
    endpoint = "http://127.0.0.1:4566"
    ours = signer(BucketAddress.at_endpoint(endpoint, "files", "us-east-1"))

    url = ours.url(key, named(disposition), 900)

    client = _client("us-east-1", endpoint)
    assert url == theirs(client, "files", key, named(disposition), 900)


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_a_bucket_of_every_region_is_where_botocore_finds_it(partition: str) -> None:
    regions = boto3.Session("a", "b").get_available_regions("s3", partition)
    assert regions
    for region in regions:
        url = signer(BucketAddress.on_aws("files", region)).url("m.glb", {}, 60)
        assert url == theirs(_client(region), "files", "m.glb", {}, 60)


@pytest.mark.parametrize("bucket", ["a.b", "files.example.com", "abc", "a-1", "9" * 63])
def test_a_bucket_is_addressed_as_botocore_does_whatever_its_name(bucket: str) -> None:
    url = signer(BucketAddress.on_aws(bucket, "us-east-1")).url("m.glb", {}, 60)

    assert url == theirs(_client("us-east-1"), bucket, "m.glb", {}, 60)


def test_the_url_of_amazons_own_example_has_the_signature_that_they_print() -> None:
    """Source: the Amazon S3 API Reference's example of signing a query."""
    clock = FakeClock(1_369_353_600_000)
    address = BucketAddress("https://examplebucket.s3.amazonaws.com", "", "us-east-1")
    credentials = ReadOnlyCredentials(
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None
    )

    url = UrlSigner(address, lambda: credentials, clock).url("test.txt", {}, 86_400)

    assert url.endswith(
        "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


class TestCredentials:
    """They change while a process lives, and so does the day."""

    address = BucketAddress.on_aws("files", "eu-central-1")

    def test_each_url_is_signed_with_the_credentials_of_its_moment(self, clock: FakeClock) -> None:
        sessions = iter(["first", "second", "third"])

        def refresh() -> dict[str, str]:
            # About to expire, so that they are renewed at every use.
            expiry = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
            return {
                "access_key": "AKIDEXAMPLE",
                "secret_key": SECRET,
                "token": next(sessions),
                "expiry_time": expiry.isoformat(),
            }

        credentials = RefreshableCredentials.create_from_metadata(refresh(), refresh, "test")
        ours = UrlSigner(self.address, credentials.get_frozen_credentials, clock)

        for token in ("second", "third"):
            client = _client("eu-central-1", None, token)
            assert ours.url("m.glb", {}, 60) == theirs(client, "files", "m.glb", {}, 60)

    def test_a_url_of_the_next_day_is_signed_with_the_next_days_key(self, clock: FakeClock) -> None:
        credentials = Credentials("AKIDEXAMPLE", SECRET).get_frozen_credentials()
        lasting = UrlSigner(self.address, lambda: credentials, clock)
        lasting.url("m.glb", {}, 60)
        clock.advance(24 * 3_600_000)

        fresh = UrlSigner(self.address, lambda: credentials, clock)

        assert lasting.url("m.glb", {}, 60) == fresh.url("m.glb", {}, 60)


class TestWiring:
    """What the functions sign with."""

    @pytest.fixture(autouse=True)
    def process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_DEFAULT_REGION": "eu-central-1",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        monkeypatch.setattr(clients, "_made", {})

    def test_on_aws_it_is_the_processs_role_and_region(self, clock: FakeClock) -> None:
        url = clients.url_signer("files", clock).url("m.glb", {}, 60)

        assert url == theirs(_client("eu-central-1", None, TOKEN), "files", "m.glb", {}, 60)
        assert not clients._made

    def test_with_an_endpoint_in_the_environment_it_is_that_one(
        self, monkeypatch: pytest.MonkeyPatch, clock: FakeClock
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566/")

        url = clients.url_signer("files", clock).url("m.glb", {}, 60)

        assert url.startswith("http://localhost:4566/files/m.glb?X-Amz-Algorithm=")
