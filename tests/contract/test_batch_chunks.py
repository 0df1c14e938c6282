from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from meshmill.domain import batch_transitions as changes
from meshmill.domain import transitions
from meshmill.domain.batch import Batch, Chunk, Counts, Phase
from meshmill.domain.tally import Failure
from tests.contract import batch_samples as samples
from tests.contract.batch_samples import LEASE_MS, Stores, advanced, counted
from tests.contract.samples import ADA, NEXT_RUN, NOW, PATIENCE
from tests.support.backend import Backend

LATER = NOW + LEASE_MS


@pytest.fixture
def stores(platform: Backend | None) -> Iterator[Stores]:
    """Tables of their own: moto copies whole ones for each transaction."""
    with samples.stores_on(platform) as found:
        yield found


def counts(stores: Stores, batch: Batch) -> Counts:
    state = stores.batches.state(batch.batch_id)
    assert state is not None
    return state.counts


def standing(stores: Stores, chunk: Chunk) -> Chunk:
    [found] = [it for it in stores.batches.chunks(chunk.batch_id) if it.number == chunk.number]
    return found


class TestOpening:
    def test_a_chunk_reads_back_as_it_was_put(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = dataclasses.replace(samples.new_chunk(batch, 7), parts=("a", "b"), is_done=True)

        assert stores.batches.open_chunk(chunk) == chunk

        assert stores.batches.chunks(batch.batch_id) == [chunk]

    def test_the_one_that_stands_is_returned_and_not_replaced(self, stores: Stores) -> None:
        batch = stores.ingesting()
        first = stores.opened(batch)

        assert stores.batches.open_chunk(samples.new_chunk(batch, owner="owner-2")) == first

        assert stores.batches.chunks(batch.batch_id) == [first]

    @pytest.mark.parametrize("phase", [it for it in Phase if it is not Phase.INGESTING])
    def test_none_is_opened_of_a_batch_that_is_not_being_ingested(
        self, stores: Stores, phase: Phase
    ) -> None:
        batch = stores.created(phase=phase)

        assert stores.batches.open_chunk(samples.new_chunk(batch)) is None

        assert stores.batches.chunks(batch.batch_id) == []

    def test_none_is_opened_of_a_batch_that_is_gone(self, stores: Stores) -> None:
        batch = samples.new_batch()

        assert stores.batches.open_chunk(samples.new_chunk(batch)) is None

        assert stores.batches.chunks(batch.batch_id) == []

    def test_of_many_who_open_at_once_one_has_it(self, stores: Stores) -> None:
        batch = stores.ingesting()
        claims = [samples.new_chunk(batch, owner=f"owner-{n}") for n in range(8)]

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(stores.batches.open_chunk, claims))

        [chunk] = stores.batches.chunks(batch.batch_id)
        assert found == [chunk] * 8
        assert chunk in claims

    def test_chunks_come_in_order_however_many_there_are(self, stores: Stores) -> None:
        batch = stores.ingesting()
        long_name = "x" * 100_000
        for number in (11, 2, *range(3, 11), 0, 1):
            chunk = dataclasses.replace(samples.new_chunk(batch, number), parts=(long_name,))
            assert stores.batches.open_chunk(chunk) == chunk

        found = stores.batches.chunks(batch.batch_id)

        assert [chunk.number for chunk in found] == list(range(12))


class TestChanging:
    def test_a_chunk_is_released_and_claimed_by_the_next(self, stores: Stores) -> None:
        chunk = stores.opened(stores.ingesting())
        release = changes.release(chunk, now=NOW + 1)

        freed = stores.batches.change_chunk(chunk, release)

        assert freed == release.applied_to(chunk)
        claim = changes.claim(freed, "owner-2", now=NOW + 2, lease_ms=LEASE_MS)
        taken = stores.batches.change_chunk(freed, claim)
        assert taken == claim.applied_to(freed) == standing(stores, chunk)

    def test_a_live_lease_is_respected_and_a_lapsed_one_is_not(self, stores: Stores) -> None:
        chunk = stores.opened(stores.ingesting())

        def claim_at(now: int) -> Chunk | None:
            return stores.batches.change_chunk(
                chunk, changes.claim(chunk, "owner-2", now=now, lease_ms=LEASE_MS)
            )

        assert claim_at(LATER - 1) is None
        taken = claim_at(LATER)
        assert taken is not None
        assert (taken.owner, taken.attempts) == ("owner-2", 2)
        assert claim_at(LATER) == taken

    def test_whoever_was_overtaken_changes_and_counts_nothing(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = stores.opened(batch)
        claim = changes.claim(chunk, "owner-2", now=LATER, lease_ms=LEASE_MS)
        taken = stores.batches.change_chunk(chunk, claim)

        assert stores.batches.change_chunk(chunk, changes.release(chunk, now=LATER)) is None
        assert stores.batches.count(chunk, advanced(chunk), counted(accepted=3)) is None

        assert standing(stores, chunk) == taken
        assert counts(stores, batch) == Counts()

    def test_a_change_makes_no_chunk(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = samples.new_chunk(batch)

        assert stores.batches.change_chunk(chunk, changes.release(chunk, now=NOW)) is None
        assert stores.batches.count(chunk, advanced(chunk), counted(accepted=3)) is None

        assert stores.batches.chunks(batch.batch_id) == []
        assert counts(stores, batch) == Counts()


class TestCounting:
    def test_lines_are_counted_with_the_chunk_s_advance(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = stores.opened(batch)

        first = stores.batches.count(chunk, advanced(chunk, now=NOW + 1), counted(1, 1, 1))
        assert first == advanced(chunk, now=NOW + 1).applied_to(chunk) == standing(stores, chunk)
        assert counts(stores, batch) == Counts(
            accepted=1, duplicate=1, rejected=1, updated_at=NOW + 1
        )

        last = advanced(first, 4, is_done=True, now=NOW + 2)
        done = stores.batches.count(first, last, counted(4))
        assert done == standing(stores, chunk)
        assert done is not None
        assert (done.is_done, done.next_line, len(done.parts)) == (True, 9, 2)
        assert counts(stores, batch) == Counts(
            accepted=5, duplicate=1, rejected=1, chunks_done=1, updated_at=NOW + 2
        )

    def test_chunks_of_a_batch_add_up(self, stores: Stores) -> None:
        batch = stores.ingesting()
        for number in range(20):
            chunk = stores.opened(batch, number)
            stores.batches.count(chunk, advanced(chunk, is_done=True), counted(number, 1, 2))

        assert counts(stores, batch) == Counts(
            accepted=190, duplicate=20, rejected=40, chunks_done=20, updated_at=NOW
        )

    def test_a_stretch_counted_again_is_recognised_and_counts_once(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = stores.opened(batch)
        first = stores.batches.count(chunk, advanced(chunk), counted(accepted=3))

        assert stores.batches.count(chunk, advanced(chunk), counted(accepted=3)) == first

        assert counts(stores, batch).accepted == 3

    def test_of_many_who_count_the_same_stretch_at_once_one_does(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = stores.opened(batch)
        stretches = range(2, 10)

        with ThreadPoolExecutor(8) as pool:
            found = list(
                pool.map(
                    lambda lines: stores.batches.count(
                        chunk, advanced(chunk, lines), counted(lines)
                    ),
                    stretches,
                )
            )

        [won] = [it for it in found if it is not None]
        assert won == standing(stores, chunk)
        assert counts(stores, batch).accepted == won.lines

    def test_of_one_who_counts_and_one_who_claims_at_once_one_wins(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = stores.opened(batch)
        claim = changes.claim(chunk, "owner-2", now=LATER, lease_ms=LEASE_MS)

        with ThreadPoolExecutor(2) as pool:
            counting = pool.submit(stores.batches.count, chunk, advanced(chunk), counted(3))
            claiming = pool.submit(stores.batches.change_chunk, chunk, claim)
        won = [it for it in (counting.result(), claiming.result()) if it is not None]

        assert won == [standing(stores, chunk)]
        assert counts(stores, batch).accepted == (3 if counting.result() else 0)

    def test_many_chunks_counted_at_once_all_count(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunks = [stores.opened(batch, number) for number in range(16)]

        with ThreadPoolExecutor(8) as pool:
            found = list(
                pool.map(
                    lambda it: stores.batches.count(
                        it, advanced(it, is_done=True), counted(1, 1, 1)
                    ),
                    chunks,
                )
            )

        assert None not in found
        assert counts(stores, batch) == Counts(
            accepted=16, duplicate=16, rejected=16, chunks_done=16, updated_at=NOW
        )

    def test_lines_and_assets_count_for_the_same_batch(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = stores.opened(batch)
        stores.batches.count(chunk, advanced(chunk), counted(accepted=3))
        stores.failed(batch, NOW + 9)

        found = counts(stores, batch)

        assert found == Counts(accepted=3, failed=1, updated_at=NOW + 9)
        assert found.outstanding == 2


class TestFailures:
    def test_assets_that_stand_failed_are_found_by_id_page_by_page(self, stores: Stores) -> None:
        batch = stores.ingesting()
        stores.failed(stores.ingesting())
        assets = [stores.failed(batch, NOW + n) for n in range(5)]
        marks = [
            Failure(asset_id=asset.asset_id, at=NOW + n, retryable=True)
            for n, asset in enumerate(assets)
        ]
        marks.sort(key=lambda mark: mark.asset_id)

        assert stores.batches.failures(batch.batch_id, None, 100) == marks
        assert stores.batches.failures(batch.batch_id, None, 2) == marks[:2]
        assert stores.batches.failures(batch.batch_id, marks[1].asset_id, 2) == marks[2:4]
        assert stores.batches.failures(batch.batch_id, marks[4].asset_id, 2) == []

    def test_one_that_was_asked_for_again_is_found_no_more(self, stores: Stores) -> None:
        batch = stores.ingesting()
        asset = stores.failed(batch)
        requeue = transitions.requeue(
            asset, priority=9, run=NEXT_RUN, now=NOW, patience=PATIENCE, attribution=ADA
        )

        assert stores.assets.transition(asset.asset_id, requeue).applied

        assert stores.batches.failures(batch.batch_id, None, 100) == []


class TestErasure:
    def test_nothing_of_the_batch_is_left_and_another_stays(self, stores: Stores) -> None:
        batch, other = stores.ingesting(due_at=NOW), stores.ingesting()
        for each in (batch, other):
            chunk = stores.opened(each)
            stores.batches.count(chunk, advanced(chunk), counted(accepted=3))
            stores.failed(each)
        before = stores.batches.state(other.batch_id)

        stores.batches.erase(batch.batch_id)

        assert stores.batches.get(batch.batch_id) is None
        assert stores.batches.state(batch.batch_id) is None
        assert stores.batches.plan(batch.batch_id) is None
        assert stores.batches.chunks(batch.batch_id) == []
        assert stores.batches.failures(batch.batch_id, None, 10) == []
        assert stores.batches.listed(batch.user_id, None, 10) == []
        assert batch.batch_id not in stores.batches.overdue(batch.due_shard, LATER, 1_000)
        assert stores.batches.state(other.batch_id) == before
        assert len(stores.batches.failures(other.batch_id, None, 10)) == 1

    def test_what_is_gone_may_be_erased_again(self, stores: Stores) -> None:
        batch = stores.ingesting()
        stores.batches.erase(batch.batch_id)

        stores.batches.erase(batch.batch_id)

        assert stores.batches.get(batch.batch_id) is None

    def test_marks_go_however_many_there_are(self, stores: Stores) -> None:
        batch = stores.ingesting()
        for _ in range(60):
            stores.failed(batch)

        stores.batches.erase(batch.batch_id)

        assert stores.batches.failures(batch.batch_id, None, 100) == []

    def test_whoever_is_at_work_meanwhile_adds_nothing(self, stores: Stores) -> None:
        batch = stores.ingesting()
        chunk = stores.opened(batch)

        stores.batches.erase(batch.batch_id)

        assert stores.batches.count(chunk, advanced(chunk), counted(accepted=3)) is None
        assert stores.batches.open_chunk(samples.new_chunk(batch, 1)) is None
        assert stores.batches.change(batch, changes.dispatched(batch, now=NOW)) is None
        assert stores.batches.chunks(batch.batch_id) == []
        assert stores.batches.state(batch.batch_id) is None
