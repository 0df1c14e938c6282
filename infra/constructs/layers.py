"""The layers that :mod:`infra.build` prepared."""

from __future__ import annotations

from aws_cdk import AssetHashType, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.choices import Architecture
from infra.sources import Sources

RUNTIME = lambda_.Runtime.PYTHON_3_13


class Layers(Construct):
    """``meshmill`` and ``runtime`` for every function, ``geometry`` for the one that computes."""

    def __init__(
        self, scope: Construct, construct_id: str, *, sources: Sources, architecture: Architecture
    ) -> None:
        super().__init__(scope, construct_id)
        self._sources = sources
        self._architecture = architecture
        self.meshmill = self._layer("meshmill", "Meshmill's own code")
        self.runtime = self._layer("runtime", "What every function imports")
        self.geometry = self._layer("geometry", "What the engine imports")

    @property
    def common(self) -> list[lambda_.LayerVersion]:
        """What every function gets."""
        return [self.meshmill, self.runtime]

    def _layer(self, name: str, description: str) -> lambda_.LayerVersion:
        """One layer; its digest of inputs stands for its content, which isn't bit-reproducible."""
        return lambda_.LayerVersion(
            self,
            name.capitalize(),
            description=description,
            code=lambda_.Code.from_asset(
                str(self._sources.layer(name)),
                asset_hash=self._sources.layer_digest(name),
                asset_hash_type=AssetHashType.CUSTOM,
            ),
            compatible_architectures=[lambda_architecture(self._architecture)],
            compatible_runtimes=[RUNTIME],
            removal_policy=RemovalPolicy.DESTROY,
        )


def lambda_architecture(architecture: Architecture) -> lambda_.Architecture:
    """The CDK's object for ``architecture``."""
    match architecture:
        case Architecture.ARM64:
            return lambda_.Architecture.ARM_64
        case Architecture.X86_64:
            return lambda_.Architecture.X86_64
