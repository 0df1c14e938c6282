"""``python -m tests.golden.aarch64 [--quality low]``: the recorded digests under emulated arm64.

Fetches Debian's arm64 Python and qemu-user and the engine's arm64 wheels into build/aarch64; no
package is installed on this machine. Needs Debian or Ubuntu (apt-get, dpkg-deb).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "aarch64"
_PYTHON = "python3.11"
_LOCKS = ("geometry", "runtime")
_PACKAGES = (
    f"{_PYTHON}-minimal", f"lib{_PYTHON}-minimal", f"lib{_PYTHON}-stdlib", "libc6", "libgcc-s1",
    "libstdc++6", "libgomp1", "libexpat1", "libffi8", "libssl3", "libbz2-1.0", "liblzma5",
    "libuuid1", "libsqlite3-0", "zlib1g",
)  # fmt: skip
_PLATFORMS = ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64")


def main(arguments: list[str]) -> int:
    """Fetch what is missing, then run ``tests.golden.check`` under emulation."""
    done = FOLDER / ".ready"
    if not done.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        _unpack("amd64", ["qemu-user-static"], FOLDER / "emulator")
        _unpack("arm64", _PACKAGES, FOLDER / "root")
        _fetch_wheels(FOLDER / "site")
        done.touch()
    emulator = FOLDER / "emulator" / "usr" / "bin" / "qemu-aarch64-static"
    python = FOLDER / "root" / "usr" / "bin" / _PYTHON
    path = ":".join(map(str, (FOLDER / "site", ROOT / "layers/meshmill/python", ROOT)))
    command = [emulator, "-L", FOLDER / "root", "-E", f"PYTHONPATH={path}", "-E",
               "PYTHONDONTWRITEBYTECODE=1", python, "-m", "tests.golden.check"]  # fmt: skip
    return subprocess.run([*command, *arguments], cwd=ROOT, check=False).returncode


def _unpack(architecture: str, packages: list[str] | tuple[str, ...], target: Path) -> None:
    """Download Debian packages with an apt state of their own, and unpack them."""
    state = FOLDER / f"apt-{architecture}"
    for part in ("state/lists/partial", "cache/archives/partial", "debs"):
        (state / part).mkdir(parents=True)
    (state / "status").touch()
    options = {
        "Dir::State": state / "state", "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache", "APT::Architecture": architecture,
        "APT::Architectures::": architecture, "APT::Sandbox::User": "root",
    }  # fmt: skip
    apt = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in options.items())]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "download", *packages], cwd=state / "debs", check=True)
    for package in sorted((state / "debs").glob("*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, target], check=True)


def _fetch_wheels(target: Path) -> None:
    """The locked wheels of the engine and of what validates its specs, for arm64."""
    platforms = [part for name in _PLATFORMS for part in ("--platform", name)]
    locks = [
        part for name in _LOCKS for part in ("-r", str(ROOT / f"layers/{name}/requirements.lock"))
    ]
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes",
               "--only-binary", ":all:", "--implementation", "cp", "--python-version",
               _PYTHON.removeprefix("python"), "--target", str(target)]  # fmt: skip
    subprocess.run([*command, *platforms, *locks], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
