"""The body of ``POST /assets``: what may be asked, checked and normalised."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from meshmill.domain.errors import InvalidFormat, InvalidRequest
from meshmill.domain.json_text import parse_object
from meshmill.domain.violations import violations_of
from meshmill.geometry.spec import UNKNOWN_FORMAT, AssetSpec

MAX_BODY_BYTES = 64 * 1024
MAX_LABELS = 10
DEFAULT_PRIORITY = 5

#: Control, format (zero-width, bidi), surrogate and private-use characters.
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co"}


def plain_text(text: str) -> str:
    """One spelling a text: NFC, without characters that can't be seen."""
    if text.isascii() and text.isprintable():
        return text
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in text):
        raise PydanticCustomError("plain_text", "Must not hold control or invisible characters")
    if not unicodedata.is_normalized("NFC", text):
        raise PydanticCustomError("plain_text", "Must be in Unicode normal form C")
    return text


def _few(labels: Any) -> Any:
    """Refuse a flood before each of its members is looked at."""
    if isinstance(labels, dict) and len(labels) > MAX_LABELS:
        raise PydanticCustomError("too_long", "At most {most} labels", {"most": MAX_LABELS})
    return labels


Short = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, strict=True),
    AfterValidator(plain_text),
]
Long = Annotated[
    str,
    StringConstraints(min_length=1, max_length=256, strict=True),
    AfterValidator(plain_text),
]


class AssetRequest(AssetSpec):
    """A spec and what goes with it: priority, labels and a name of the caller's own.

    Only format and parameters are the identity (:attr:`AssetSpec.spec_id`).
    """

    priority: int = Field(
        DEFAULT_PRIORITY, ge=1, le=10, description="8–10 express, 4–7 standard, 1–3 bulk."
    )
    labels: Annotated[dict[Short, Long], BeforeValidator(_few)] = Field(
        default_factory=dict, max_length=MAX_LABELS, description="Stored and returned as sent."
    )
    custom_id: Short | None = Field(None, description="The caller's own name of the asset.")

    @property
    def spec(self) -> AssetSpec:
        """The part that identity and engine see."""
        return AssetSpec.model_construct(format=self.format, parameters=self.parameters)


def parse_request(body: bytes) -> AssetRequest:
    """The request in a body.

    Raises:
        PayloadTooLarge, InvalidJson: the body is no acceptable JSON object.
        InvalidFormat: the format does not exist (other violations are listed too).
        InvalidRequest: anything else is wrong, all violations at once.
    """
    return validate_request(parse_object(body, MAX_BODY_BYTES))


def validate_request(members: dict[str, Any]) -> AssetRequest:
    """The request of a decoded object; errors as :func:`parse_request`."""
    try:
        return AssetRequest.model_validate(members)
    except ValidationError as error:
        violations = violations_of(error, AssetRequest)
        if any(detail["type"] == UNKNOWN_FORMAT for detail in error.errors(include_url=False)):
            raise InvalidFormat(violations) from None
        raise InvalidRequest(violations) from None
