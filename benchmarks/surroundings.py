"""What a function under measurement finds around it: AWS's stand-in, its settings, its layers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from benchmarks.sample_assets import ISSUER, SUBJECT
from benchmarks.stand_in import JWKS_PATH
from infra.build import Platform, make, recipes
from infra.choices import LayerTarget
from infra.sources import CHECKOUT
from meshmill.settings import ApiSettings, IngestSettings, SplitSettings, StatusSettings

_AUDIENCE = "meshmill"
_LAYERS = Path("build/bench/layers")
_SETTINGS = (ApiSettings, StatusSettings, SplitSettings, IngestSettings)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The environment of a function, and a token that it believes."""

    environment: Mapping[str, str]
    token: str
    endpoint: str


@contextmanager
def surroundings(latency_ms: float = 0.0) -> Iterator[Surroundings]:
    """The stand-in runs for as long as the block lasts; it answers after ``latency_ms``."""
    key = rsa.generate_private_key(65537, 2048)
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    jwks = {"keys": [{**public, "kid": "bench", "use": "sig", "alg": "RS256"}]}
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stand_in", str(latency_ms)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    with server:
        print(json.dumps(jwks), file=server.stdin, flush=True)
        endpoint = f"http://127.0.0.1:{int(server.stdout.readline())}"
        try:
            yield Surroundings(_environment(endpoint), _token(key), endpoint)
        finally:
            server.stdin.close()


def _environment(endpoint: str) -> dict[str, str]:
    """Nothing of the developer's: our variables, AWS's, and the layers."""
    known = {
        "token_issuer": ISSUER,
        "token_audience": _AUDIENCE,
        "jwks_url": endpoint + JWKS_PATH,
        "public_base_url": "https://api.example",
        # A bucket that is never out of tokens keeps every request an accepted one.
        "user_requests_per_minute": "1000000",
        "lines_per_second": "1000000",
        "chunk_lease_ms": "120000",
        "uploads_bucket": "uploads",
        "artefacts_bucket": "artefacts",
    }
    names = {field.name: field for kind in _SETTINGS for field in fields(kind)}
    usual = {
        name: "900" if field.type == "int" else f"{endpoint}/queue/{name}"
        for name, field in names.items()
    }
    return {
        **{f"MESHMILL_{name.upper()}": text for name, text in (usual | known).items()},
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "FwoGZXIvYXdzE/Yz+a==" * 30,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join([*map(str, _shipped_layers()), str(CHECKOUT)]),
    }


def _shipped_layers() -> Iterator[Path]:
    """Ours and the runtime's, built for this Python as they are for Lambda's."""
    platform, root = Platform.of(LayerTarget.LOCAL), CHECKOUT / _LAYERS
    for recipe in recipes(platform):
        if recipe.name != "geometry":
            make(recipe, platform, root)
            yield root / recipe.name / "python"


def _token(key: rsa.RSAPrivateKey) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": _AUDIENCE,
        "sub": SUBJECT,
        "iat": now,
        "exp": now + 3600,
        "permissions": ["assets:create", "assets:read"],
    }
    return jwt.encode(claims, key, "RS256", headers={"kid": "bench"})
