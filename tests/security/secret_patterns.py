"""What secrets look like in a text."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

#: From AWS's own documentation, where they stand for nobody.
EXAMPLES = frozenset({"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"})
#: Bits a character: words and names have less, random letters more.
_RANDOM_BITS = 4.0
_FORMS = (
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\sA-Za-z0-9+/=]{64,}"),
    re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"),
    re.compile(r"\bmm_[a-z2-7]{16}_[A-Za-z0-9_-]{43}"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{40,}|\bxox[baprs]-[\w-]{10,}"),
    re.compile(r"\bsk_live_\w{10,}|\bAIza[\w-]{35}|\bpypi-[\w-]{50,}|\bnpm_[A-Za-z0-9]{36}"),
    re.compile(r"://[^\s/:@\"'{}<$]+:[^\s/:@\"'{}<$]{6,}@"),
)
_ASSIGNED = re.compile(
    r"(?:secret|password|passwd|token|api_?key|credential|private_?key)[\w.\"'-]{0,40}"
    r"\s*[:=]\s*[\"']([A-Za-z0-9+/_=-]{16,})[\"']",
    re.IGNORECASE,
)


#: Whose key signs, and for what: public, and what follows "credential" in a form of S3.
_SCOPE = re.compile(r"\w+/[0-9]{8}/[\w-]+/\w+/aws4_request")


def secrets_in(text: str) -> Iterator[str]:
    """Everything that has the form of a secret, or looks random and is called one."""
    for form in _FORMS:
        yield from (found[0] for found in form.finditer(text) if found[0] not in EXAMPLES)
    for found in _ASSIGNED.finditer(text):
        if _SCOPE.fullmatch(found[1]):
            continue
        if found[1] not in EXAMPLES and _bits_a_character(found[1]) > _RANDOM_BITS:
            yield found[1]


def _bits_a_character(text: str) -> float:
    """Shannon's entropy of the letters' frequencies."""
    shares = [times / len(text) for times in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
