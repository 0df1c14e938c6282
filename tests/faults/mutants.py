"""Planted defects, each of which the tests must catch: ``python -m tests.faults.mutants``.

Every mutant is a copy of the code and its tests in which one text is replaced by another. The
suites run against it, the quickest first, until one catches it. ``--by PATH`` tries one suite
alone.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_COPIED = ("layers/meshmill", "functions", "infra", "tests", "events", "pyproject.toml")
# They look at the checkout itself, which a copy is not.
_OF_THE_CHECKOUT = (
    "tests/security/test_no_secrets.py",
    "tests/security/test_documented_attacks.py",
)
_MACHINE = "tests/faults/test_state_machine.py"
_SUITES = (
    ("tests/unit/usecases", "tests/unit/domain"),
    ("tests/security", "tests/faults/test_interleavings.py"),
    ("tests/faults/test_every_call.py", "tests/pipeline/test_api_errors.py"),
    ("tests/faults/test_batches.py", "tests/faults/test_batch_interleavings.py"),
    ("tests/faults/test_three_actors.py", _MACHINE),
)
_USECASES = "layers/meshmill/python/meshmill/usecases"
_BATCHES = f"{_USECASES}/batches"
_BATCH_TRANSITIONS = "layers/meshmill/python/meshmill/domain/batch_transitions.py"
_AWS = "layers/meshmill/python/meshmill/aws"
_TRANSITIONS = "layers/meshmill/python/meshmill/domain/transitions.py"
_SIGNING = "layers/meshmill/python/meshmill/domain/signing.py"
_MOST_TOLD = 3
_QUICKLY = {"MESHMILL_SHRINK": "0"}
_FAILURE = re.compile(r"^(?:FAILED|ERROR) (\S+?::.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect: ``before`` stands exactly once in the file."""

    name: str
    file: str
    before: str
    after: str


MUTANTS = (
    Mutant(
        "send before put",
        f"{_USECASES}/submit_asset.py",
        "        standing = self.assets.create(new)\n",
        "        self.queue.send(new.lane, WorkItem.of(new))\n"
        "        standing = self.assets.create(new)\n",
    ),
    Mutant(
        "blind complete",
        _TRANSITIONS,
        '        name="complete",\n        requires=_held(asset.run, owner),',
        '        name="complete",\n        requires=Is("run", asset.run),',
    ),
    Mutant(
        "drop on exception",
        f"{_USECASES}/generate_asset.py",
        "        delivery.retry_after(delay)\n        return Verdict.RETURN",
        "        return Verdict.ACKNOWLEDGE",
    ),
    Mutant(
        "claim without run",
        _TRANSITIONS,
        'requires=all_of(Is("run", run), free, AtMost',
        "requires=all_of(free, AtMost",
    ),
    Mutant(
        "lease that never lapses",
        _TRANSITIONS,
        '        all_of(Is("status", Status.PROCESSING), AtMost("lease_until", now)),\n    )\n'
        "    return Transition(\n"
        '        name="claim"',
        '        all_of(Is("status", Status.PROCESSING), AtMost("lease_until", 0)),\n    )\n'
        "    return Transition(\n"
        '        name="claim"',
    ),
    Mutant(
        "live lease ignored",
        _TRANSITIONS,
        '        all_of(Is("status", Status.PROCESSING), AtMost("lease_until", now)),\n    )\n'
        "    return Transition(\n"
        '        name="claim"',
        '        Is("status", Status.PROCESSING),\n    )\n'
        "    return Transition(\n"
        '        name="claim"',
    ),
    Mutant(
        "attempts not counted",
        _TRANSITIONS,
        '        add={"attempts": 1},\n',
        "",
    ),
    Mutant(
        "acknowledge when the claim fails",
        f"{_USECASES}/generate_asset.py",
        "        outcome = self.assets.transition(item.asset_id, claim)\n",
        "        try:\n"
        "            outcome = self.assets.transition(item.asset_id, claim)\n"
        "        except Exception:\n"
        "            return None\n",
    ),
    Mutant(
        "claim leaves no due date",
        _TRANSITIONS,
        '            "lease_until": lease.until,\n            "due_at": lease.due_at,\n',
        '            "lease_until": lease.until,\n            "due_at": 2**50,\n',
    ),
    Mutant(
        "failed send forgotten, and patience too",
        f"{_USECASES}/submit_asset.py",
        "            StandingAssets(self.assets, self.clock, self.patience)"
        ".leave_to_reconciler(asset)\n",
        "            pass\n",
    ),
    Mutant(
        "own put not recognised",
        f"{_USECASES}/submit_asset.py",
        "if standing is None or standing.run == new.run:",
        "if standing is None:",
    ),
    Mutant(
        "provenance first",
        f"{_USECASES}/generate_asset.py",
        "        *content, provenance = artefact.files\n",
        "        *content, provenance = artefact.files\n"
        "        self.artefacts.put_new(self._key(asset, PROVENANCE), provenance)\n",
    ),
    Mutant(
        "own checksums recorded for somebody else's files",
        f"{_USECASES}/generate_asset.py",
        "        mark = _with_standing(provenance, standing)\n",
        "        mark = provenance\n",
    ),
    Mutant(
        "send before the due date advances",
        f"{_USECASES}/reconcile.py",
        "        care = self._applied(asset, again, Care.RESENT)\n",
        "        self.queue.send(asset.lane, WorkItem.of(asset))\n"
        "        care = self._applied(asset, again, Care.RESENT)\n",
    ),
    Mutant(
        "waits that do not double",
        _TRANSITIONS,
        "else 2 * asset.wait_ms",
        "else asset.wait_ms",
    ),
    Mutant(
        "backlog taken for a loss",
        f"{_USECASES}/reconcile.py",
        "        return self._ages[asset.lane] > now - asset.queued_at\n",
        "        return False\n",
    ),
    Mutant(
        "dead letters of earlier runs believed",
        f"{_USECASES}/bury_message.py",
        "if asset is None or asset.run != item.run or asset.status.is_final:",
        "if asset is None or asset.status.is_final:",
    ),
    Mutant(
        "dead letters dropped",
        f"{_USECASES}/bury_message.py",
        "        revived = self.assets.transition("
        "asset.asset_id, transitions.surrender(asset, now=now))\n"
        "        return Burial.REVIVED if revived.applied else Burial.OUTLIVED\n",
        "        return Burial.OUTLIVED\n",
    ),
    Mutant(
        "spent attempts kept alive",
        f"{_USECASES}/exhaustion.py",
        "    if not end.requires.holds(asset.attributes()):\n        return None\n",
        "    if asset:\n        return None\n",
    ),
    Mutant(
        "one broken asset stops the round",
        f"{_USECASES}/reconcile.py",
        "            return Care.BROKEN\n",
        "            raise\n",
    ),
    Mutant(
        "links that renew themselves",
        "layers/meshmill/python/meshmill/http/status.py",
        "view = asset_view(record, self.links, status_url)",
        "view = asset_view(record, self.links, self.links.status_url(record))",
    ),
    Mutant(
        "lost answers not recognised",
        _TRANSITIONS,
        "applied = standing is not None and self.already.holds(standing.attributes())",
        "applied = False",
    ),
    Mutant(
        "any owner reads",
        f"{_USECASES}/read_asset.py",
        "            if not reader.reads_all_users:\n                raise absent_asset()\n",
        "",
    ),
    Mutant(
        "any owner deletes",
        f"{_USECASES}/delete_asset.py",
        "if asset is None or asset.user_id != user_id:",
        "if asset is None:",
    ),
    Mutant(
        "deleted under a worker's hands",
        f"{_USECASES}/delete_asset.py",
        "            _check_idle(asset)\n",
        "",
    ),
    Mutant(
        "deleted whatever has become of it",
        "layers/meshmill/python/meshmill/domain/transitions.py",
        'return all_of(Is("run", asset.run), Is("status", asset.status), Is("version", '
        "asset.version))",
        "return all_of()",
    ),
    Mutant(
        "shown before it is written down",
        f"{_USECASES}/read_asset.py",
        "            self.cross_user_reading().asset_read(reader, asset)\n",
        "            try:\n"
        "                self.cross_user_reading().asset_read(reader, asset)\n"
        "            except Exception:\n"
        "                return asset\n",
    ),
    Mutant(
        "changes forgotten where the trail fails",
        f"{_USECASES}/record_changes.py",
        "                break\n",
        "",
    ),
    Mutant(
        "the same change told twice is two entries",
        "layers/meshmill/python/meshmill/domain/asset_change.py",
        "at=after.updated_at",
        "at=__import__('time').time_ns()",
    ),
    Mutant(
        "issuer not checked",
        "layers/meshmill/python/meshmill/http/authentication.py",
        "                issuer=self.issuer,\n                leeway",
        "                leeway",
    ),
    Mutant(
        "audience not checked",
        "layers/meshmill/python/meshmill/http/authentication.py",
        "        self._check_audience(claims)\n",
        "",
    ),
    Mutant(
        "paths of callers in the logs",
        "layers/meshmill/python/meshmill/http/api.py",
        "_UNROUTED = frozenset({NotFound.code, MethodNotAllowed.code})",
        "_UNROUTED = frozenset({NotFound.code})",
    ),
    Mutant(
        "attempts kept when asked again",
        _TRANSITIONS,
        '            "attempts": 0,\n',
        "",
    ),
    Mutant(
        "made anew when asked again",
        _TRANSITIONS,
        '            "queued_at": now,\n            "updated_at": now,\n            "attempts": 0,',
        '            "queued_at": now,\n            "created_at": now,\n'
        '            "updated_at": now,\n            "attempts": 0,',
    ),
    Mutant(
        "labels of the last request",
        _TRANSITIONS,
        '            "wait_ms": patience[lane],\n            "attribution": attribution,\n'
        "        },\n        remove=_LEASE",
        '            "wait_ms": patience[lane],\n            "labels": {},\n'
        '            "attribution": attribution,\n        },\n        remove=_LEASE',
    ),
    Mutant(
        "failed for good at the first exception",
        f"{_USECASES}/generate_asset.py",
        "        except UnbuildableSpec as error:\n",
        "        except (UnbuildableSpec, RuntimeError) as error:\n",
    ),
    Mutant(
        "given up one attempt too early",
        f"{_USECASES}/exhaustion.py",
        "max_attempts=max_attempts)\n    if",
        "max_attempts=max_attempts - 1)\n    if",
    ),
    Mutant(
        "given up under a live lease",
        _TRANSITIONS,
        '        all_of(Is("status", Status.PROCESSING), AtMost("lease_until", now)),\n    )\n'
        "    spent",
        '        Is("status", Status.PROCESSING),\n    )\n    spent',
    ),
    Mutant(
        "released by anybody",
        _TRANSITIONS,
        '        name="release",\n        requires=_held(run, owner),',
        '        name="release",\n        requires=Is("run", run),',
    ),
    Mutant(
        "a page that begins with the end of the last one",
        "layers/meshmill/python/meshmill/aws/dynamodb_assets.py",
        "#position < :end",
        "#position <= :end",
    ),
    Mutant(
        "rotation without overlap",
        _SIGNING,
        "            previous=self.current,\n",
        '            previous="",\n',
    ),
    Mutant(
        "rotation while the key before the last is needed",
        f"{_USECASES}/rotate_signing.py",
        "        if stored.keys.is_overlapping(self.clock.now_ms()):\n"
        "            raise StillOverlapping(stored.keys.previous_until)\n",
        "",
    ),
    Mutant(
        "a deletion without its entry",
        "layers/meshmill/python/meshmill/aws/dynamodb_asset_deletion.py",
        "[self._delete_of(asset), put_of(self.audit_table, entry, self.audit_days)]",
        "[self._delete_of(asset)]",
    ),
    Mutant(
        "lines counted whoever has the chunk",
        _BATCH_TRANSITIONS,
        '            Is("version", chunk.version), Is("owner", chunk.owner), '
        'Is("offset", chunk.offset)\n',
        '            Is("batch_id", chunk.batch_id)\n',
    ),
    Mutant(
        "lines counted without their chunk",
        f"{_AWS}/dynamodb_batch_chunks.py",
        '            {"Update": self._update_of(chunk, transition)},\n',
        "",
    ),
    Mutant(
        "assets counted outside of their transaction",
        f"{_AWS}/tallies.py",
        "            writes = [self._update_of(seen, transition), "
        "*writes_of(tally, self.batches_table)]\n"
        "            reasons = transactions.write(self.client, writes, self.backoff)\n",
        "            own = [self._update_of(seen, transition)]\n"
        "            reasons = transactions.write(self.client, own, self.backoff)\n"
        "            if reasons is None:\n"
        "                counts = writes_of(tally, self.batches_table)\n"
        "                transactions.write(self.client, counts, self.backoff)\n",
    ),
    Mutant(
        "planned by whoever comes",
        f"{_AWS}/dynamodb_ongoing_batches.py",
        '        refusal = self._write({"Update": self._update_of(batch, transition)}, *puts)\n',
        '        self._write(*puts, {"Delete": {"TableName": self._table, "Key": '
        'batch_items.key(batch.batch_id, "none")}})\n'
        '        refusal = self._write({"Update": self._update_of(batch, transition)})\n',
    ),
    Mutant(
        "parts of lines that were not counted",
        f"{_BATCHES}/finish_batch.py",
        "for name in chunk.parts]\n",
        "for name in (*chunk.parts, *chunk.parts[-1:])]\n",
    ),
    Mutant(
        "parts that anybody may replace",
        f"{_BATCHES}/chunk_hold.py",
        "{chunk.next_line:07d}-{chunk.owner}",
        "{chunk.next_line:07d}",
    ),
    Mutant(
        "a line's own asset taken for another's",
        f"{_USECASES}/submit_lines.py",
        "if record.run == asset.run or record.origin == asset.origin:",
        "if record.run == asset.run:",
    ),
    Mutant(
        "a line's own asset is a duplicate of itself",
        f"{_USECASES}/submit_lines.py",
        '"accepted" if records[asset.asset_id].origin == asset.origin else "duplicate",',
        '"accepted" if records[asset.asset_id].run == asset.run else "duplicate",',
    ),
    Mutant(
        "chunks dropped on exception",
        f"{_BATCHES}/ingest_chunk.py",
        '            raise Returned("the attempt failed") from error\n',
        "            del error\n",
    ),
    Mutant(
        "uploads dropped on exception",
        f"{_BATCHES}/split_manifest.py",
        '            raise Returned("the attempt failed") from error\n',
        "            return Splitting.FAILED\n",
    ),
    Mutant(
        "chunks whose lease never lapses",
        f"{_BATCHES}/chunk_hold.py",
        "        if (standing.lease_until or 0) > now:\n",
        "        if standing.lease_until:\n",
    ),
    Mutant(
        "asked again without being counted",
        _TRANSITIONS,
        "        tally=tallies.requeued(failed, now),\n",
        "",
    ),
    Mutant(
        "redriven whenever it has failed",
        f"{_BATCHES}/redrive_assets.py",
        "if asset.status is Status.FAILED and (asset.completed_at or 0) <= item.redriving_since",
        "if asset.status is Status.FAILED",
    ),
    Mutant(
        "reported before every chunk is done",
        "layers/meshmill/python/meshmill/domain/batch.py",
        "self.counts.chunks_done >= self.batch.chunks",
        "self.counts.chunks_done > 0",
    ),
    Mutant(
        "deleted before its line is counted",
        f"{_AWS}/dynamodb_asset_deletion.py",
        '"attribute_not_exists(batch_id) OR next_line > :line"',
        '"attribute_not_exists(batch_id) OR next_line > :line OR next_line <= :line"',
    ),
    Mutant(
        "deleted without being counted",
        "layers/meshmill/python/meshmill/domain/tally.py",
        'waited_for = {} if asset.status.is_final else {"deleted": 1}',
        "waited_for: dict[str, int] = {}",
    ),
    Mutant(
        "dispatched before it is sent",
        f"{_BATCHES}/split_manifest.py",
        "        self.queue.send(\n",
        "        early = batch_transitions.dispatched(batch, now=self.clock.now_ms())\n"
        "        batch = self.batches.change(batch, early) or batch\n"
        "        self.queue.send(\n",
    ),
    Mutant(
        "dead chunks dropped",
        f"{_BATCHES}/bury_batch_work.py",
        "    return batch.phase is Phase.INGESTING\n",
        "    return False\n",
    ),
)

_NESTED = "two have to act within each other, and each step of the machine runs to its end"
_LATER = "it costs time alone, of which the machine allows hours"
_ELSEWHERE = "the machine does not look there"
#: What the state machine alone can't catch, and why. Of the rest, a run of the usual size catches
#: some by luck of its seed.
BEYOND_THE_MACHINE = {
    "send before put": _NESTED,
    "blind complete": _NESTED,
    "released by anybody": _NESTED,
    "deleted whatever has become of it": _NESTED,
    "failed send forgotten, and patience too": _LATER,
    "lost answers not recognised": _LATER,
    "waits that do not double": _LATER,
    "backlog taken for a loss": _LATER,
    "one broken asset stops the round": _LATER,
    "own checksums recorded for somebody else's files": "its engine has one encoding",
    "links that renew themselves": _ELSEWHERE,
    "shown before it is written down": _ELSEWHERE,
    "issuer not checked": _ELSEWHERE,
    "audience not checked": _ELSEWHERE,
    "paths of callers in the logs": _ELSEWHERE,
}


def main() -> int:
    """Try every mutant, print what caught it, and the score."""
    asked = _asked()
    suites = ((asked.by,),) if asked.by else _SUITES
    excused = BEYOND_THE_MACHINE if asked.by == _MACHINE else {}
    survivors = []
    chosen = [mutant for mutant in MUTANTS if not asked.names or mutant.name in asked.names]
    for mutant in chosen:
        caught = catchers(mutant, suites)
        excuse = excused.get(mutant.name)
        if not caught and excuse is None:
            survivors.append(mutant.name)
        print(f"{'caught  ' if caught else 'SURVIVED'}  {mutant.name}", flush=True)
        if not caught and excuse is not None:
            print(f"            {excuse}", flush=True)
        for test in caught:
            print(f"            {test}", flush=True)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} caught, or justified")
    return 1 if survivors else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", help="mutants; all of them by default")
    parser.add_argument("--by", metavar="PATH", help="the only suite to try")
    return parser.parse_args()


def catchers(mutant: Mutant, suites: Sequence[tuple[str, ...]]) -> list[str]:
    """The first tests that fail, of the first suite that has any."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        plant(mutant, copy)
        for paths in suites:
            if failures := run(copy, paths):
                return failures
    return []


def plant(mutant: Mutant, copy: Path) -> None:
    """Copy what the tests need, with the defect in it."""
    for part in _COPIED:
        source, target = ROOT / part, copy / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    file = copy / mutant.file
    text = file.read_text()
    if text.count(mutant.before) != 1:
        raise SystemExit(f"{mutant.name}: the text stands {text.count(mutant.before)} times")
    file.write_text(text.replace(mutant.before, mutant.after))


def run(copy: Path, paths: tuple[str, ...]) -> list[str]:
    """The first tests that fail; the copy shadows the code that is installed."""
    options = ("-q", "-p", "no:cacheprovider", "--timeout=120", f"--maxfail={_MOST_TOLD}")
    left_out = [f"--ignore={path}" for path in _OF_THE_CHECKOUT]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *left_out, *paths],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1", **_QUICKLY},
        capture_output=True,
        text=True,
        check=False,
    )
    failures = _FAILURE.findall(done.stdout)
    if done.returncode and not failures:
        raise SystemExit(f"pytest did not run:\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return failures


if __name__ == "__main__":
    sys.exit(main())
