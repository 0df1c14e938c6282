"""``python -m meshmill_local.gallery``: the picture in the README, from the engine's previews."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from meshmill.geometry.engine import generate
from meshmill.geometry.spec import AssetSpec

_SHEET = Path(__file__).resolve().parents[2] / "docs" / "images" / "gallery.png"
_COLUMNS, _TILE = 4, 320
_BACKGROUND = (244, 244, 242)
_COLOURS = 256  # a palette keeps the sheet far below 1 MiB

_SPECS: tuple[dict[str, Any], ...] = (
    {"generator": "terrain", "seed": 3},
    {"generator": "terrain", "seed": 8, "options": {"landform": "island", "sea_level": 0.2}},
    {"generator": "terrain", "seed": 5, "options": {"landform": "dunes", "biome": "desert"}},
    {"generator": "terrain", "seed": 7, "options": {"biome": "arctic", "relief_m": 90}},
    {"generator": "rock", "seed": 3},
    {
        "generator": "rock",
        "seed": 6,
        "options": {"form": "slab", "mineral": "slate", "strata": 0.7},
    },
    {"generator": "rock", "seed": 4, "options": {"mineral": "sandstone", "strata": 0.5}},
    {"generator": "rock", "seed": 9, "options": {"cluster": 5, "form": "cobble", "moss": 0.4}},
)


def main() -> None:
    """Render every spec and write the sheet."""
    rows = -(-len(_SPECS) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * _TILE, rows * _TILE), _BACKGROUND)
    for number, parameters in enumerate(_SPECS):
        row, column = divmod(number, _COLUMNS)
        tile = _preview(parameters).resize((_TILE, _TILE), Image.Resampling.LANCZOS)
        sheet.paste(tile, (column * _TILE, row * _TILE), tile)
    _SHEET.parent.mkdir(parents=True, exist_ok=True)
    sheet.quantize(_COLOURS, Image.Quantize.MEDIANCUT).save(_SHEET, optimize=True)


def _preview(parameters: dict[str, Any]) -> Image.Image:
    spec = AssetSpec.model_validate({"format": "gltf", "parameters": parameters})
    files = {file.name: file.data for file in generate(spec).files}
    return Image.open(BytesIO(files["preview"]))


if __name__ == "__main__":
    main()
