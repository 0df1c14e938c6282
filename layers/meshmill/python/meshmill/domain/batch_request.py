"""The body of ``POST /batches``: what file is going to be uploaded."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from meshmill.domain.errors import InvalidRequest
from meshmill.domain.json_text import parse_object
from meshmill.domain.manifest.plan import ManifestLimits
from meshmill.domain.request import MAX_BODY_BYTES, plain_text
from meshmill.domain.violations import violations_of

#: Those of JSON lines and of CSV, and what clients send that know neither.
ContentType = Literal[
    "application/jsonl",
    "application/x-ndjson",
    "application/json",
    "text/csv",
    "application/octet-stream",
]
CONTENT_TYPES: Final = get_args(ContentType)
_SUFFIXES: Final = {"text/csv": ".csv", "application/octet-stream": ""}


def _in_no_folder(name: str) -> str:
    """One name of a file: nothing in it leads anywhere else."""
    if "/" in name or "\\" in name or name in {".", ".."}:
        raise PydanticCustomError("filename", "Must be the name of a file, without folders")
    return name


class BatchRequest(BaseModel):
    """A manifest to be: its name, its size in bytes, and its type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    filename: Annotated[
        str,
        StringConstraints(min_length=1, max_length=255),
        AfterValidator(plain_text),
        AfterValidator(_in_no_folder),
    ] = Field(description="Shown in answers; downloads are named after it. Without folders.")
    size: int = Field(ge=1, le=ManifestLimits().max_bytes, description="Bytes.")
    content_type: ContentType = Field(
        description="What the file is uploaded as; how it is written is seen from its content."
    )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the request in one spelling, in hexadecimal."""
        text = json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def suffix(self) -> str:
        """The ending of the uploaded object's name."""
        return _SUFFIXES.get(self.content_type, ".jsonl")


def parse_batch_request(body: bytes) -> BatchRequest:
    """The request in a body.

    Raises:
        PayloadTooLarge, InvalidJson: the body is no acceptable JSON object.
        InvalidRequest: anything else is wrong, all violations at once.
    """
    members = parse_object(body, MAX_BODY_BYTES)
    try:
        return BatchRequest.model_validate(members)
    except ValidationError as error:
        raise InvalidRequest(violations_of(error, BatchRequest)) from None
