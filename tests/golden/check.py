"""``python -m tests.golden.check [--quality low]``: make recorded assets here, and compare.

Needs the engine's own dependencies alone, so that it runs wherever the engine does.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterable

from tests.golden.assets import ASSETS, made, may_compare_bytes
from tests.golden.record import digests_in, recorded
from tests.golden.twice import compared


def differing(labels: Iterable[str]) -> list[str]:
    """Those of ``labels`` that come out otherwise than recorded, each with what differs.

    Where bytes do, it is told whether they do so each time: a machine or a library that isn't
    deterministic is another matter than an engine that was changed.
    """
    kinds = ("content", "bytes") if may_compare_bytes() else ("content",)
    assets = recorded()["assets"]
    found = []
    for label in labels:
        artefact = made(label)
        here = digests_in(artefact)
        for kind in kinds:
            names = [
                name
                for name, digest in here[kind].items()
                if assets[label][kind].get(name) != digest
            ]
            again = made(label) if names else artefact
            found += [
                f"{label}: {kind} of {name}; {compared(artefact, again, name)}" for name in names
            ]
    return found


def main() -> int:
    """Print how many assets were compared, and each difference."""
    parser = argparse.ArgumentParser(description="Compare assets made here with those recorded.")
    parser.add_argument("--quality", choices=("low", "medium", "high"), help="only this quality")
    quality = parser.parse_args().quality
    labels = [
        label
        for label, parameters in ASSETS.items()
        if quality in (None, parameters.get("quality", "low"))
    ]
    found = differing(labels)
    for line in found:
        print(line)
    print(f"{len(labels)} assets on {platform.machine()}, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
