"""What tells a lasting change of an asset's bytes from one that came and went."""

from __future__ import annotations

from itertools import zip_longest

from meshmill.geometry.artefact import Artefact

_SHOWN = 16


def compared(first: Artefact, second: Artefact, name: str) -> str:
    """How the file ``name`` of one making differs from that of another."""
    one, other = (
        next(file.data for file in made.files if file.name == name) for made in (first, second)
    )
    if one == other:
        return "made twice here, it is the same both times"
    pairs = enumerate(zip_longest(one, other))
    differing = [place for place, (here, there) in pairs if here != there]
    start = differing[0]
    shown = " and ".join(data[start : start + _SHOWN].hex(" ") for data in (one, other))
    return (
        f"made twice here, it has {len(one)} and {len(other)} bytes, of which {len(differing)} "
        f"differ, first at {start}: {shown}"
    )
