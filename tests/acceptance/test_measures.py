"""Each measurement sees the fault that it is there for, and none in a sound shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meshmill.geometry.generators.rock.spec import RockOptions
from meshmill.geometry.maps import MapSet
from tests.acceptance.coplanar import coplanar_overlaps
from tests.acceptance.domain.building import aligned_share
from tests.acceptance.domain.crate import sharp_share
from tests.acceptance.domain.tree import bent_share
from tests.acceptance.domain.vase import thicknesses, wall_radii
from tests.acceptance.quality import is_sound, quality_report
from tests.acceptance.seams import seam_steps
from tests.acceptance.shapes import (
    bevelled_box,
    box,
    cube,
    lathe,
    plain_material,
    primitive,
    scene,
)
from tests.acceptance.silhouettes import outlines, overlaps
from tests.acceptance.subject import Asset
from tests.acceptance.tangents import orthonormality
from tests.acceptance.topology import (
    degenerate_faces,
    doubled_faces,
    non_manifold_edges,
    open_edges,
    outward_share,
    part_volumes,
)
from tests.acceptance.welding import Array, Welded


def welded(corners: Array) -> Welded:
    return Welded.of([primitive(corners, np.zeros((len(corners), 3, 2)), plain_material())])


def test_a_box_is_a_closed_solid_without_faults() -> None:
    mesh = welded(box((1, 2, 3)))
    assert (open_edges(mesh), non_manifold_edges(mesh)) == (0, 0)
    assert (doubled_faces(mesh), degenerate_faces(mesh, mesh.size)) == (0, 0)
    assert part_volumes(mesh) == pytest.approx([6.0])
    assert outward_share(cube()) == 1


def test_a_missing_face_leaves_three_open_edges() -> None:
    assert open_edges(welded(box()[1:])) == 3


def test_a_box_turned_inside_out_has_a_negative_volume() -> None:
    assert part_volumes(welded(box()[:, ::-1])) == pytest.approx([-1.0])


def test_solids_are_told_apart() -> None:
    both = np.concatenate((box(), box()[:, ::-1] + 5.0))
    assert part_volumes(welded(both)) == pytest.approx([1.0, -1.0])


def test_a_face_more_is_doubled_and_its_edges_are_not_manifold() -> None:
    mesh = welded(np.concatenate((box(), box()[:1])))
    assert doubled_faces(mesh) == 1
    assert non_manifold_edges(mesh) == 3


def test_boxes_that_touch_along_an_edge_are_not_manifold() -> None:
    other = box((1, 1, 1), low=np.array([0.5, 1.0, -0.5]))
    assert non_manifold_edges(welded(np.concatenate((box(), other)))) == 1


def test_slivers_are_degenerate() -> None:
    sliver = np.array([[[0, 0, 0], [1, 0, 0], [0.5, 1e-8, 0]]])
    assert degenerate_faces(welded(np.concatenate((box(), sliver))), 1.0) == 1


def test_faces_in_one_plane_that_overlap_are_found() -> None:
    decal = box((0.4, 0.4, 0.4), low=np.array([-0.2, 0.6, -0.2]))
    assert len(coplanar_overlaps(welded(np.concatenate((box(), decal))))) == 4
    lifted = decal + np.array([0.0, 0.01, 0.0])
    assert len(coplanar_overlaps(welded(np.concatenate((box(), lifted))))) == 0


def test_faces_inside_of_a_solid_do_not_flicker() -> None:
    within = box((0.4, 0.4, 0.4), low=np.array([-0.2, 0.2, -0.2]))
    lower = box((0.2, 0.2, 0.2), low=np.array([-0.1, 0.4, -0.1]))
    assert len(coplanar_overlaps(welded(np.concatenate((within, lower))))) == 4
    assert len(coplanar_overlaps(welded(np.concatenate((box(), within, lower))))) == 0


def test_boxes_that_stand_on_one_another_do_not_flicker() -> None:
    upper = box((0.4, 0.4, 0.4), low=np.array([-0.2, 1.0, -0.2]))
    assert len(coplanar_overlaps(welded(np.concatenate((box(), upper))))) == 0


def test_tangents_that_lean_are_found() -> None:
    sound = cube()
    assert orthonormality(sound) < 1e-6
    leaning = sound.tangents.copy()
    leaning[:, :3] += 0.1 * sound.normals
    assert orthonormality(replace(sound, tangents=leaning)) > 0.05


def test_outlines_of_one_shape_agree_and_of_a_smaller_one_do_not() -> None:
    bounds = np.array([-0.5, 0.0, -0.5]), np.array([0.5, 1.0, 0.5])
    whole = outlines(scene(cube()), bounds)
    assert overlaps(whole, whole).min() == 1
    small = replace(cube(), positions=cube().positions * np.float32(0.9))
    assert overlaps(whole, outlines(scene(small), bounds)).min() < 0.9


def test_masked_texels_are_not_part_of_an_outline() -> None:
    material = plain_material()
    clear = np.concatenate((material.base_colour.pixels, np.zeros((256, 256, 1), np.uint8)), axis=2)
    leaf = replace(
        material, base_colour=replace(material.base_colour, pixels=clear), alpha="MASK"
    )  # fmt: skip
    bounds = np.array([-0.5, 0.0, -0.5]), np.array([0.5, 1.0, 0.5])
    assert not outlines(scene(cube(leaf)), bounds).any()


def test_colours_that_differ_across_a_seam_are_found() -> None:
    assert seam_steps(cube()).max() == 0
    maps = MapSet.filled(256, (128, 128, 128), (255, 128, 0))
    maps.base_colour[:100] = 60
    assert seam_steps(cube(maps.material("Crate", "Paint"))).max() == 68


def test_a_cube_has_sharp_edges_and_a_bevelled_one_has_none() -> None:
    assert sharp_share(welded(box())) == 1
    bevelled = bevelled_box()
    assert len(bevelled) == 44
    assert sharp_share(welded(bevelled)) == 0


def test_a_cup_has_two_walls_and_a_solid_of_its_outline_has_one() -> None:
    outside = np.array([[0, 0], [0.1, 0], [0.1, 0.3]])
    inside = np.array([[0.09, 0.3], [0.09, 0.01], [0, 0.01]])
    cup = welded(lathe(np.concatenate((outside, inside))))
    radii = wall_radii(cup, 0.3)
    assert np.diff(radii, axis=2) == pytest.approx(0.01, rel=0.01)
    assert thicknesses(cup, radii[:, :, 0], 0.3) == pytest.approx(0.01, rel=0.01)
    solid = wall_radii(welded(lathe(np.concatenate((outside, [[0, 0.3]])))), 0.3)
    assert np.isinf(solid[:, :, 1]).all()


def test_a_walls_thickness_is_measured_across_a_slope() -> None:
    slope = np.array([1.0, 1.0])  # radius grows as the height does
    cone = np.array([[0, 0], [0.1, 0], [0.1, 0] + 0.3 * slope])
    inner = np.array([[0.08, 0] + 0.3 * slope, [0.08, 0] + 0.01 * slope, [0, 0.01]])
    funnel = welded(lathe(np.concatenate((cone, inner)), columns=256))
    walls = thicknesses(funnel, wall_radii(funnel, 0.3)[:, :, 0], 0.3)
    assert np.median(walls) == pytest.approx(0.02 / np.sqrt(2), rel=0.01)


def test_lathes_of_the_tests_are_closed() -> None:
    mesh = welded(lathe(np.array([[0, 0], [0.1, 0], [0.1, 0.3], [0, 0.3]])))
    assert open_edges(mesh) == 0
    assert part_volumes(mesh)[0] > 0


def test_leaves_that_face_the_trunk_are_found() -> None:
    corners = bevelled_box(0.3)
    leaves = primitive(corners, np.zeros((len(corners), 3, 2)), plain_material())
    assert bent_share(leaves) == 1
    assert bent_share(replace(leaves, normals=-leaves.normals)) < 0.5


def test_windows_of_a_storey_that_is_out_of_step_are_found() -> None:
    storeys = np.repeat(np.arange(8), 2) * 3.0
    panes = storeys + np.tile([0.9, 2.2], 8)
    assert aligned_share(panes, 3.0, 8) == 1
    panes[6:8] += 0.1
    assert aligned_share(panes, 3.0, 8) < 0.9


def test_a_mesh_with_a_number_that_is_none_is_not_measured_further() -> None:
    broken = cube()
    broken.positions[0, 0] = np.nan
    assert not is_sound(scene(broken))
    assert is_sound(scene(cube()))


def test_a_report_names_the_asset_and_every_check_in_json() -> None:
    document = quality_report(Asset("rock", RockOptions())).as_json()
    assert document["asset"]["generator"] == "rock"
    assert {check["point"] for check in document["checks"]} == set(range(10))
    assert all(isinstance(check["measured"], str) for check in document["checks"])
