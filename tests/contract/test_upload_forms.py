"""Forms for uploads beside botocore's, and what S3 checks of them: the policy, field by field.

Neither emulator looks at a policy, so that it is read here as S3 reads it.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from unittest import mock

import boto3
import httpx
import pytest
from botocore import auth
from botocore.credentials import Credentials

from meshmill.aws import clients
from meshmill.aws.s3_signing import BucketAddress, UrlSigner
from meshmill.aws.s3_upload_forms import S3UploadForms
from meshmill.ports.batches import UploadForm, UploadForms
from tests.fakes.clock import START_MS, FakeClock
from tests.fakes.manifests import InMemoryManifests, InMemoryUploadForms
from tests.support.backend import REGION, Backend, bucket

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"  # the documentation's own
TOKEN = "FwoGZXIvYXdzE/Yz+a==" * 30
BUCKET, KEY = "uploads-of-all", "uploads/uabc/.batches/1234/manifest.jsonl"
TYPE, MOST, SECONDS = "application/x-ndjson", 1024**3, 3_600
NOW = dt.datetime.fromtimestamp(START_MS / 1000, dt.UTC).replace(tzinfo=None)


def forms_at(address: BucketAddress, name: str, token: str | None = None) -> S3UploadForms:
    credentials = Credentials("AKIDEXAMPLE", SECRET, token)
    return S3UploadForms(UrlSigner(address, credentials.get_frozen_credentials, FakeClock()), name)


def policy_of(form: UploadForm) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads(base64.b64decode(form.fields["policy"]))
    return policy


def theirs(endpoint: str | None, token: str | None, conditions: list[Any]) -> dict[str, Any]:
    """botocore's form at the fake clock's time, under conditions besides bucket and key."""
    client = boto3.Session("AKIDEXAMPLE", SECRET, token, REGION).client(
        "s3",
        endpoint_url=endpoint,
        config=clients.configuration("s3", path_style=endpoint is not None),
    )
    with (
        mock.patch.object(auth, "get_current_datetime", return_value=NOW),
        mock.patch("botocore.signers.get_current_datetime", return_value=NOW),
    ):
        posted: dict[str, Any] = client.generate_presigned_post(
            BUCKET, KEY, {"Content-Type": TYPE}, conditions, SECONDS
        )
    return posted


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("endpoint", [None, "http://localhost:4566"])
def test_a_form_says_what_botocores_says(endpoint: str | None, token: str | None) -> None:
    address = (
        BucketAddress.on_aws(BUCKET, REGION)
        if endpoint is None
        else BucketAddress.at_endpoint(endpoint, BUCKET, REGION)
    )
    conditions = [{"Content-Type": TYPE}, ["content-length-range", 1, MOST]]

    ours = forms_at(address, BUCKET, token).form(KEY, TYPE, MOST, SECONDS)
    posted = theirs(endpoint, token, conditions)

    assert ours.url == posted["url"]
    signed = {"policy", "x-amz-signature"}
    assert ours.fields.keys() == posted["fields"].keys()
    assert [it for it in ours.fields.items() if it[0] not in signed] == [
        (name, posted["fields"][name]) for name in ours.fields if name not in signed
    ]
    told = json.loads(base64.b64decode(posted["fields"]["policy"]))
    assert policy_of(ours)["expiration"] == told["expiration"]
    assert _sorted(policy_of(ours)["conditions"]) == _sorted(told["conditions"])


@pytest.mark.parametrize("token", [None, TOKEN])
def test_the_signature_is_botocores_for_the_same_policy(token: str | None) -> None:
    ours = forms_at(BucketAddress.on_aws(BUCKET, REGION), BUCKET, token)
    form = ours.form(KEY, TYPE, MOST, SECONDS)
    signer = auth.S3SigV4PostAuth(Credentials("AKIDEXAMPLE", SECRET, token), "s3", REGION)
    request = mock.Mock(context={"timestamp": form.fields["x-amz-date"]})

    assert form.fields["x-amz-signature"] == signer.signature(form.fields["policy"], request)


def test_every_field_stands_in_the_policy_as_it_is_sent() -> None:
    """S3 refuses a field that no condition names, and one of another value."""
    form = forms_at(BucketAddress.on_aws(BUCKET, REGION), BUCKET, TOKEN).form(
        KEY, TYPE, MOST, SECONDS
    )
    pinned = {
        name: value
        for condition in policy_of(form)["conditions"]
        if isinstance(condition, dict)
        for name, value in condition.items()
    }

    unsigned = {"policy", "x-amz-signature"}
    sent = {name: value for name, value in form.fields.items() if name not in unsigned}
    assert pinned == {**sent, "bucket": BUCKET}
    assert (pinned["key"], pinned["Content-Type"]) == (KEY, TYPE)


def test_an_empty_file_and_one_that_is_too_large_are_refused() -> None:
    form = forms_at(BucketAddress.on_aws(BUCKET, REGION), BUCKET).form(KEY, TYPE, 77, SECONDS)

    ranges = [it for it in policy_of(form)["conditions"] if isinstance(it, list)]
    assert ranges == [["content-length-range", 1, 77]]


def test_a_form_ends_when_it_says() -> None:
    form = forms_at(BucketAddress.on_aws(BUCKET, REGION), BUCKET).form(KEY, TYPE, MOST, 60)

    end = dt.datetime.fromisoformat(policy_of(form)["expiration"]).replace(tzinfo=None)
    assert end == NOW + dt.timedelta(seconds=60)
    assert form.expires_at == START_MS + 60_000


class TestPosting:
    """What the fake refuses, S3 refuses by the policy."""

    @pytest.fixture
    def manifests(self) -> InMemoryManifests:
        return InMemoryManifests()

    @pytest.fixture
    def forms(self, manifests: InMemoryManifests, clock: FakeClock) -> InMemoryUploadForms:
        return InMemoryUploadForms(manifests, clock)

    def test_a_file_is_put_at_its_key(
        self, forms: InMemoryUploadForms, manifests: InMemoryManifests
    ) -> None:
        version = forms.post(forms.form(KEY, TYPE, 4, SECONDS), b"line")

        assert version is not None
        assert b"".join(manifests.open(KEY, version).blocks) == b"line"

    @pytest.mark.parametrize("data", [b"", b"lines"])
    def test_a_file_of_another_size_is_refused(
        self, forms: InMemoryUploadForms, manifests: InMemoryManifests, data: bytes
    ) -> None:
        assert forms.post(forms.form(KEY, TYPE, 4, SECONDS), data) is None
        assert manifests.first_version(KEY) is None

    @pytest.mark.parametrize("field", ["key", "Content-Type"])
    def test_another_key_or_type_is_refused(self, forms: InMemoryUploadForms, field: str) -> None:
        form = forms.form(KEY, TYPE, 4, SECONDS)
        form.fields[field] = "another"

        assert forms.post(form, b"line") is None

    def test_a_form_that_has_expired_is_refused(
        self, forms: InMemoryUploadForms, clock: FakeClock
    ) -> None:
        form = forms.form(KEY, TYPE, 4, SECONDS)
        clock.advance(SECONDS * 1_000)

        assert forms.post(form, b"line") is None


class TestThroughTheEngine:
    """A form as a client sends it."""

    @pytest.fixture
    def name(self, embedded: Backend) -> Iterator[str]:
        with bucket(embedded) as name:
            yield name

    @pytest.mark.embedded
    def test_a_posted_file_stands_under_its_key_with_its_type(
        self, embedded: Backend, name: str
    ) -> None:
        assert embedded.endpoint is not None
        address = BucketAddress.at_endpoint(embedded.endpoint, name, REGION)
        forms: UploadForms = forms_at(address, name)
        form = forms.form(KEY, TYPE, MOST, SECONDS)

        answer = httpx.post(
            form.url, data=form.fields, files={"file": ("mine.jsonl", b"{}\n")}, trust_env=False
        )

        assert answer.status_code == 204, answer.text
        stored = embedded.client("s3").get_object(Bucket=name, Key=KEY)
        assert (stored["Body"].read(), stored["ContentType"]) == (b"{}\n", TYPE)


def _sorted(conditions: list[Any]) -> list[str]:
    return sorted(map(json.dumps, conditions))
