"""Twenty thousand lines through the embedded engine, each counted once.

Their assets are not built, which would take the tests an hour: the lanes' queues feed nobody here.
The stack is one of its own for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.manifests import Mixture
from meshmill_local import LocalStack
from tests.support.batches import Manifests, report
from tests.support.embedded import function_configured

MIXTURE = Mixture(20_000, duplicate_every=19, mistake_every=20)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    """Its lanes feed nobody, and lines cost next to nothing of the budget."""
    with ExitStack() as ending:
        running = ending.enter_context(LocalStack.start(state_dir=tmp_path / "state"))
        for output in ("SplitManifestFunction", "IngestManifestFunction"):
            ending.enter_context(
                function_configured(running, output, MESHMILL_LINES_PER_SECOND="1000000")
            )
        _pause_lanes(running)
        yield running


def _pause_lanes(stack: LocalStack) -> None:
    client = stack.client("lambda")
    mappings = client.list_event_source_mappings(FunctionName=stack.outputs["GenerateFunction"])
    assert len(mappings["EventSourceMappings"]) == 3
    for mapping in mappings["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)


def test_each_of_twenty_thousand_lines_is_counted_and_told_of_once(stack: LocalStack) -> None:
    manifests = Manifests(stack, "somebody")
    content = b"".join(MIXTURE)

    batch = manifests.until_reported(manifests.issued(content))

    expected = {"lines": 20_000, **MIXTURE.counts()}
    assert {name: batch["counts"][name] for name in expected} == expected
    assert batch["status"] == "in_progress"
    settled = expected["duplicate"] + expected["rejected"]
    assert batch["percent"] == settled * 1000 // 20_000 / 10
    results, errors = report(batch, "results"), report(batch, "errors")
    assert [result["line"] for result in results] == list(range(1, 20_001))
    outcomes = Counter(result["outcome"] for result in results)
    assert outcomes == MIXTURE.counts()
    accepted = [result["asset_id"] for result in results if result["outcome"] == "accepted"]
    assert len(set(accepted)) == len(accepted)
    assert set(accepted) == {result["asset_id"] for result in results} - {None}
    mistaken = [line for line, asked in enumerate(MIXTURE.asked(), 1) if asked is None]
    assert [error["line"] for error in errors] == mistaken
    assert [each["line"] for each in results if each["outcome"] == "rejected"] == mistaken
