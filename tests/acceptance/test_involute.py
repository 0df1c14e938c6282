"""The gear's measurement on points of an involute, made by its parametric form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.acceptance.domain.involute import Flanks, Wheel, fitted

WHEEL = Wheel(teeth=24, module=0.005, pressure=float(np.radians(20)), helix=0.0)


def flanks_of(wheel: Wheel, backlash: float = 0.0, turn: float = 0.1, hand: float = 1.0) -> Flanks:
    """Both flanks of all teeth: x = rb (cos t + t sin t), y = rb (sin t - t cos t), unrolled."""
    roll = np.linspace(0.05, 0.55, 30)
    radius = wheel.base_radius * np.sqrt(1 + roll * roll)
    unrolled = roll - np.arctan(roll)  # the involute's own polar angle
    at_pitch = np.tan(wheel.pressure) - wheel.pressure
    half = np.pi / (2 * wheel.teeth) - backlash / (4 * wheel.pitch_radius) * 2
    inside = (radius > wheel.pitch_radius - 0.9 * wheel.module) & (
        radius < wheel.pitch_radius + 0.9 * wheel.module
    )
    radius, flank = radius[inside], (half + at_pitch - unrolled)[inside]
    teeth = 2 * np.pi * np.arange(wheel.teeth) / wheel.teeth + turn
    angle = np.concatenate([teeth[:, None] + flank, teeth[:, None] - flank]).ravel()
    radii = np.tile(radius, 2 * wheel.teeth)
    heights = np.linspace(0.0, 0.04, len(angle))
    twist = hand * heights * np.tan(wheel.helix) / wheel.pitch_radius
    return Flanks(radii, (angle + twist + np.pi) % (2 * np.pi) - np.pi, heights)


@pytest.mark.parametrize("teeth", [8, 24, 200])
def test_an_involute_is_recognised_wherever_its_teeth_stand(teeth: int) -> None:
    wheel = replace(WHEEL, teeth=teeth)
    fit = fitted(flanks_of(wheel), wheel)
    assert fit.deviation < 1e-6 * wheel.module
    assert fit.backlash == pytest.approx(0, abs=1e-6 * wheel.module)


@pytest.mark.parametrize("hand", [1.0, -1.0])
def test_either_hand_of_a_helix_is_recognised(hand: float) -> None:
    wheel = replace(WHEEL, helix=float(np.radians(30)))
    assert fitted(flanks_of(wheel, hand=hand), wheel).deviation < 1e-6 * wheel.module


def test_backlash_is_told_from_a_wrong_profile() -> None:
    fit = fitted(flanks_of(WHEEL, backlash=0.05 * WHEEL.module), WHEEL)
    assert fit.backlash == pytest.approx(0.05 * WHEEL.module, rel=0.01)
    assert fit.deviation < 1e-6 * WHEEL.module


def test_flanks_of_another_pressure_angle_are_no_involutes_of_this_one() -> None:
    other = replace(WHEEL, pressure=float(np.radians(25)))
    assert fitted(flanks_of(other), WHEEL).deviation > 0.02 * WHEEL.module


def test_straight_flanks_are_no_involutes() -> None:
    flanks = flanks_of(WHEEL)
    pitch = 2 * np.pi / WHEEL.teeth
    tooth = np.round((flanks.angle - 0.1) / pitch) * pitch + 0.1
    side = np.sign(flanks.angle - tooth)
    straight = tooth + side * (
        np.pi / 48 - (flanks.radius - WHEEL.pitch_radius) * np.tan(WHEEL.pressure)
        / WHEEL.pitch_radius
    )  # fmt: skip
    fit = fitted(replace(flanks, angle=straight), WHEEL)
    assert fit.deviation > 0.01 * WHEEL.module
