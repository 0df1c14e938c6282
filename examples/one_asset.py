"""One asset: ask for it, watch it being made, download its files.

::

    python examples/one_asset.py
    python examples/one_asset.py --generator tree --quality high --seed 7 --out out/tree

The service is what ``MESHMILL_BASE_URL`` and ``MESHMILL_API_KEY`` say, else the pipeline that runs
on this machine (``make run``), else the one that ``meshmill login`` has remembered.
"""

import argparse
from pathlib import Path

from meshmill_client import Asset, Client


def told(asset: Asset) -> None:
    """Called each time that the asset has been looked at."""
    print(f"  {asset.status}")


def main() -> None:
    """Ask, wait, download."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--generator", default="rock")
    parser.add_argument("--quality", default="low")
    parser.add_argument("--texture-size", type=int, default=512)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("out/one_asset"))
    wanted = vars(parser.parse_args())
    folder = wanted.pop("out")

    with Client.from_profile() as client:
        asset = client.assets.create(format="gltf", parameters=wanted)
        stood_there = " (asked for before)" if asset.deduplicated else ""
        print(f"{asset.asset_id}{stood_there}")

        asset = client.assets.wait(asset, timeout=300, on_progress=told)
        if asset.stats is not None:
            print(f"  {asset.stats.triangles} triangles in {asset.generation_ms} ms")

        # Nothing is fetched twice: a file that stands there with the right SHA-256 is left alone.
        for name, path in client.assets.download(asset, folder).items():
            print(f"  {name:10}  {path}")


if __name__ == "__main__":
    main()
