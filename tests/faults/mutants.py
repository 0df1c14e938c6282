"""Planted defects, each of which the tests must catch: ``python -m tests.faults.mutants``.

Every mutant is a copy of the code and its tests in which one text is replaced by another. The
suites run against it, the quickest first, until one catches it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_COPIED = ("layers/meshmill", "functions", "tests", "events", "pyproject.toml")
_SUITES = (
    ("tests/unit/usecases", "tests/unit/domain"),
    ("tests/security", "tests/faults/test_interleavings.py"),
    ("tests/faults/test_every_call.py", "tests/pipeline/test_api_errors.py"),
)
_USECASES = "layers/meshmill/python/meshmill/usecases"
_TRANSITIONS = "layers/meshmill/python/meshmill/domain/transitions.py"
_MOST_TOLD = 3
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
        '        name="complete",\n        requires=_held(run, owner),',
        '        name="complete",\n        requires=Is("run", run),',
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
        "            self._leave_to_reconciler(asset)\n",
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
        'view = asset_view(asset, self.links, f"{self.links.public_base_url}{link}")',
        "view = asset_view(asset, self.links, self.links.status_url(asset))",
    ),
    Mutant(
        "lost answers not recognised",
        "layers/meshmill/python/meshmill/aws/dynamodb_assets.py",
        "applied=transition.already.holds(standing.attributes())",
        "applied=False",
    ),
    Mutant(
        "any owner reads",
        f"{_USECASES}/read_asset.py",
        "if asset is None or asset.user_id != user_id:",
        "if asset is None:",
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
)


def main() -> int:
    """Try every mutant, print what caught it, and the score."""
    survivors = []
    chosen = [mutant for mutant in MUTANTS if not sys.argv[1:] or mutant.name in sys.argv[1:]]
    for mutant in chosen:
        caught = catchers(mutant)
        if not caught:
            survivors.append(mutant.name)
        print(f"{'caught  ' if caught else 'SURVIVED'}  {mutant.name}", flush=True)
        for test in caught:
            print(f"            {test}", flush=True)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} caught")
    return 1 if survivors else 0


def catchers(mutant: Mutant) -> list[str]:
    """The first tests that fail, of the first suite that has any."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        plant(mutant, copy)
        for paths in _SUITES:
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
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *paths],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": "1"},
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
