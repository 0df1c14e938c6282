"""Whose upload an object is, and what for: told from its key alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_KEY: Final = re.compile(r"uploads/(?P<user_id>u[a-z2-7]{32})/(?P<rest>.+)", re.DOTALL)
#: Below it lie the uploads that the API has issued forms for; nobody else writes there.
_ISSUED: Final = ".batches"
_ISSUED_KEY: Final = re.compile(
    r"\.batches/(?P<batch_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/manifest(?:-[0-9]+)?(?:\.[a-z]+)?"
)
_MOST_SHOWN: Final = 255
_NAMELESS: Final = "manifest"


@dataclass(frozen=True, slots=True)
class UploadAddress:
    """``batch_id`` is that of the batch that the form was issued for; None of a direct drop.

    ``filename`` is the last part of the key, as it may be shown.
    """

    user_id: str
    filename: str
    batch_id: str | None


def address_of(key: str) -> UploadAddress | None:
    """The address that a key is; None where it is not below a user's prefix, or names no file."""
    found = _KEY.fullmatch(key)
    if found is None or key.endswith("/"):
        return None
    user_id, rest = found["user_id"], found["rest"]
    if rest.partition("/")[0] != _ISSUED:
        return UploadAddress(user_id, _shown(rest.rpartition("/")[2]), None)
    issued = _ISSUED_KEY.fullmatch(rest)
    if issued is None:
        return None
    return UploadAddress(user_id, rest.rpartition("/")[2], issued["batch_id"])


def _shown(filename: str) -> str:
    """Without characters that can't be seen or that turn the text around, and not too long."""
    seen = "".join(letter for letter in filename if letter.isprintable())
    return seen[:_MOST_SHOWN] or _NAMELESS
