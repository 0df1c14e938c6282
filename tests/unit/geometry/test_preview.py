"""What previews show of small scenes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from meshmill.geometry.arrays import U8
from meshmill.geometry.preview import render_preview
from meshmill.geometry.scene import Primitive
from tests.unit.geometry.scenes import (
    FLAT,
    POLISHED_METAL,
    ball,
    front,
    material,
    panel,
    scene,
)

SIZE = 512
#: Alpha of a ground shadow stays below this.
SHADOW = 160


def shown(*primitives: Primitive) -> U8:
    return render_preview(scene(*primitives))


def middle(pixels: U8, half: int = 6) -> Any:
    """Mean of the pixels about the centre of what is opaque."""
    row, column = (int(where.mean()) for where in np.nonzero(pixels[:, :, 3] > SHADOW))
    return pixels[row - half : row + half, column - half : column + half].mean(axis=(0, 1))


def extent(pixels: U8) -> tuple[float, float]:
    """Width and height of what is opaque, as shares of the frame."""
    rows, columns = np.nonzero(pixels[:, :, 3] > SHADOW)
    return (np.ptp(columns) + 1) / SIZE, (np.ptp(rows) + 1) / SIZE


def halves(left: Any, right: Any) -> Any:
    image = np.empty((64, 64, len(left)), dtype=np.uint8)
    image[:, :32], image[:, 32:] = left, right
    return image


@pytest.mark.parametrize(
    "stretch", [(1, 1, 1), (1, 6, 1), (3, 0.05, 3), (0.1, 1, 4), (4, 1, 0.1)], ids=str
)
@pytest.mark.parametrize("radius", [0.01, 1, 2000])
def test_the_subject_fills_the_frame_and_stays_within(stretch: Any, radius: float) -> None:
    standing = (0, stretch[1] * radius, 0)
    pixels = shown(ball(material(), radius=radius, centre=standing, stretch=stretch))
    assert 0.84 <= max(extent(pixels)) <= 0.96
    assert not pixels[[0, -1], :, 3].any()
    assert not pixels[:, [0, -1], 3].any()


def test_flat_subjects_are_seen_from_above() -> None:
    tile = ball(material(), centre=(0, 0.02, 0), stretch=(1, 0.02, 1))
    width, height = extent(shown(tile))
    assert height > 0.6 * width


def test_texels_below_half_alpha_are_cut_out_of_a_masked_material() -> None:
    leaf = halves((40, 160, 40, 255), (40, 160, 40, 100))
    whole = shown(front(material(leaf)))
    masked = shown(front(material(leaf, alpha="MASK", double_sided=True)))
    assert middle(whole)[3] == 255
    count_of_whole = (whole[:, :, 3] > SHADOW).sum()
    assert (masked[:, :, 3] > SHADOW).sum() == pytest.approx(count_of_whole / 2, rel=0.1)


def test_what_is_behind_a_hole_is_seen_through_it() -> None:
    hole = material(halves((40, 160, 40, 255), (40, 160, 40, 0)), alpha="MASK", double_sided=True)
    pixels = shown(front(hole, z=0.5), front(material((200, 30, 30))))
    red, green, _, alpha = (pixels[:, :, channel].astype(int) for channel in range(4))
    assert ((red > green + 60) & (alpha == 255)).sum() > 20_000
    assert ((green > red + 40) & (alpha == 255)).sum() > 20_000


def test_masked_leaves_let_the_sun_through_their_holes() -> None:
    floor = panel([[-2, 0, 2], [2, 0, 2], [2, 0, -2], [-2, 0, -2]], material())

    def brightness(alpha: int) -> float:
        canopy = material((40, 160, 40, alpha), alpha="MASK", double_sided=True)
        above = panel([[-3, 3, 2], [1, 3, 2], [1, 3, -2], [-3, 3, -2]], canopy)
        pixels = shown(floor, above)
        grey = np.ptp(pixels[:, :, :3].astype(int), axis=2) < 25
        return float(pixels[grey & (pixels[:, :, 3] == 255)][:, 1].mean())

    assert brightness(0) > brightness(255) + 20


def test_a_blended_shell_shows_what_is_behind_it() -> None:
    core = ball(material((200, 30, 30)))

    def seen(alpha: int) -> Any:
        shell = ball(material((30, 30, 200, alpha), alpha="BLEND"), radius=1.05)
        return middle(shown(core, shell))

    bare, thin, thick = seen(0), seen(100), seen(255)
    assert bare[0] > thin[0] + 15 > thick[0] + 30
    assert thick[2] > thin[2] + 15 > bare[2] + 30
    assert bare[3] == thin[3] == thick[3] == 255


def test_blended_surfaces_before_nothing_are_translucent() -> None:
    pixels = shown(ball(material((200, 200, 220, 128), alpha="BLEND")))
    assert pixels[200:300, 200:300, 3].mean() == pytest.approx(128, abs=1)


def test_blended_shells_are_laid_from_the_back_to_the_front() -> None:
    outer = ball(material((200, 30, 30, 128), alpha="BLEND"), radius=1.1)
    inner = ball(material((30, 30, 200, 255), alpha="BLEND"))
    first, second = shown(outer, inner), shown(inner, outer)
    assert np.array_equal(first, second)
    assert middle(first)[0] > middle(shown(inner))[0] + 30


def test_blended_surfaces_hide_behind_opaque_ones() -> None:
    blue = material((30, 30, 200, 255), alpha="BLEND")
    wall = front(material((180, 180, 180)))
    before, behind = (shown(wall, front(blue, z=z, half=0.5)).astype(int) for z in (0.3, -0.3))
    assert (before[:, :, 2] > before[:, :, 0] + 60).sum() > 10_000
    assert not (behind[:, :, 2] > behind[:, :, 0] + 60).any()


def test_backs_of_single_sided_materials_are_not_drawn() -> None:
    facing, turned = front(material()), front(material())
    turned = replace(turned, triangles=np.ascontiguousarray(turned.triangles[:, ::-1]))
    assert (shown(facing)[:, :, 3] == 255).any()
    assert not (shown(turned)[:, :, 3] > SHADOW).any()


def test_both_sides_of_a_double_sided_material_are_lit_towards_the_viewer() -> None:
    both = material(double_sided=True)
    facing = front(both)
    turned = replace(
        facing,
        triangles=np.ascontiguousarray(facing.triangles[:, ::-1]),
        normals=-facing.normals,
    )
    assert np.abs(middle(shown(facing)) - middle(shown(turned))).max() < 3


def test_lights_shine_on_the_dark_side() -> None:
    away = [[1, 0, 1], [1, 0, -1], [1, 2, -1], [1, 2, 1]]
    black = (30, 30, 30)

    def glow(strength: float) -> Any:
        lamp = material(black, emissive=(255, 150, 20), emissive_strength=strength)
        return middle(shown(panel(away, lamp)))

    dark = middle(shown(panel(away, material(black))))
    assert glow(1)[0] > dark[0] + 100
    assert glow(8)[0] >= glow(1)[0]


@pytest.mark.parametrize("strength", [1, 5, 20])
def test_strong_lights_keep_their_hue(strength: float) -> None:
    lamp = material((30, 30, 30), emissive=(255, 120, 20), emissive_strength=strength)
    red, green, blue, _ = middle(shown(front(lamp)))
    assert red > green > blue
    assert red - blue > 25


def test_metals_mirror_more_than_they_scatter() -> None:
    mirrored = shown(ball(material((220, 220, 220), orm=POLISHED_METAL), centre=(0, 1, 0)))
    matt = shown(ball(material((220, 220, 220)), centre=(0, 1, 0)))

    def steepest(pixels: U8) -> float:
        return float(np.abs(np.diff(pixels[150:350, 150:350, 1].astype(int), axis=0)).max())

    assert steepest(mirrored) > 3 * steepest(matt)


def test_glazes_mirror_more_at_their_outlines() -> None:
    glazed = shown(ball(material((20, 20, 20), orm=(255, 20, 0)), centre=(0, 1, 0)))
    row = glazed[SIZE // 2, :, 1].astype(int)
    solid = np.flatnonzero(glazed[SIZE // 2, :, 3] == 255)
    assert row[solid[:8]].mean() > row[solid[len(solid) // 2 - 4 :][:8]].mean() + 15


def test_the_side_in_the_sun_is_brighter() -> None:
    pixels = shown(ball(material(), centre=(0, 1, 0)))
    assert pixels[160:200, 160:200, 1].mean() > pixels[340:380, 340:380, 1].mean() + 40


def test_what_stands_darkens_the_ground_and_what_floats_does_not() -> None:
    standing = shown(ball(material(), centre=(0, 1, 0)))
    floating = shown(ball(material()))
    shadow = (standing[:, :, 3] > 8) & (standing[:, :, 3] < SHADOW)
    assert shadow.sum() > 2_000
    assert standing[shadow][:, :3].max(axis=1).mean() < 60
    outside = (floating[:, :, 3] > 8) & (floating[:, :, 3] < SHADOW)
    assert outside.sum() < 2_000


def test_mirrored_tangents_bend_normals_the_other_way() -> None:
    tilted = np.tile(np.array((128, 218, 218), dtype=np.uint8), (16, 16, 1))

    def lit(sign: float) -> float:
        made = material()
        made = replace(made, normal=replace(made.normal, pixels=tilted))
        wall = front(made)
        tangents = wall.tangents.copy()
        tangents[:, 3] = sign
        return float(middle(shown(replace(wall, tangents=tangents)))[1])

    assert lit(1.0) > lit(-1.0) + 30


def test_fine_patterns_become_their_mean_instead_of_sparkling() -> None:
    checks = np.indices((2048, 2048)).sum(axis=0) % 2
    image = np.repeat((checks * 180 + 30)[:, :, None], 3, axis=2)
    made = replace(
        material(image),
        normal=replace(material().normal, pixels=np.full((2048, 2048, 3), FLAT, dtype=np.uint8)),
        orm=replace(material().orm, pixels=np.full((2048, 2048, 3), (255, 230, 0), dtype=np.uint8)),
    )
    pixels = shown(front(made))
    assert pixels[200:300, 200:300, 1].std() < 6


@pytest.mark.parametrize(
    "positions",
    [np.zeros((4, 3)), [[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]], np.full((4, 3), 1e-30)],
    ids=["a point", "a line", "almost a point"],
)
def test_degenerate_models_give_an_empty_picture(positions: Any) -> None:
    flat = replace(front(material()), positions=np.array(positions, dtype=np.float32))
    with np.errstate(all="raise"):
        assert (shown(flat)[:, :, 3] > 0).sum() < 10


@pytest.mark.parametrize("scale", [1e-3, 1, 1e4])
@pytest.mark.parametrize("alpha", ["OPAQUE", "MASK", "BLEND"])
def test_needles_and_slivers_do_no_harm(alpha: Any, scale: float) -> None:
    random = np.random.default_rng(5)
    centres = random.random((400, 1, 3)) * 2
    corners = centres + random.normal(size=(400, 3, 3)) * 10.0 ** -random.integers(
        0, 9, (400, 3, 1)
    )
    count = corners.shape[0] * 3
    made = material((90, 120, 90, 200), alpha=alpha, double_sided=True)
    needles = Primitive(
        (corners.reshape(-1, 3) * scale).astype(np.float32),
        np.tile(np.array([0, 1, 0], dtype=np.float32), (count, 1)),
        np.tile(np.array([1, 0, 0, 1], dtype=np.float32), (count, 1)),
        random.random((count, 2)).astype(np.float32),
        np.arange(count, dtype=np.uint32).reshape(-1, 3),
        made,
    )
    with np.errstate(all="raise", under="ignore"):
        assert shown(needles)[:, :, 3].any()


def test_normals_that_vanish_do_no_harm() -> None:
    wall = front(material())
    blank = replace(
        wall, normals=np.zeros_like(wall.normals), tangents=np.zeros_like(wall.tangents)
    )
    pixels = shown(blank)
    assert middle(pixels)[3] == 255


def test_the_same_scene_gives_the_same_pixels() -> None:
    parts = ball(material(), centre=(0, 1, 0)), front(material((90, 160, 90)), z=-1)
    assert np.array_equal(shown(*parts), shown(*parts))
