"""Where the code that is deployed lies."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.choices import LayerTarget

CHECKOUT = Path(__file__).resolve().parent.parent
"""The root of this checkout."""


class SourceError(Exception):
    """Something that is to be deployed isn't there; the message says how to make it."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The folders that assets are made of; tests point them elsewhere."""

    functions: Path
    """Holds ``<verb>/handler.py``."""
    layers: Path
    """Holds ``<layer>/python/...`` and ``<layer>.digest``, as :mod:`infra.build` leaves them."""

    def function(self, verb: str) -> Path:
        """The folder with the code of one function.

        Raises:
            SourceError: when it holds no handler.
        """
        folder = self.functions / verb
        if not (folder / "handler.py").is_file():
            raise SourceError(f"{folder}/handler.py does not exist")
        return folder

    def package(self, verb: str, into: Path) -> Path:
        """Copy one function to where it is imported from as it is here: ``functions.<verb>``.

        Returns:
            ``into``, the root of what is deployed.

        Raises:
            SourceError: when there is no handler.
        """
        source, target = self.function(verb), into / "functions"
        shutil.copytree(
            source, target / verb, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
        shutil.copy(self.functions / "__init__.py", target)
        return into

    def layer(self, name: str) -> Path:
        """The folder that becomes a layer.

        Raises:
            SourceError: when it has not been built.
        """
        folder = self.layers / name
        if not (folder / "python").is_dir():
            raise SourceError(f"layer {name} is not built: python -m infra.build --target ...")
        return folder

    def layer_digest(self, name: str) -> str:
        """What the layer was made from, as a digest: the same on every machine.

        Raises:
            SourceError: when it has not been built.
        """
        stamp = self.layers / f"{name}.digest"
        if not stamp.is_file():
            raise SourceError(f"layer {name} is not built: python -m infra.build --target ...")
        return stamp.read_text(encoding="ascii").strip()


def layers_folder(target: LayerTarget) -> Path:
    """Where :mod:`infra.build` puts the layers of ``target``."""
    return CHECKOUT / "build" / target / "layers"
