"""Batches as the service shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from meshmill_client.models import AssetFile, Page, Status, Wire


class BatchStatus(Status):
    """``awaiting_upload → validating → in_progress → completed | completed_with_errors | failed``.

    What failed may be asked for again, which leads back to ``in_progress``.
    """

    AWAITING_UPLOAD = "awaiting_upload"
    VALIDATING = "validating"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"


class BatchCounts(Wire):
    """Sums that never go down: of lines by their outcome, and of assets of accepted lines.

    ``lines`` is known once the manifest has been read through.
    """

    lines: int | None
    accepted: int
    duplicate: int
    rejected: int
    completed: int
    failed: int
    redriven: int
    deleted: int


class BatchError(Wire):
    """Why a manifest as a whole came to nothing."""

    code: str
    message: str


class BatchLinks(Wire):
    """The batch's own address, read with credentials."""

    batch: str = Field(alias="self")


class UploadForm(Wire):
    """What is posted to ``url`` with the file, as ``multipart/form-data``, the file last."""

    url: str
    fields: dict[str, str] = Field(repr=False)
    expires_at: datetime


class Batch(Wire):
    """One manifest, and how far its lines have come.

    ``percent`` is of the lines whose outcome and asset are final, ``rate`` is such lines a second,
    ``stalled`` that nothing has come along for minutes. ``files`` stand once every line is
    counted; ``upload`` as long as the manifest is awaited.
    """

    object: Literal["batch"] = "batch"
    batch_id: str
    status: BatchStatus
    source: str
    filename: str
    size: int | None
    content_type: str | None
    format: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    counts: BatchCounts
    percent: float
    rate: float
    eta: datetime | None
    stalled: bool
    error: BatchError | None
    status_url: str = Field(repr=False)
    links: BatchLinks
    files: tuple[AssetFile, ...] = ()
    upload: UploadForm | None = None

    @property
    def name(self) -> str:
        """What it is called where people read of it."""
        return f"batch {self.batch_id}"

    @property
    def is_final(self) -> bool:
        """Nothing happens to the batch by itself any more."""
        return self.status in _FINAL


_FINAL = (BatchStatus.COMPLETED, BatchStatus.COMPLETED_WITH_ERRORS, BatchStatus.FAILED)


class BatchPage(Page[Batch]):
    """Some batches."""


class LineResult(Wire):
    """What became of a line: ``accepted``, ``duplicate``, or ``rejected``, which has no asset.

    ``line`` is the line of the file as an editor counts it, from 1, a CSV's header included.
    """

    line: int
    custom_id: str | None
    asset_id: str | None
    outcome: str


class LineError(Wire):
    """Why a line was rejected: the code that the API would have answered, and where it is.

    ``line`` counts as that of :class:`LineResult`.
    """

    line: int
    custom_id: str | None
    code: str
    message: str
    field: str | None
