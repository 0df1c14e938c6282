"""Everything that a call can raise.

::

    MeshmillError
    ├── ApiError                    the service refused; has code, status, details, request_id
    │   ├── BadRequest              400
    │   │   ├── InvalidJson
    │   │   └── ValidationFailed ─ InvalidFormat
    │   ├── Unauthorized            401
    │   ├── Forbidden               403
    │   │   ├── InvalidSignature
    │   │   └── LinkExpired
    │   ├── NotFound                404
    │   ├── MethodNotAllowed        405
    │   ├── Conflict                409
    │   │   ├── DuplicateRequest
    │   │   ├── IdempotencyConflict
    │   │   └── InvalidState
    │   ├── PayloadTooLarge         413
    │   ├── UnsupportedMediaType    415
    │   ├── RateLimitExceeded       429, after all retries
    │   └── ServerError             500
    │       └── ServiceUnavailable  502, 503, 504, after all retries
    ├── ConnectionFailed            no answer came, after all retries
    ├── TokenRefused                the token endpoint does not know these credentials
    ├── UnexpectedAnswer            an answer that the contract does not know
    ├── NotReady                    what was asked for isn't there yet, or not any more
    ├── AssetFailed                 waited for an asset, and it failed; has the asset
    ├── BatchFailed                 waited for a batch, and its manifest failed; has the batch
    ├── WaitTimeout                 waited long enough; has what was waited for as last seen
    ├── ProfileError                in meshmill_client.profiles: which service, and as whom
    │   ├── ProfileMissing          nobody is signed in, or not by that name
    │   ├── ProfileRefused          what it is to be made of makes none
    │   ├── DamagedProfiles         the file is not what was written there
    │   └── ProfilesInUse           another program does not let go of the file
    └── DownloadFailed
        ├── LinkRefused             the store no longer takes the link
        ├── Truncated               fewer or more bytes than announced
        └── ChecksumMismatch        the bytes are not those that were made
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from meshmill_client.batch_models import Batch
    from meshmill_client.models import Asset


class MeshmillError(Exception):
    """Base of everything that the client raises on purpose."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
        """Copied, and sent between processes, without its constructor, which takes no text."""
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error answer says, whoever wrote it.

    ``code`` is None where API Gateway answered by itself; ``retry_after`` is in seconds.
    """

    status: int
    message: str
    code: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None
    retry_after: float | None = None


class ApiError(MeshmillError):
    """The service answered with an error; quote ``request_id`` when asking about it."""

    code: ClassVar[str] = "UNKNOWN"

    def __init__(self, refusal: Refusal) -> None:
        code = refusal.code or self.code
        request = f", request {refusal.request_id}" if refusal.request_id else ""
        super().__init__(f"{code}: {refusal.message} (HTTP {refusal.status}{request})")
        self.refusal = refusal

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.refusal.status

    @property
    def message(self) -> str:
        """What went wrong, for people."""
        return self.refusal.message

    @property
    def details(self) -> Mapping[str, Any]:
        """What the code defines: ``field``, ``allowed``, ``hint``, ``violations`` and others."""
        return self.refusal.details

    @property
    def request_id(self) -> str | None:
        """The service's name of the request."""
        return self.refusal.request_id

    @property
    def retry_after(self) -> float | None:
        """Seconds after which another try makes sense."""
        return self.refusal.retry_after


class BadRequest(ApiError):
    """The request can't be understood."""


class InvalidJson(BadRequest):
    """The body is not one JSON object with unique members."""

    code = "INVALID_JSON"


class ValidationFailed(BadRequest):
    """The request breaks rules; ``details["violations"]`` lists all of them."""

    code = "VALIDATION_ERROR"


class InvalidFormat(ValidationFailed):
    """The asked output format does not exist."""

    code = "INVALID_FORMAT"


class Unauthorized(ApiError):
    """The token or API key is not good."""

    code = "UNAUTHORIZED"


class Forbidden(ApiError):
    """The caller lacks a permission."""

    code = "FORBIDDEN"


class InvalidSignature(Forbidden):
    """The link is not as it was signed."""

    code = "INVALID_SIGNATURE"


class LinkExpired(Forbidden):
    """The link is past its time; read the asset again to get a fresh one."""

    code = "LINK_EXPIRED"


class NotFound(ApiError):
    """Absent, or somebody else's."""

    code = "NOT_FOUND"


class MethodNotAllowed(ApiError):
    """The path does not take this method."""

    code = "METHOD_NOT_ALLOWED"


class Conflict(ApiError):
    """The request does not fit what stands there."""


class DuplicateRequest(Conflict):
    """The same request stands already; ``details["asset_id"]`` names it."""

    code = "DUPLICATE_REQUEST"


class IdempotencyConflict(Conflict):
    """The idempotency key stands for another request."""

    code = "IDEMPOTENCY_CONFLICT"


class InvalidState(Conflict):
    """The record is in a state that does not allow this."""

    code = "INVALID_STATE"


class PayloadTooLarge(ApiError):
    """The body is over the limit."""

    code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaType(ApiError):
    """The body is not declared as what the path takes."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class RateLimitExceeded(ApiError):
    """The bucket is empty, also after waiting for it."""

    code = "RATE_LIMIT_EXCEEDED"


class ServerError(ApiError):
    """Something went wrong on the service's side."""

    code = "INTERNAL_ERROR"


class ServiceUnavailable(ServerError):
    """The service, or what it depends on, did not answer; the request may have taken effect."""

    code = "SERVICE_UNAVAILABLE"


class ConnectionFailed(MeshmillError):
    """No answer came. ``was_sent`` is False where the request can't have reached the service."""

    def __init__(self, message: str, *, was_sent: bool) -> None:
        super().__init__(message)
        self.was_sent = was_sent


class TokenRefused(MeshmillError):
    """The token endpoint said no; ``code`` is OAuth's, for example ``invalid_client``."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class UnexpectedAnswer(MeshmillError):
    """An answer that the contract does not know: a wrong address, or a newer service."""


class NotReady(MeshmillError):
    """Only a completed asset has files, and a batch whose lines are counted."""


class AssetFailed(MeshmillError):
    """The asset that was waited for failed; ``asset.error`` has the reason."""

    def __init__(self, asset: Asset) -> None:
        reason = f"{asset.error.code}: {asset.error.message}" if asset.error else "no reason given"
        super().__init__(f"asset {asset.asset_id} failed: {reason}")
        self.asset = asset


class BatchFailed(MeshmillError):
    """The manifest that was waited for came to nothing; ``batch.error`` has the reason."""

    def __init__(self, batch: Batch) -> None:
        reason = f"{batch.error.code}: {batch.error.message}" if batch.error else "no reason given"
        super().__init__(f"batch {batch.batch_id} failed: {reason}")
        self.batch = batch


class WaitTimeout(MeshmillError):
    """It is not final yet; it goes on being made, and can be waited for again."""

    def __init__(self, seen: Asset | Batch, waited: float) -> None:
        super().__init__(f"{seen.name} is still {seen.status} after {waited:.0f} s")
        self.seen = seen


class DownloadFailed(MeshmillError):
    """A file could not be downloaded; under its name stands what stood there before."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(f"{path.name}: {message}")
        self.path = path


class LinkRefused(DownloadFailed):
    """The store no longer takes the download link."""


class Truncated(DownloadFailed):
    """Fewer or more bytes came than the asset announces."""


class ChecksumMismatch(DownloadFailed):
    """The bytes that came have another SHA-256 than the asset announces."""
