"""What a stage chooses between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from meshmill.domain.permissions import USER_PERMISSIONS, Permission


class Architecture(StrEnum):
    """What the functions run on, in CloudFormation's spelling."""

    ARM64 = "arm64"
    X86_64 = "x86_64"


class OnDeletion(StrEnum):
    """What deleting a stack does to tables, buckets and the signing key."""

    RETAIN = "Retain"
    """They stay, and neither stacks nor tables can be deleted in passing."""
    DELETE = "Delete"


class LayerTarget(StrEnum):
    """Which build of the layers a stage takes, a folder of ``build/``."""

    LAMBDA = "lambda"
    LOCAL = "local"


@dataclass(frozen=True, kw_only=True)
class CrossOrigin:
    """Whose pages may call the API and the buckets' presigned addresses; by default nobody's."""

    origins: tuple[str, ...] = ()
    """As browsers send them, ``https://studio.example``; or ``*`` alone."""
    max_age: int = 600
    """Seconds for which a browser remembers the answer to a preflight."""


@dataclass(frozen=True, kw_only=True)
class AppClient:
    """A program that signs in as itself, and is one user of the API."""

    name: str
    """Lower-case words joined by hyphens."""
    permissions: tuple[Permission, ...] = USER_PERMISSIONS


@dataclass(frozen=True, kw_only=True)
class Cognito:
    """A user pool of the stage's own, which issues tokens to these programs and to nobody else."""

    clients: tuple[AppClient, ...] = (AppClient(name="default"),)


@dataclass(frozen=True)
class ExternalIssuer:
    """Any issuer of JWTs, named by the parameters of the deployment."""


Identity = Cognito | ExternalIssuer
"""Who issues the tokens that a stage believes."""
