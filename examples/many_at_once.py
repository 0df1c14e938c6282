"""A dozen assets at once: each is downloaded as soon as it is completed.

::

    python examples/many_at_once.py

Tasks share one client, and so its connections and its token. For hundreds of assets write a
manifest instead (manifest.py): one request, and no limit on requests to mind.
"""

import argparse
import asyncio
import itertools
from pathlib import Path

from meshmill_client import AsyncClient
from meshmill_client.errors import AssetFailed

GENERATORS = ("rock", "tree", "vase", "crate")


async def made(client: AsyncClient, generator: str, seed: int, folder: Path) -> str:
    """One asset from the request to its files, in a line of text."""
    parameters = {"generator": generator, "quality": "low", "texture_size": 256, "seed": seed}
    asset = await client.assets.create(format="gltf", parameters=parameters)
    try:
        asset = await client.assets.wait(asset, timeout=300)
    except AssetFailed as error:
        return f"{generator} {seed}: {error}"
    files = await client.assets.download(asset, folder / f"{generator}-{seed}")
    return f"{generator} {seed}: {sum(path.stat().st_size for path in files.values())} bytes"


async def main() -> None:
    """All of them, told in the order in which they are done."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("out/many_at_once"))
    parser.add_argument("--seeds", type=int, default=3, help="assets of each generator")
    wanted = parser.parse_args()

    async with AsyncClient.from_profile() as client:
        everything = itertools.product(GENERATORS, range(wanted.seeds))
        tasks = [made(client, generator, seed, wanted.out) for generator, seed in everything]
        for done in asyncio.as_completed(tasks):
            print(await done)


if __name__ == "__main__":
    asyncio.run(main())
