"""Variations of one thing: the same request under many seeds, named, labelled, resumable.

::

    python examples/variations.py --generator tree --count 20 --out out/trees

Stop it at any time and run it again: what has been asked for is found, not made again, and what has
been downloaded is left alone. ``index.json`` lists what there is, for a level editor or a web page.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from meshmill_client import Asset, Client
from meshmill_client.errors import AssetFailed


def asked(client: Client, generator: str, quality: str, seed: int) -> Asset:
    """The variation of one seed; asked for at low priority, so that people need not wait for it."""
    return client.assets.create(
        format="gltf",
        parameters={"generator": generator, "quality": quality, "texture_size": 512, "seed": seed},
        priority=3,
        labels={"set": f"{generator}-variations"},
        custom_id=f"{generator}-{seed:04}",
    )


def fetched(client: Client, asset: Asset, folder: Path) -> dict[str, Any]:
    """The variation's entry in the index, once its files are here."""
    done = client.assets.wait(asset, timeout=600)
    files = client.assets.download(done, folder / f"{asset.parameters['seed']:04}")
    places = {name: str(path.relative_to(folder)) for name, path in files.items()}
    stats = done.stats.model_dump() if done.stats else {}
    return {"asset_id": done.asset_id, "custom_id": done.custom_id, **stats, "files": places}


def main() -> None:
    """Ask for all of them first, so that they are made side by side, then fetch them in order."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--generator", default="tree")
    parser.add_argument("--quality", default="low")
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path("out/variations"))
    wanted = parser.parse_args()

    with Client.from_profile() as client:
        seeds = range(wanted.count)
        assets = [asked(client, wanted.generator, wanted.quality, seed) for seed in seeds]
        print(f"{sum(not asset.deduplicated for asset in assets)} new of {len(assets)}")
        index = []
        for asset in assets:
            try:
                index.append(fetched(client, asset, wanted.out))
            except AssetFailed as error:
                print(error)
    (wanted.out / "index.json").write_text(json.dumps(index, indent=2))
    print(f"{len(index)} in {wanted.out / 'index.json'}")


if __name__ == "__main__":
    main()
