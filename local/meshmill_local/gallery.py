"""``python -m meshmill_local.gallery``: the picture in the README, from the engine's previews.

A column for each generator, with three individuals below one another.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from meshmill.geometry.engine import generate
from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.spec import AssetSpec

_SHEET = Path(__file__).resolve().parents[2] / "docs" / "images" / "gallery.png"
_TILE, _MARGIN = 240, 16
_BACKGROUND = (244, 244, 242)
#: Steps between levels of a colour channel, too fine to see, which make the file a third smaller.
_STEP = 3
_MOST_BYTES = 1 << 20

#: Seed and options of each individual.
INDIVIDUALS: dict[str, tuple[tuple[int, dict[str, Any]], ...]] = {
    "terrain": (
        (7, {"relief_m": 80}),
        (8, {"landform": "island", "sea_level": 0.15, "relief_m": 80}),
        (2, {"landform": "canyon", "biome": "desert", "skirt_m": 12}),
    ),
    "rock": (
        (1, {}),
        (4, {"form": "spire", "mineral": "sandstone", "strata": 0.7, "moss": 0}),
        (9, {"form": "cobble", "mineral": "limestone", "cluster": 5, "moss": 0.5}),
    ),
    "tree": (
        (1, {}),
        (5, {"habit": "conifer"}),
        (2, {"habit": "birch", "season": "autumn"}),
    ),
    "building": (
        (1, {}),
        (2, {"style": "medieval", "storeys": 3, "width_m": 9, "depth_m": 8}),
        (3, {"style": "office", "roof": "flat", "storeys": 12, "width_m": 20, "depth_m": 16}),
    ),
    "crate": (
        (1, {"bracing": "cross"}),
        (2, {"material": "metal", "width_m": 1.4}),
        (3, {"material": "plastic", "height_m": 0.6}),
    ),
    "vase": (
        (1, {}),
        (2, {"profile": "amphora", "glaze": "terracotta", "handles": 2, "pattern": "bands"}),
        (3, {"profile": "bottle", "glaze": "cobalt"}),
    ),
    "gear": (
        (1, {}),
        (2, {"teeth": 40, "web": "spokes", "helix_deg": 20}),
        (3, {"teeth": 60, "web": "holes", "face_width_mm": 30}),
    ),
    "planet": (
        (1, {}),
        (2, {"kind": "gas"}),
        (3, {"kind": "lava"}),
    ),
}


def contact_sheet() -> Image.Image:
    """Every generator × three seeds as one picture."""
    columns = [INDIVIDUALS[name] for name in GENERATORS]
    rows = max(len(column) for column in columns)
    size = (2 * _MARGIN + len(columns) * _TILE, 2 * _MARGIN + rows * _TILE)
    sheet = Image.new("RGB", size, _BACKGROUND)
    for number, (name, individuals) in enumerate(zip(GENERATORS, columns, strict=True)):
        for row, (seed, options) in enumerate(individuals):
            tile = _preview(name, seed, options).resize((_TILE, _TILE), Image.Resampling.LANCZOS)
            sheet.paste(tile, (_MARGIN + number * _TILE, _MARGIN + row * _TILE), tile)
    return sheet


def _preview(generator: str, seed: int, options: dict[str, Any]) -> Image.Image:
    parameters = {"generator": generator, "seed": seed, "options": options}
    spec = AssetSpec.model_validate({"format": "gltf", "parameters": parameters})
    files = {file.name: file.data for file in generate(spec).files}
    return Image.open(BytesIO(files["preview"]))


def main() -> int:
    """Write the sheet, unless it has become too large for a README."""
    buffer = BytesIO()
    levels = [(value + _STEP // 2) // _STEP * _STEP for value in range(256)]
    contact_sheet().point(levels * 3).save(buffer, "PNG", optimize=True)
    if len(buffer.getvalue()) > _MOST_BYTES:
        sys.stderr.write(f"the sheet has {len(buffer.getvalue()):,} bytes, more than 1 MiB\n")
        return 1
    _SHEET.parent.mkdir(parents=True, exist_ok=True)
    _SHEET.write_bytes(buffer.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
