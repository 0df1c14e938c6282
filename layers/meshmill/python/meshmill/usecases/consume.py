"""What a consumer does with one delivered message before and after its use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from meshmill.domain.work import UnreadableMessage, WorkItem
from meshmill.ports import Delivery
from meshmill.usecases.generate_asset import GenerateAsset, Verdict


class Returned(Exception):
    """The message goes back to its queue; the batch reports it as failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumeWork:
    """Feeds messages to the worker as long as an attempt still fits into the invocation."""

    generate: GenerateAsset
    attempt_reserve_ms: int

    def __call__(self, body: str, delivery: Delivery, remaining_ms: Callable[[], int]) -> None:
        """Process one message.

        Raises:
            Returned: not done; the queue delivers it again, or after too often to its dead
                letters.
            DependencyUnavailable: likewise.
        """
        if remaining_ms() < self.attempt_reserve_ms:
            delivery.retry_after(0)
            raise Returned("no time left for another attempt")
        try:
            item = WorkItem.parse(body)
        except UnreadableMessage as error:
            # Nothing here can mend it: hurry it on to the dead letters, which quarantine it.
            delivery.retry_after(0)
            raise Returned(str(error)) from None
        if self.generate(item, delivery) is Verdict.RETURN:
            raise Returned("the attempt failed")
