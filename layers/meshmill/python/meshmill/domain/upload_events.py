"""What S3 tells of objects that came into the bucket of uploads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from meshmill.domain.attribution import Attribution
from meshmill.domain.violations import printable
from meshmill.domain.work import UnreadableMessage

_TEST_EVENT: Final = "s3:TestEvent"
_CREATED: Final = "ObjectCreated:"
_UNKNOWN: Final = "unknown"
#: A key has up to 1,024 bytes, each of which may be written as ``%XX``.
_MAX_ENCODED_KEY: Final = 3 * 1_024


@dataclass(frozen=True, slots=True)
class Upload:
    """A version of an object; ``attribution`` names who put it there, as far as S3 tells."""

    bucket: str
    key: str
    version_id: str
    attribution: Attribution


class _Told(BaseModel):
    """Of what S3 tells only this is looked at; further members come with its new versions."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Bucket(_Told):
    name: Annotated[str, Field(min_length=1, max_length=63)]


class _Object(_Told):
    key: Annotated[str, Field(min_length=1, max_length=_MAX_ENCODED_KEY)]
    # S3 gives up to 1,024 bytes; it is absent where the bucket keeps no versions.
    version_id: Annotated[str, Field(alias="versionId", min_length=1, max_length=1_024)]


class _Stored(_Told):
    bucket: _Bucket
    object: _Object


class _Identity(_Told):
    principal_id: str = Field(_UNKNOWN, alias="principalId")


class _Response(_Told):
    request_id: str = Field(_UNKNOWN, alias="x-amz-request-id")


class _Record(_Told):
    event_source: Annotated[str, Field(alias="eventSource", pattern="^aws:s3$")]
    event_name: Annotated[str, Field(alias="eventName")]
    identity: Annotated[_Identity, Field(alias="userIdentity")] = _Identity()
    response: Annotated[_Response, Field(alias="responseElements")] = _Response()
    s3: _Stored


class _Event(_Told):
    records: Annotated[list[_Record], Field(alias="Records", min_length=1)]


def parse_upload_events(body: str) -> list[Upload]:
    """The new objects that a message tells of; none where S3 only tries whether it gets through.

    Source: *Event message structure* in the Amazon S3 user guide. Keys are encoded there as in a
    form, and decoded here, once.

    Raises:
        UnreadableMessage: it isn't S3's, or tells of no version.
    """
    if _is_test(body):
        return []
    try:
        records = _Event.model_validate_json(body).records
    except ValidationError as error:
        raise UnreadableMessage(f"{error.error_count()} problems in the body") from None
    return [_upload(record) for record in records if record.event_name.startswith(_CREATED)]


def _is_test(body: str) -> bool:
    """Whether S3 sent this when it was told to notify the queue."""
    try:
        event: Any = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(event, dict) and event.get("Event") == _TEST_EVENT


def _upload(record: _Record) -> Upload:
    try:
        key = unquote_plus(record.s3.object.key, errors="strict")
    except UnicodeDecodeError:
        raise UnreadableMessage("The key is not UTF-8") from None
    actor = f"s3:{printable(record.identity.principal_id)}"
    return Upload(
        bucket=record.s3.bucket.name,
        key=key,
        version_id=record.s3.object.version_id,
        attribution=Attribution(actor, printable(record.response.request_id)),
    )
