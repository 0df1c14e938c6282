"""What the engine returns: named files in memory, and figures about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ArtefactFile:
    """One file of an artefact.

    ``name`` addresses it in the API (``model``, ``model_lod1``, ``preview``, ``provenance``),
    ``filename`` is what it is stored as (``model.glb``), ``data`` its bytes.
    """

    name: str
    filename: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over the most detailed level of the model."""

    triangles: int
    vertices: int
    materials: int
    textures: int


@dataclass(frozen=True, slots=True)
class Artefact:
    """All files made from one spec; ``provenance.json`` is always the last of them."""

    files: tuple[ArtefactFile, ...]
    stats: Stats
