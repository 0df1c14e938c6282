"""What it would take: triangles, bytes, seconds and memory, before anything is made.

::

    python examples/estimate.py
    python examples/estimate.py terrain --texture-size 4096

The table of all generators needs no credentials; a single request is estimated exactly, and told
whether it stands there already.
"""

import argparse

from meshmill_client import Client, Estimate


def row(name: str, estimate: Estimate) -> str:
    """One line of the table."""
    size = estimate.bytes / 1e6
    return (
        f"{name:20} {estimate.triangles:>9} {size:>8.1f} {estimate.seconds:>8.2f} "
        f"{estimate.megabytes:>7}"
    )


def main() -> None:
    """A table, and with a generator's name one request at each quality."""
    parser = argparse.ArgumentParser()
    parser.add_argument("generator", nargs="?")
    parser.add_argument("--texture-size", type=int, default=1024)
    wanted = parser.parse_args()

    print(f"{'':20} {'triangles':>9} {'MB':>8} {'seconds':>8} {'RAM MB':>7}")
    with Client.from_profile() as client:
        if wanted.generator is None:
            for generator in client.generators.list():
                for quality, estimate in generator.estimates.items():
                    print(row(f"{generator.name} {quality}", estimate))
            return
        for quality in ("low", "medium", "high"):
            parameters = {
                "generator": wanted.generator,
                "quality": quality,
                "texture_size": wanted.texture_size,
            }
            dry_run = client.assets.estimate(format="gltf", parameters=parameters)
            stands = f"  {dry_run.status}" if dry_run.exists else ""
            print(row(f"{wanted.generator} {quality}", dry_run.estimate) + stands)


if __name__ == "__main__":
    main()
