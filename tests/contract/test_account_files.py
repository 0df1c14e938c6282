"""Exports' files, users' files, fences and erased records: fakes, moto and the embedded engine."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from meshmill.aws.dynamodb_asset_erasure import DynamoDbAssetErasure
from meshmill.aws.dynamodb_assets import DynamoDbAssets
from meshmill.aws.dynamodb_fences import DynamoDbFences
from meshmill.aws.dynamodb_limits import DynamoDbRateLimiter
from meshmill.aws.s3_exports import S3ExportFiles
from meshmill.aws.s3_user_files import S3UserFiles
from meshmill.ports import AssetStore
from meshmill.ports.accounts import AssetErasure, ExportFiles, UploadLost
from tests.contract import samples
from tests.contract.samples import NOW
from tests.fakes.accounts import InMemoryAssetErasure, InMemoryExportFiles
from tests.fakes.assets import InMemoryAssets
from tests.fakes.clock import FakeClock
from tests.support.backend import Backend, assets_table, bucket, rate_limits_table
from tests.support.sdk_events import faults_on, refused

PART = b"x" * (5 * 1024 * 1024)


class TestExportFiles:
    key = "exports/ada/job.jsonl"

    @pytest.fixture
    def stored(self) -> dict[str, Callable[[], bytes]]:
        """How what was written is read."""
        return {}

    @pytest.fixture
    def files(
        self, platform: Backend | None, stored: dict[str, Callable[[], bytes]]
    ) -> Iterator[ExportFiles]:
        if platform is None:
            fake = InMemoryExportFiles()
            stored["read"] = lambda: fake.files[self.key]
            yield fake
            return
        client = platform.client("s3")
        with bucket(platform) as name:

            def read() -> bytes:
                body: bytes = client.get_object(Bucket=name, Key=self.key)["Body"].read()
                return body

            stored["read"] = read
            yield S3ExportFiles(client, name)

    def test_parts_become_one_file(self, files: ExportFiles, stored: Any) -> None:
        upload_id = files.begin(self.key)
        parts = [
            files.put_part(self.key, upload_id, 1, PART),
            files.put_part(self.key, upload_id, 2, b"end"),
        ]

        files.complete(self.key, upload_id, parts)

        assert stored["read"]() == PART + b"end"
        assert [part.size for part in parts] == [len(PART), 3]
        hashes = [hashlib.sha256(data).hexdigest() for data in (PART, b"end")]
        assert [part.sha256 for part in parts] == hashes

    def test_a_part_uploaded_again_replaces_the_one_before(
        self, files: ExportFiles, stored: Any
    ) -> None:
        upload_id = files.begin(self.key)
        files.put_part(self.key, upload_id, 1, b"once")
        again = files.put_part(self.key, upload_id, 1, b"twice")

        files.complete(self.key, upload_id, [again])

        assert stored["read"]() == b"twice"

    def test_what_is_complete_may_be_completed_again(self, files: ExportFiles, stored: Any) -> None:
        upload_id = files.begin(self.key)
        part = files.put_part(self.key, upload_id, 1, b"once")
        files.complete(self.key, upload_id, [part])

        files.complete(self.key, upload_id, [part])

        assert stored["read"]() == b"once"

    def test_an_aborted_upload_is_lost_and_may_be_aborted_again(
        self, platform: Backend | None, files: ExportFiles
    ) -> None:
        if platform is not None and platform.name == "moto":
            pytest.skip("moto fails where S3 says that there is no such upload")
        upload_id = files.begin(self.key)
        part = files.put_part(self.key, upload_id, 1, b"once")
        files.abort(self.key, upload_id)
        files.abort(self.key, upload_id)

        with pytest.raises(UploadLost):
            files.put_part(self.key, upload_id, 1, b"once")
        with pytest.raises(UploadLost):
            files.complete(self.key, upload_id, [part])

    def test_a_part_that_somebody_else_has_replaced_is_not_taken_for_ours(
        self, files: ExportFiles
    ) -> None:
        upload_id = files.begin(self.key)
        ours = files.put_part(self.key, upload_id, 1, b"ours")
        files.put_part(self.key, upload_id, 1, b"theirs")

        with pytest.raises(UploadLost):
            files.complete(self.key, upload_id, [ours])

    def test_each_job_has_an_address_below_its_user(self, files: ExportFiles) -> None:
        assert files.key("ada", "job") == self.key


class TestChecksums:
    """As they go over the wire: neither emulator insists on them as S3 does."""

    key = "exports/ada/job.jsonl"

    def test_an_upload_is_begun_carried_on_and_completed_under_one_algorithm(
        self, moto: Backend
    ) -> None:
        client = moto.client("s3")
        sent: dict[str, Any] = {}

        def note(params: Any, model: Any, **_: Any) -> None:
            sent[model.name] = params

        checksum = base64.b64encode(hashlib.sha256(b"once").digest()).decode()
        client.meta.events.register("before-call.s3", note)
        try:
            with bucket(moto) as name:
                files = S3ExportFiles(client, name)
                upload_id = files.begin(self.key)
                part = files.put_part(self.key, upload_id, 1, b"once")
                files.complete(self.key, upload_id, [part])
        finally:
            client.meta.events.unregister("before-call.s3", note)

        begun, uploaded = sent["CreateMultipartUpload"]["headers"], sent["UploadPart"]["headers"]
        assert begun["x-amz-checksum-algorithm"] == "SHA256"
        checksums = {name: uploaded[name] for name in uploaded if "x-amz-checksum" in name}
        assert checksums == {"x-amz-checksum-sha256": checksum}
        assert f"<ChecksumSHA256>{checksum}<" in sent["CompleteMultipartUpload"]["body"].decode()


class TestUploadsThatAreGone:
    """S3 says so of a completed one too, where both emulators complete it again."""

    key = "exports/ada/job.jsonl"

    @pytest.fixture
    def files(self, moto: Backend) -> Iterator[S3ExportFiles]:
        with bucket(moto) as name:
            yield S3ExportFiles(moto.client("s3"), name)

    @pytest.mark.parametrize("stands", [True, False])
    def test_an_upload_that_is_gone_was_completed_if_its_file_stands(
        self, moto: Backend, files: S3ExportFiles, stands: bool
    ) -> None:
        upload_id = files.begin(self.key)
        parts = [files.put_part(self.key, upload_id, 1, b"once")]
        if stands:
            files.complete(self.key, upload_id, parts)
        outcome = nullcontext() if stands else pytest.raises(UploadLost)
        with faults_on(moto.client("s3")) as faults, outcome:
            faults.plan(refused(404, "NoSuchUpload"))
            files.complete(self.key, upload_id, parts)


class TestUserFiles:
    """Versions are an emulator's; the fake is no more than a dictionary."""

    @pytest.fixture(params=["versioned", "unversioned"])
    def name(self, request: pytest.FixtureRequest, aws: Backend) -> Iterator[str]:
        client = aws.client("s3")
        with bucket(aws) as name:
            if request.param == "versioned":
                client.put_bucket_versioning(
                    Bucket=name, VersioningConfiguration={"Status": "Enabled"}
                )
            yield name
            listed = client.list_object_versions(Bucket=name)
            for entry in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
                client.delete_object(Bucket=name, Key=entry["Key"], VersionId=entry["VersionId"])

    def test_every_version_of_a_user_goes_and_others_stay(self, aws: Backend, name: str) -> None:
        client, files = aws.client("s3"), S3UserFiles(aws.client("s3"), name, "uploads")
        for key in ("ada/b 1/ü+c.csv", "ada/b 1/ü+c.csv", "ada/x", "adam/y"):
            client.put_object(Bucket=name, Key=f"uploads/{key}", Body=key.encode())
        client.put_object(Bucket=name, Key="other/ada/z", Body=b"z")
        client.delete_object(Bucket=name, Key="uploads/ada/x")

        files.erase(files.found("ada", 100))

        assert files.found("ada", 100) == []
        assert not client.list_object_versions(Bucket=name).get("DeleteMarkers")
        left = [entry["Key"] for entry in client.list_objects_v2(Bucket=name)["Contents"]]
        assert left == ["other/ada/z", "uploads/adam/y"]

    def test_what_is_gone_may_be_erased_again(self, aws: Backend, name: str) -> None:
        files = S3UserFiles(aws.client("s3"), name, "uploads")
        aws.client("s3").put_object(Bucket=name, Key="uploads/ada/x", Body=b"x")
        found = files.found("ada", 100)

        files.erase(found)
        files.erase(found)

        assert files.found("ada", 100) == []

    def test_a_page_is_as_long_as_it_was_asked_for(self, aws: Backend, name: str) -> None:
        files = S3UserFiles(aws.client("s3"), name, "uploads")
        for number in range(3):
            aws.client("s3").put_object(Bucket=name, Key=f"uploads/ada/{number}", Body=b"x")

        assert len(files.found("ada", 2)) == 2


class TestFences:
    @pytest.fixture
    def table(self, aws: Backend) -> Iterator[str]:
        with rate_limits_table(aws) as table:
            yield table

    def test_a_fence_is_told_with_every_token_until_it_is_lifted(
        self, aws: Backend, table: str, clock: FakeClock
    ) -> None:
        client = aws.client("dynamodb")
        limiter = DynamoDbRateLimiter(client, table, clock)
        fences = DynamoDbFences(client, table, clock)
        assert not limiter.spend("user#a", 3).fenced

        fences.put("user#a")

        answers = [limiter.spend("user#a", 3) for _ in range(3)]
        assert [answer.fenced for answer in answers] == [True, True, True]
        assert [answer.granted for answer in answers] == [True, True, False]
        assert not limiter.spend("user#b", 3).fenced
        fences.lift("user#a")
        fences.lift("user#a")
        assert not limiter.spend("user#a", 3).fenced

    def test_a_lifted_fence_leaves_the_tokens_as_they_are_and_an_item_of_minutes(
        self, aws: Backend, table: str, clock: FakeClock
    ) -> None:
        client = aws.client("dynamodb")
        limiter = DynamoDbRateLimiter(client, table, clock)
        fences = DynamoDbFences(client, table, clock)
        fences.put("user#a")
        for _ in range(3):
            limiter.spend("user#a", 3)

        fences.lift("user#a")

        item = client.get_item(TableName=table, Key={"bucket": {"S": "user#a"}})["Item"]
        assert 60 < int(item["expires_at"]["N"]) - clock.now_ms() // 1000 <= 300
        assert not limiter.spend("user#a", 3).granted

    def test_lifting_where_no_fence_stands_makes_nothing(
        self, aws: Backend, table: str, clock: FakeClock
    ) -> None:
        client = aws.client("dynamodb")

        DynamoDbFences(client, table, clock).lift("user#a")

        assert client.scan(TableName=table)["Items"] == []

    def test_a_bucket_that_nobody_used_can_be_fenced_and_counts_as_full(
        self, aws: Backend, table: str, clock: FakeClock
    ) -> None:
        client = aws.client("dynamodb")
        DynamoDbFences(client, table, clock).put("key#a")

        answer = DynamoDbRateLimiter(client, table, clock).spend("key#a", 3)

        assert (answer.fenced, answer.granted, answer.remaining) == (True, True, 2)

    def test_spending_does_not_bring_forward_when_a_fenced_item_may_be_dropped(
        self, aws: Backend, table: str, clock: FakeClock
    ) -> None:
        client = aws.client("dynamodb")
        DynamoDbFences(client, table, clock).put("user#a")
        limiter = DynamoDbRateLimiter(client, table, clock)

        for _ in range(2):
            limiter.spend("user#a", 3)

        item = client.get_item(TableName=table, Key={"bucket": {"S": "user#a"}})["Item"]
        assert item["expires_at"] == item["fenced_until"]
        assert int(item["expires_at"]["N"]) > clock.now_ms() // 1000 + 86_400

    def test_a_fence_that_nobody_lifts_ends(
        self, aws: Backend, table: str, clock: FakeClock
    ) -> None:
        client = aws.client("dynamodb")
        DynamoDbFences(client, table, clock).put("user#a")

        clock.advance(7 * 24 * 3_600_000)

        assert not DynamoDbRateLimiter(client, table, clock).spend("user#a", 3).fenced


class TestAssetErasure:
    @pytest.fixture
    def stores(self, platform: Backend | None) -> Iterator[tuple[AssetStore, AssetErasure]]:
        if platform is None:
            assets = InMemoryAssets()
            yield assets, InMemoryAssetErasure(assets)
            return
        client = platform.client("dynamodb")
        with assets_table(platform) as table:
            yield DynamoDbAssets(client, table, "batches"), DynamoDbAssetErasure(client, table)

    @pytest.mark.parametrize("state", ["pending", "completed", "failed", "lease lapsed"])
    def test_what_no_worker_has_goes(
        self, stores: tuple[AssetStore, AssetErasure], state: str
    ) -> None:
        assets, erasure = stores
        asset = samples.in_state(state)
        assets.create(asset)

        assert erasure.erase(asset.asset_id, asset.run, NOW) is None

        assert assets.get(asset.asset_id) is None
        assert erasure.erase(asset.asset_id, asset.run, NOW) is None

    def test_what_a_worker_has_stays_and_is_told(
        self, stores: tuple[AssetStore, AssetErasure]
    ) -> None:
        assets, erasure = stores
        asset = samples.in_state("processing")
        assets.create(asset)

        assert erasure.erase(asset.asset_id, asset.run, NOW) == asset
        assert assets.get(asset.asset_id) == asset

    def test_another_run_stays(self, stores: tuple[AssetStore, AssetErasure]) -> None:
        assets, erasure = stores
        asset = samples.in_state("pending")
        assets.create(asset)

        assert erasure.erase(asset.asset_id, samples.NEXT_RUN, NOW) == asset
