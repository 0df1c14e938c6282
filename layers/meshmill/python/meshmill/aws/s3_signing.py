"""Presigned URLs and forms of S3 by Signature Version 4, at the price of a hash and a MAC each.

botocore's ``generate_presigned_url`` goes through its whole client for each URL, which makes a
listing of hundreds of files slow, and needs a client of S3, which makes a cold start slow. What
comes out here is the same, byte for byte; the tests hold it to that.

Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature
Version 4)"; for forms, "Browser-Based Uploads Using POST (AWS Signature Version 4)".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, urlsplit

from meshmill.ports import Clock

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

_DATE = "%Y%m%dT%H%M%SZ"
_ALGORITHM, _SERVICE, _TERMINATOR = "AWS4-HMAC-SHA256", "s3", "aws4_request"
# Beside letters and digits, what stays as it is in a query, and in a path.
_QUERY_SAFE, _PATH_SAFE = "-._~", "-._~/"
# What a host name and a certificate of S3 for one label more can hold.
_HOST_LABEL = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_DOMAINS = {"cn": "amazonaws.com.cn"}
_DOMAIN = "amazonaws.com"


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where a bucket is: ``origin`` (scheme and host), ``path`` (empty, or ``/bucket``), region."""

    origin: str
    path: str
    region: str

    @classmethod
    def on_aws(cls, bucket: str, region: str) -> Self:
        """In AWS's partition of the region; in the path only where the name is no host's."""
        service = f"s3.{region}.{_DOMAINS.get(region.partition('-')[0], _DOMAIN)}"
        if _HOST_LABEL.fullmatch(bucket):
            return cls(f"https://{bucket}.{service}", "", region)
        return cls(f"https://{service}", f"/{bucket}", region)

    @classmethod
    def at_endpoint(cls, endpoint: str, bucket: str, region: str) -> Self:
        """At one address for all buckets, such as an emulator's."""
        return cls(endpoint.rstrip("/"), f"/{bucket}", region)

    @property
    def host(self) -> str:
        """As a client's ``Host`` header names it."""
        return urlsplit(self.origin).netloc


@dataclass(frozen=True, slots=True)
class _Identity:
    """What all URLs share that one set of credentials signs on one day in one region."""

    scope: str
    signing_key: bytes
    credential: str
    #: None where the credentials are not of a session.
    token: str | None
    #: Both as members of a query.
    algorithm_and_credential: str
    security_token: str

    @classmethod
    def of(cls, credentials: ReadOnlyCredentials, day: str, region: str) -> Self:
        key = f"AWS4{credentials.secret_key}".encode()
        for part in (day, region, _SERVICE, _TERMINATOR):
            key = hmac.digest(key, part.encode(), "sha256")
        scope = f"{day}/{region}/{_SERVICE}/{_TERMINATOR}"
        credential = f"{credentials.access_key}/{scope}"
        members = {"X-Amz-Algorithm": _ALGORITHM, "X-Amz-Credential": credential}
        token = {"X-Amz-Security-Token": credentials.token} if credentials.token else {}
        return cls(scope, key, credential, credentials.token, _encoded(members), _encoded(token))


@dataclass(frozen=True, slots=True)
class SignedForm:
    """Where a form is posted to, the fields that prove what it may, and until when (ms)."""

    url: str
    fields: dict[str, str]
    expires_at: int


class UrlSigner:
    """Signs GETs of one bucket's objects, and forms, with the credentials of the moment."""

    def __init__(
        self, address: BucketAddress, credentials: Callable[[], ReadOnlyCredentials], clock: Clock
    ) -> None:
        self._address = address
        self._host = address.host
        self._credentials = credentials
        self._clock = clock
        # The last one in use, and of whom and which day: encoding a session's token is slow.
        self._derived: tuple[tuple[ReadOnlyCredentials, str], _Identity] | None = None

    def url(self, key: str, overrides: Mapping[str, str], seconds: int) -> str:
        """A URL of the object that is good for ``seconds``.

        ``overrides`` are S3's ``response-*`` parameters.
        """
        at = datetime.fromtimestamp(self._clock.now_ms() // 1000, UTC).strftime(_DATE)
        identity = self._identity(at[:8])
        path = quote(f"{self._address.path}/{key}", safe=_PATH_SAFE)
        parts = (
            _encoded(overrides),
            identity.algorithm_and_credential,
            f"X-Amz-Date={at}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host",
            identity.security_token,
        )
        query = "&".join(filter(None, parts))
        signature = self._signature(identity, at, path, query)
        return f"{self._address.origin}{path}?{query}&X-Amz-Signature={signature}"

    def form(self, conditions: Sequence[object], seconds: int) -> SignedForm:
        """A form whose fields must meet the conditions of its policy, good for ``seconds``.

        The fields are those of the signature alone: the others come with the conditions on them.
        """
        now = self._clock.now_ms() // 1000
        at, end = (datetime.fromtimestamp(moment, UTC) for moment in (now, now + seconds))
        date = at.strftime(_DATE)
        identity = self._identity(date[:8])
        token = {"x-amz-security-token": identity.token} if identity.token else {}
        signing = {
            "x-amz-algorithm": _ALGORITHM,
            "x-amz-credential": identity.credential,
            "x-amz-date": date,
            **token,
        }
        policy = {
            "expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "conditions": [*conditions, *({name: value} for name, value in signing.items())],
        }
        encoded = base64.b64encode(json.dumps(policy).encode())
        signature = hmac.digest(identity.signing_key, encoded, "sha256").hex()
        fields = {**signing, "policy": encoded.decode(), "x-amz-signature": signature}
        url = f"{self._address.origin}{self._address.path or '/'}"
        return SignedForm(url, fields, (now + seconds) * 1000)

    def _signature(self, identity: _Identity, at: str, path: str, query: str) -> str:
        canonical = "&".join(sorted(query.split("&")))
        request = f"GET\n{path}\n{canonical}\nhost:{self._host}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(request.encode()).hexdigest()
        to_sign = f"{_ALGORITHM}\n{at}\n{identity.scope}\n{digest}"
        return hmac.digest(identity.signing_key, to_sign.encode(), "sha256").hex()

    def _identity(self, day: str) -> _Identity:
        asked = (self._credentials(), day)
        derived = self._derived
        if derived is None or derived[0] != asked:
            derived = self._derived = (asked, _Identity.of(*asked, self._address.region))
        return derived[1]


def _encoded(members: Mapping[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe=_QUERY_SAFE)}" for name, value in members.items())
