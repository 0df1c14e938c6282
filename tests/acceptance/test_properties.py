"""Whatever may be asked for is a whole and finite model, within its bounds and its budget."""

from __future__ import annotations

import os
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from meshmill.geometry.registry import GENERATORS
from meshmill.geometry.spec import AssetSpec
from tests.acceptance.proportions import CEILINGS
from tests.acceptance.quality import is_sound
from tests.acceptance.subject import Asset
from tests.acceptance.tangents import orthonormality
from tests.acceptance.topology import degenerate_faces, open_edges, part_volumes
from tests.acceptance.welding import Welded
from tests.unit.geometry.specs import asset_spec, extremes, fitting, random_specs

#: Shrinking builds hundreds of models, and a spec is short enough to read as it is.
PHASES = (Phase.explicit, Phase.generate)
EXAMPLES = 2_000 if os.environ.get("MESHMILL_NIGHTLY") == "1" else 40
#: CPU seconds that no asset of low quality may take.
LONGEST = 5.0
EXTREMES = {
    f"{name}, {label}": (name, options)
    for name, entry in GENERATORS.items()
    for label, options in extremes(entry.options).items()
}


def whole(spec: AssetSpec) -> None:
    began = process_time()
    asset = Asset.of(spec)
    assert is_sound(asset.scene)
    assert process_time() - began < LONGEST
    mesh = Welded.of(asset.scene.primitives)
    assert degenerate_faces(mesh, mesh.size) == 0
    for primitive in asset.scene.primitives:
        assert 0 <= primitive.uvs.min() <= primitive.uvs.max() <= 1
        assert orthonormality(primitive) < 1e-3
    if asset.generator != "terrain":
        solid = Welded.of(p for p in asset.scene.primitives if not p.material.double_sided)
        assert open_edges(solid) == 0
        assert part_volumes(solid).min() > 0
    count = asset.scene.triangle_count
    assert count <= (1.0 if asset.generator in CEILINGS else 1.25) * asset.budget
    assert np.abs(mesh.points).max() <= reach(asset.options)


def reach(options: Any) -> float:
    """No point is farther from the origin than all lengths asked for together, and a little."""
    metres = {"_m": 1.0, "_mm": 1e-3}
    lengths: list[float] = [
        getattr(options, member) * scale
        for member in type(options).model_fields
        for ending, scale in metres.items()
        if member.endswith(ending)
    ]
    many: int = getattr(options, "storeys", 0) + getattr(options, "teeth", 0)
    return 1.5 * (sum(lengths) + many * max(lengths))


@pytest.mark.parametrize("label", EXTREMES)
def test_an_option_at_an_end_of_its_range_is_refused_or_works(label: str) -> None:
    name, extreme = EXTREMES[label]
    options = fitting(GENERATORS[name].options, extreme)
    assert options is not None, "nothing near to it is accepted"
    whole(asset_spec(name, options))


def test_random_specs_are_whole_models(capsys: pytest.CaptureFixture[str]) -> None:
    seen = 0

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=PHASES)
    @given(random_specs())
    def every(spec: AssetSpec) -> None:
        nonlocal seen
        seen += 1
        whole(spec)

    every()
    with capsys.disabled():
        print(f" {seen} random specs", end="")
    assert seen >= EXAMPLES // 2
