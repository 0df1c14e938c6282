"""What must hold between the values of a stage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from infra.batch_relations import batch_relations
from infra.choices import ExternalIssuer
from infra.platform_limits import (
    API_CALLS,
    ENTRIES_PER_CALL,
    KEY_MEMORY,
    MINIMUM_CONCURRENCY,
    MINIMUM_MAX_RECEIVE_COUNT,
    SLOWEST_CALL,
    SLOWEST_S3_CALL,
    VISIBILITY_FACTOR,
    Relations,
)
from infra.stage_parts import FUNCTIONS, HOUR, LANES, MINUTE
from meshmill.http.links import LINK_WINDOW_MS

if TYPE_CHECKING:
    from infra.config import StageConfig

_ORIGIN: Final = re.compile(r"\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?")
"""Scheme, host and port, without a final slash."""


def contradictions(stage: StageConfig) -> list[str]:
    """A sentence for each broken relation of the first kind that has any; none if all hold."""
    # The later relations name lanes and functions: they need all of them to be there.
    for relations in (
        _shape,
        _identity_relations,
        _link_relations,
        _lane_relations,
        _delivery_relations,
        _attempt_relations,
        batch_relations,
        _account_relations,
    ):
        wrong = [message for holds, message in relations(stage) if not holds]
        if wrong:
            return wrong
    return []


def _shape(stage: StageConfig) -> Relations:
    return [
        (set(stage.functions) == set(FUNCTIONS), f"functions must be exactly {FUNCTIONS}"),
        (set(stage.lanes) == set(LANES), f"lanes must be exactly {LANES}"),
    ]


def _identity_relations(stage: StageConfig) -> Relations:
    if isinstance(stage.identity, ExternalIssuer):
        return []
    clients = stage.identity.clients
    return [
        (bool(clients), "the user pool needs a client, or nobody could get a token"),
        (len({client.name for client in clients}) == len(clients), "clients' names must differ"),
        *(
            (bool(client.permissions), f"client {client.name} must have a permission")
            for client in clients
        ),
    ]


def _link_relations(stage: StageConfig) -> Relations:
    origins = stage.cors.origins
    return [
        (
            stage.limits.download_link * 1000 >= 2 * LINK_WINDOW_MS,
            "download_link must outlast an unchanged answer's links by as much again",
        ),
        (origins == ("*",) or "*" not in origins, "cors: * allows every origin and stands alone"),
        *(
            (bool(_ORIGIN.fullmatch(origin)), f"cors: {origin} is not what a browser sends")
            for origin in origins
        ),
    ]


def _lane_relations(stage: StageConfig) -> Relations:
    patience = [stage.lanes[lane].patience for lane in LANES]
    return [
        (patience == sorted(patience), "a faster lane must not be the more patient one"),
        *(
            (
                lane.maximum_concurrency >= MINIMUM_CONCURRENCY,
                f"lane {name}: maximum concurrency must be at least {MINIMUM_CONCURRENCY}",
            )
            for name, lane in stage.lanes.items()
        ),
    ]


def _delivery_relations(stage: StageConfig) -> Relations:
    delivery = stage.delivery
    generate, dead_letter = stage.functions["generate"], stage.functions["dead_letter"]
    least = VISIBILITY_FACTOR * generate.timeout + delivery.batching_window
    return [
        (delivery.visibility >= least, f"visibility {delivery.visibility} s must be >= {least} s"),
        (
            delivery.dead_letter_visibility >= VISIBILITY_FACTOR * dead_letter.timeout,
            "dead_letter_visibility must be >= 6 x the timeout of dead_letter",
        ),
        (
            delivery.max_receive_count >= MINIMUM_MAX_RECEIVE_COUNT,
            f"max_receive_count must be at least {MINIMUM_MAX_RECEIVE_COUNT}",
        ),
        (
            delivery.retention > delivery.visibility * delivery.max_receive_count,
            "retention must outlast every delivery of a message",
        ),
        (
            stage.functions["reconcile"].timeout <= stage.reconciliation.period_minutes * MINUTE,
            "reconcile must end before its next run",
        ),
        (
            SLOWEST_CALL < stage.reconciliation.reserve < stage.functions["reconcile"].timeout,
            f"reconciliation.reserve must outlast the slowest call, {SLOWEST_CALL} s",
        ),
        (
            stage.functions["status"].timeout > SLOWEST_CALL,
            f"status must outlast the slowest call, {SLOWEST_CALL} s, or polls can't be answered",
        ),
        (
            stage.functions["api"].timeout > API_CALLS * SLOWEST_CALL,
            f"api must outlast {API_CALLS} of the slowest calls, {SLOWEST_CALL} s each",
        ),
        (
            stage.functions["audit"].timeout
            > SLOWEST_CALL * stage.changes.batch_size / ENTRIES_PER_CALL,
            f"audit must outlast the calls for a batch of changes, {SLOWEST_CALL} s each",
        ),
    ]


def _attempt_relations(stage: StageConfig) -> Relations:
    attempts, delivery = stage.attempts, stage.delivery
    timeout = stage.functions["generate"].timeout
    return [
        (
            attempts.lease >= timeout,
            f"lease {attempts.lease} s must outlast generate's timeout {timeout} s",
        ),
        (attempts.lease_margin > 0, "lease_margin must be positive: clocks differ"),
        (
            1 <= attempts.maximum <= delivery.max_receive_count,
            "attempts.maximum must be between 1 and max_receive_count",
        ),
        (
            attempts.retry_delay < delivery.visibility,
            "retry_delay must be below visibility, or a retry comes later than no answer at all",
        ),
        (
            0 < attempts.reserve < timeout,
            "attempts.reserve must be positive and below generate's timeout",
        ),
    ]


def _account_relations(stage: StageConfig) -> Relations:
    accounts, timeout = stage.accounts, stage.functions["account"].timeout
    writers = ("api", "split_manifest", "ingest_manifest", "account")
    longest_memory = max(KEY_MEMORY, *(stage.functions[verb].timeout for verb in writers))
    return [
        (
            accounts.lease >= timeout,
            f"accounts.lease {accounts.lease} s must outlast account's timeout {timeout} s",
        ),
        (
            SLOWEST_S3_CALL < accounts.reserve < timeout,
            f"accounts.reserve must outlast the slowest call, {SLOWEST_S3_CALL} s",
        ),
        (
            accounts.settle > longest_memory,
            f"accounts.settle must outlast requests, workers and known keys, {longest_memory} s",
        ),
        (
            accounts.export_life <= stage.retention.export_days * 24 * HOUR,
            "accounts.export_life must end before the file does",
        ),
        (
            stage.limits.account_link <= accounts.receipt_life,
            "a receipt must be kept for as long as its link is good",
        ),
    ]
