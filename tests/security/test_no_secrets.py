"""No secret stands in what is committed."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
from pathlib import Path

import pytest

from tests.security.secret_patterns import secrets_in

CHECKOUT = Path(__file__).resolve().parents[2]
KEY = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
PLANTED = {
    "an access key of AWS": "AKIA" + "Q3EGRQ7SDFW2NDLP",
    "a private key": "-----BEGIN EC PRIVATE KEY-----\n" + base64.b64encode(bytes(99)).decode(),
    "a token": f"eyJ{secrets.token_hex(9)}.eyJ{secrets.token_hex(9)}.{secrets.token_hex(20)}",
    "an API key": "mm_" + "a" * 16 + "_" + KEY[:43],
    "a random text called a secret": 'signing_secret = "' + KEY + '"',
    "a random text called a token": '"token": \'' + KEY + "'",
    "a password in an address": "postgres:" + "//ada:hunter2@db.example",
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_would_be_found(kind: str) -> None:
    assert list(secrets_in(f"before {PLANTED[kind]} after"))


def test_the_repository_holds_no_secret() -> None:
    if not (CHECKOUT / ".git").exists():
        pytest.skip("not a checkout: there is no list of what is committed")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    files = [CHECKOUT / name for name in listed if name and (CHECKOUT / name).is_file()]
    assert len(files) > 100
    found = {
        f"{path.relative_to(CHECKOUT)}: {secret[:6]}…"
        for path in files
        for secret in secrets_in(path.read_text(encoding="utf-8", errors="ignore"))
    }
    assert not found


def test_what_holds_secrets_on_a_laptop_is_never_committed() -> None:
    ignored = (CHECKOUT / ".gitignore").read_text().split()
    assert {".meshmill/", "cdk.out/", "build/"} <= set(ignored)
