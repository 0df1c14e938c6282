"""Write everything that is recorded of a user into one file, a part at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from meshmill.domain import account_lines
from meshmill.domain.account_job import AccountJob, ExportProgress, Section
from meshmill.domain.audit import Action
from meshmill.ports import ApiKeyStore, AssetStore, AuditTrail
from meshmill.ports.accounts import ExportFiles, UploadLost
from meshmill.ports.batches import BatchReader
from meshmill.usecases import account_audit
from meshmill.usecases.run_account_jobs import Hold

_PAGE = 100
#: The least that S3 takes for a part that is not the last.
PART_BYTES = 5 * 1024 * 1024
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and where the next ones are read."""

    lines: list[bytes]
    section: Section
    position: str | None


@dataclass(frozen=True, slots=True)
class AccountReader:
    """Reads a user's records section by section, from any position."""

    assets: AssetStore
    batches: BatchReader
    keys: ApiKeyStore
    audit: AuditTrail

    def pages(self, job: AccountJob, section: Section, position: str | None) -> Iterator[Page]:
        """What is left to write from there on, up to a page that ends at ``Section.END``."""
        while section is not Section.END:
            page = self._page(job, section, position)
            yield page
            section, position = page.section, page.position

    def _page(self, job: AccountJob, section: Section, position: str | None) -> Page:
        match section:
            case Section.ACCOUNT:
                first = account_lines.line(account_lines.account_record(job))
                return Page([first], Section.ASSETS, None)
            case Section.ASSETS:
                return self._assets(job.user_id, position)
            case Section.BATCHES:
                return self._batches(job.user_id, position)
            case Section.API_KEYS:
                return Page(self._api_keys(job.user_id), Section.AUDIT, None)
            case _:
                return self._audit(job.user_id, position)

    def _assets(self, user_id: str, before: str | None) -> Page:
        """Newest first, as listed; what is asked for meanwhile is in the next export."""
        positions = self.assets.listed(user_id, before, _PAGE)
        if not positions:
            return Page([], Section.BATCHES, None)
        ids = [position.partition("#")[2] for position in positions]
        found = self.assets.get_many(ids)
        records = [account_lines.asset_record(found[each]) for each in ids if each in found]
        return Page(list(map(account_lines.line, records)), Section.ASSETS, positions[-1])

    def _batches(self, user_id: str, before: str | None) -> Page:
        positions = self.batches.listed(user_id, before, _PAGE)
        if not positions:
            return Page([], Section.API_KEYS, None)
        ids = [position.partition("#")[2] for position in positions]
        found = self.batches.states(ids)
        records = [account_lines.batch_record(found[each]) for each in ids if each in found]
        return Page(list(map(account_lines.line, records)), Section.BATCHES, positions[-1])

    def _api_keys(self, user_id: str) -> list[bytes]:
        """All at once: nobody has more than a few. The table is scanned, since it is small."""
        keys = [key for key in self.keys.every() if key.user_id == user_id]
        keys.sort(key=lambda key: key.key_id)
        return [account_lines.line(account_lines.api_key_record(key)) for key in keys]

    def _audit(self, user_id: str, after: str | None) -> Page:
        entries = self.audit.of(user_id, after, _PAGE)
        if not entries:
            return Page([], Section.END, None)
        lines = [account_lines.line(account_lines.audit_record(entry)) for entry in entries]
        return Page(lines, Section.AUDIT, entries[-1].position)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAccount:
    """One file an export, in parts of ``part_bytes`` and a little more, one of them in memory.

    After each part the position is recorded that the next one is read from. A worker that dies in
    between costs that part alone: it is read again, and replaces what was uploaded of it.
    """

    read: AccountReader
    audit: AuditTrail
    files: ExportFiles
    life_seconds: int
    part_bytes: int = PART_BYTES

    def __call__(self, hold: Hold, may_go_on: Callable[[], bool]) -> bool:
        """Carry an export on while there is time; whether it got to its end.

        Raises:
            LeaseLost: somebody else has the job by now.
            DependencyUnavailable: what is recorded so far stands.
        """
        if not hold.job.is_completed:
            try:
                if not self._written(hold, may_go_on):
                    return False
            except UploadLost:
                # It was aborted for its age, or another worker has replaced a part of it.
                _logger.warning("Export begins anew", exc_info=True)
                hold.pause(ExportProgress(), hold.clock.now_ms())
                return False
        self._record_completion(hold.job)
        hold.settle()
        return True

    def _written(self, hold: Hold, may_go_on: Callable[[], bool]) -> bool:
        key = self.files.key(hold.job.user_id, hold.job.job_id)
        while may_go_on():
            if hold.job.export.section is Section.END:
                self._close(hold, key)
                return True
            hold.advance(self._next_part(hold, key))
        hold.pause(hold.job.export, hold.clock.now_ms())
        return False

    def _close(self, hold: Hold, key: str) -> None:
        upload_id = self._upload(hold, key)
        self.files.complete(key, upload_id, hold.job.export.parts)
        hold.finish(hold.job.export, self.life_seconds)

    def _next_part(self, hold: Hold, key: str) -> ExportProgress:
        upload_id = self._upload(hold, key)
        progress, stretch = hold.job.export, self._stretch(hold.job)
        parts = progress.parts
        if stretch.lines:
            number, data = len(parts) + 1, b"".join(stretch.lines)
            parts = (*parts, self.files.put_part(key, upload_id, number, data))
        return replace(
            progress,
            section=stretch.section,
            position=stretch.position,
            parts=parts,
            records=progress.records + len(stretch.lines),
        )

    def _upload(self, hold: Hold, key: str) -> str:
        """The upload that the parts go to, begun where there is none."""
        standing = hold.job.export.upload_id
        if standing is not None:
            return standing
        self.audit.record([account_audit.requested(hold.job, Action.ACCOUNT_EXPORT_REQUESTED)])
        begun = self.files.begin(key)
        hold.advance(replace(hold.job.export, upload_id=begun))
        return begun

    def _stretch(self, job: AccountJob) -> Page:
        """Pages together as long as a part must be; shorter, and perhaps empty, at the end."""
        lines: list[bytes] = []
        size, progress = 0, job.export
        section, position = progress.section, progress.position
        for page in self.read.pages(job, section, position):
            lines += page.lines
            size += sum(map(len, page.lines))
            section, position = page.section, page.position
            if size >= self.part_bytes:
                break
        return Page(lines, section, position)

    def _record_completion(self, job: AccountJob) -> None:
        details = {"bytes": job.export.size, "records": job.export.records}
        action = Action.ACCOUNT_EXPORT_COMPLETED
        self.audit.record([account_audit.completed(job, action, details)])
