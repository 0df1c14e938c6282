"""Whether an answer may be compressed, and how (RFC 9110, sections 8.4 and 12.5.3)."""

from __future__ import annotations

import re
import zlib

GZIP = "gzip"

# Below this the saving is less than a packet, and not worth a header and base64.
_LEAST_BYTES = 1024
# Pages of a listing are 5 % larger than at zlib's default of 6, for an eighth less time; the
# record on conditional requests has the figures.
_LEVEL = 4
# zlib's largest window, in the format of gzip (RFC 1952), without a time or a name in its header.
_GZIP_WINDOW = zlib.MAX_WBITS | 16
_WEIGHT = r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?"
_MEMBER = re.compile(rf"([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*;\s*[qQ]=({_WEIGHT}))?")
_SPELLINGS = ("gzip", "x-gzip")


def is_worth_coding(content: bytes) -> bool:
    """Whether a body is large enough to gain by compression."""
    return len(content) >= _LEAST_BYTES


def admits_gzip(accepted: str | None) -> bool:
    """Whether an ``Accept-Encoding`` admits gzip, and does not rather have the plain body."""
    weights = _weights(accepted or "")
    anything = weights.get("*", 0.0)
    gzip = max((weights[name] for name in _SPELLINGS if name in weights), default=anything)
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def gzipped(content: bytes) -> bytes:
    """The same bytes for the same content, on machines with the same zlib."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    return compressor.compress(content) + compressor.flush()


def _weights(accepted: str) -> dict[str, float]:
    """Codings by name in lower case; a member that is malformed names nothing."""
    matches = (_MEMBER.fullmatch(member.strip()) for member in accepted.split(","))
    return {found[1].lower(): float(found[2] or 1) for found in matches if found}
