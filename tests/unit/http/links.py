"""Links as answers have them, signed and dated by what a test holds."""

from __future__ import annotations

from meshmill.http.links import LinkMinter
from tests.fakes.artefacts import InMemoryArtefacts, InMemoryLinks
from tests.fakes.clock import FakeClock
from tests.fakes.credentials import RotatingSecret


def minter(clock: FakeClock, secret: RotatingSecret) -> LinkMinter:
    """With the lifetimes of a stage."""
    return LinkMinter(
        public_base_url="https://api.example",
        secret=secret,
        downloads=InMemoryLinks(InMemoryArtefacts(), clock),
        clock=clock,
        status_link_seconds=86_400,
        account_link_seconds=604_800,
        batch_link_seconds=604_800,
        download_link_seconds=900,
    )
