"""What must never be repeated in logs: credentials, card numbers, e-mail addresses.

Nothing that callers write is logged on purpose. This is the net below that: an error's own words,
or an id that a caller chose, may hold what nobody foresaw.
"""

from __future__ import annotations

import re
from typing import Any

MASK = "[masked]"

# Every repetition is bounded, and none can begin within another: linear time on any text.
_CREDENTIALS = re.compile(
    r"\beyJ[A-Za-z0-9_-]{8,8192}(?:\.[A-Za-z0-9_-]{0,8192}){1,2}"  # JWT: RFC 7519, section 3
    r"|\bmm_[a-z2-7]{16}_[A-Za-z0-9_-]{43}"  # an API key of ours
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # an access key id of AWS
    r"|(?<=[?&;\s])(?:X-Amz-(?:Signature|Security-Token|Credential)|signature)=[^&\s\"']{1,4096}"
    r"|\b(?:Bearer|Basic)\s+[\w.~+/=-]{16,8192}",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# ISO/IEC 7812: 14 to 19 digits of a bank card, together or in groups, the last one a check digit.
_CARD = re.compile(r"(?<![\w-])[2-6]\d{3}(?:[ ._-]?\d{4,6}){2}[ ._-]?\d{1,7}(?![\w-])", re.ASCII)
_CARD_DIGITS = range(14, 20)


def is_sensitive(text: str) -> bool:
    """Whether a text holds a credential, a card number or an e-mail address."""
    return masked_text(text) != text


def masked(value: Any) -> Any:
    """A record of plain values, with what is sensitive in any of its texts masked."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        return {masked(name): masked(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [masked(member) for member in value]
    return value


def masked_text(text: str) -> str:
    """A text with :data:`MASK` in the place of everything sensitive."""
    for pattern in (_CREDENTIALS, _EMAIL):
        text = pattern.sub(MASK, text)
    return _CARD.sub(_masked_card, text)


def _masked_card(found: re.Match[str]) -> str:
    digits = [int(character) for character in found[0] if character.isdigit()]
    return MASK if len(digits) in _CARD_DIGITS and _checks(digits) else found[0]


def _checks(digits: list[int]) -> bool:
    """Luhn's formula, ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
