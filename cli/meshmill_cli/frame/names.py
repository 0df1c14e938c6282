"""Names that help and completion show, without loading the engine that knows them."""

from __future__ import annotations

FORMATS = ("gltf", "obj", "fbx")
GENERATORS = ("terrain", "rock", "tree", "crate", "planet", "vase", "building", "gear")
QUALITIES = ("low", "medium", "high")
STATUSES = ("pending", "processing", "completed", "failed")
