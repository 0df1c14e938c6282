"""What there is: all assets by generator and state, and how to clear away a set of them.

::

    python examples/inventory.py
    python examples/inventory.py --delete-set tree-variations

Listing reads pages as it goes, newest first, so that any number of assets fits into memory.
"""

import argparse
from collections import Counter

from meshmill_client import Client
from meshmill_client.errors import InvalidState


def deleted(client: Client, name: str) -> int:
    """How many assets of a labelled set are gone now."""
    gone = 0
    for asset in client.assets.list():
        if asset.labels.get("set") != name:
            continue
        try:
            client.assets.delete(asset)
            gone += 1
        except InvalidState:
            print(f"{asset.custom_id or asset.asset_id} is being made just now: left")
    return gone


def main() -> None:
    """A table, or a clearing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--delete-set", metavar="NAME", help="label 'set' of what is to go")
    name = parser.parse_args().delete_set

    with Client.from_profile() as client:
        if name is not None:
            print(f"{deleted(client, name)} deleted")
            return
        listed = client.assets.list()
        found = Counter((asset.parameters["generator"], asset.status) for asset in listed)
        for (generator, status), count in sorted(found.items()):
            print(f"{generator:10} {status:10} {count:>6}")


if __name__ == "__main__":
    main()
