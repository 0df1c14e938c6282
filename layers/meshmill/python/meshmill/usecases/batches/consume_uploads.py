"""What the splitter does with one delivered message before its use case."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass

from meshmill.domain.errors import DependencyUnavailable
from meshmill.domain.upload_events import Upload, parse_upload_events
from meshmill.domain.work import UnreadableMessage
from meshmill.ports import Delivery
from meshmill.usecases.batches.split_manifest import SplitManifest
from meshmill.usecases.consume import Returned

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConsumeUploads:
    """A message may tell of several uploads; ``bucket`` is where they have to be.

    What nobody answered for comes back after ``retry_seconds``.
    """

    split: SplitManifest
    bucket: str
    retry_seconds: int

    def __call__(self, body: str, delivery: Delivery, done: Counter[str]) -> None:
        """Process one message; what became of its uploads is added to ``done``.

        Raises:
            Returned: not all is done; what is done isn't done again when it is delivered next.
        """
        returned = 0
        for upload in self._read(body, delivery):
            # The others of the message don't have to wait for one that fails.
            try:
                done[self.split(upload, delivery)] += 1
            except Returned:
                returned += 1
            except DependencyUnavailable:
                _logger.warning("Upload returned", exc_info=True)
                # Perhaps a lease was taken all the same: it has lapsed by then.
                delivery.retry_after(self.retry_seconds)
                returned += 1
        if returned:
            raise Returned(f"{returned} uploads are not done")

    def _read(self, body: str, delivery: Delivery) -> list[Upload]:
        try:
            return self._uploads(body)
        except UnreadableMessage as error:
            # Nothing here can mend it: hurry it on to the dead letters, which quarantine it.
            delivery.retry_after(0)
            raise Returned(str(error)) from None

    def _uploads(self, body: str) -> list[Upload]:
        uploads = parse_upload_events(body)
        if any(upload.bucket != self.bucket for upload in uploads):
            raise UnreadableMessage("It tells of another bucket")
        return uploads
