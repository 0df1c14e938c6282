from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from meshmill.aws.s3_artefacts import S3Artefacts
from meshmill.geometry.artefact import ArtefactFile
from meshmill.ports import ArtefactStore, Standing
from tests.fakes.artefacts import InMemoryArtefacts
from tests.support.backend import Backend, bucket
from tests.support.sdk_events import counted_calls

_SPEC = "5" * 64
_PART_BYTES = 5 * 1024 * 1024


@pytest.fixture
def store(platform: Backend | None) -> Iterator[ArtefactStore]:
    if platform is None:
        yield InMemoryArtefacts()
        return
    with bucket(platform) as name:
        yield S3Artefacts(platform.client("s3"), name)


@pytest.fixture
def key(store: ArtefactStore) -> str:
    return store.key(_SPEC, "1.0.0", "model.glb")


def _file(data: bytes) -> ArtefactFile:
    return ArtefactFile("model", "model.glb", "model/gltf-binary", data)


def _standing(data: bytes) -> Standing:
    return Standing(len(data), hashlib.sha256(data).hexdigest())


def test_a_key_tells_spec_engine_and_file(store: ArtefactStore) -> None:
    assert store.key("s" * 64, "1.2.3", "preview.png") == f"artefacts/{'s' * 64}/1.2.3/preview.png"


def test_nothing_is_read_where_nothing_stands(store: ArtefactStore, key: str) -> None:
    assert store.read(key) is None


@pytest.mark.parametrize("data", [b"", b"glTF", bytes(3_000_000)], ids=["empty", "small", "3 MB"])
def test_a_stored_file_is_read_back(store: ArtefactStore, key: str, data: bytes) -> None:
    assert store.put_new(key, _file(data)) is None

    assert store.read(key) == data


def test_what_stands_keeps_its_bytes_and_is_told(store: ArtefactStore, key: str) -> None:
    store.put_new(key, _file(b"first"))

    assert store.put_new(key, _file(b"second, longer")) == _standing(b"first")

    assert store.read(key) == b"first"


def test_the_same_file_again_meets_itself(store: ArtefactStore, key: str) -> None:
    store.put_new(key, _file(b"first"))

    assert store.put_new(key, _file(b"first")) == _standing(b"first")


def test_files_of_two_engine_versions_stand_apart(store: ArtefactStore) -> None:
    old, new = (store.key(_SPEC, version, "model.glb") for version in ("1.0.0", "1.1.0"))

    assert store.put_new(old, _file(b"old")) is None
    assert store.put_new(new, _file(b"new")) is None

    assert (store.read(old), store.read(new)) == (b"old", b"new")


def test_of_many_simultaneous_puts_one_is_stored_and_all_others_see_it(
    store: ArtefactStore, key: str
) -> None:
    rivals = [_file(f"by {number}".encode()) for number in range(32)]

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda file: store.put_new(key, file), rivals))

    assert answers.count(None) == 1
    stored = rivals[answers.index(None)].data
    assert store.read(key) == stored
    assert [found for found in answers if found] == [_standing(stored)] * 31


class TestS3Artefacts:
    @pytest.fixture
    def name(self, aws: Backend) -> Iterator[str]:
        with bucket(aws) as name:
            yield name

    @pytest.fixture
    def client(self, aws: Backend) -> Any:
        return aws.client("s3")

    @pytest.fixture
    def store(self, client: Any, name: str) -> S3Artefacts:
        return S3Artefacts(client, name)

    def test_what_stands_without_a_checksum_is_read_and_hashed(
        self, store: S3Artefacts, client: Any, name: str, key: str
    ) -> None:
        client.put_object(Bucket=name, Key=key, Body=b"by hand")

        assert store.put_new(key, _file(b"ours")) == _standing(b"by hand")

    def test_what_stands_from_a_multipart_upload_is_read_and_hashed(
        self, store: S3Artefacts, client: Any, name: str, key: str
    ) -> None:
        data = bytes(_PART_BYTES) + b"last part"
        _upload_in_parts(client, name, key, data)

        assert store.put_new(key, _file(b"ours")) == _standing(data)


@pytest.mark.embedded
def test_an_object_carries_its_type_and_checksum(embedded: Backend) -> None:
    """moto forgets a checksum that comes without the name of its algorithm."""
    client = embedded.client("s3")
    with bucket(embedded) as name:
        S3Artefacts(client, name).put_new("artefacts/m", _file(b"glTF"))

        head = client.head_object(Bucket=name, Key="artefacts/m", ChecksumMode="ENABLED")

    digest = hashlib.sha256(b"glTF").digest()
    assert head["ContentType"] == "model/gltf-binary"
    assert head["ChecksumSHA256"] == base64.b64encode(digest).decode()


@pytest.mark.embedded
def test_a_standing_objects_checksum_costs_no_download(embedded: Backend) -> None:
    client = embedded.client("s3")
    with bucket(embedded) as name:
        store = S3Artefacts(client, name)
        store.put_new("artefacts/m", _file(b"first"))

        with counted_calls(client) as calls:
            store.put_new("artefacts/m", _file(b"second"))

    assert calls == {"PutObject": 1, "HeadObject": 1}


def _upload_in_parts(client: Any, name: str, key: str, data: bytes) -> None:
    upload = client.create_multipart_upload(Bucket=name, Key=key, ChecksumAlgorithm="SHA256")
    place = {"Bucket": name, "Key": key, "UploadId": upload["UploadId"]}
    parts = []
    for number, start in enumerate(range(0, len(data), _PART_BYTES), 1):
        answer = client.upload_part(
            **place,
            PartNumber=number,
            Body=data[start : start + _PART_BYTES],
            ChecksumAlgorithm="SHA256",
        )
        parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        if "ChecksumSHA256" in answer:
            parts[-1]["ChecksumSHA256"] = answer["ChecksumSHA256"]
    client.complete_multipart_upload(**place, MultipartUpload={"Parts": parts})
