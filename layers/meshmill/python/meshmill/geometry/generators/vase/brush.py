"""Paints patches: glaze that pools and runs, ornament, cracks, and bare clay.

Thickness of the glaze decides its colour and gloss. Heights of the normal map are in texels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from meshmill.geometry.arrays import F32, F64, I64
from meshmill.geometry.generators.vase.crackle import Network
from meshmill.geometry.generators.vase.finish import Fields, Finish
from meshmill.geometry.generators.vase.glazes import LUSTRE
from meshmill.geometry.generators.vase.layers import Layers
from meshmill.geometry.generators.vase.patches import Patch
from meshmill.geometry.generators.vase.tables import looked_up, tabulated
from meshmill.geometry.generators.vase.tiles import Tile, grain_tile, speck_tile
from meshmill.geometry.maps import MapSet, bands, inner_tilts, pack_normals
from meshmill.geometry.rasters import blend_into, smoothstep

_ONE, _HALF, _ZERO = np.float32(1.0), np.float32(0.5), np.float32(0.0)
#: Widths in units: of the roll at the glaze's edge, of the flashing below it, between the
#: throwing rings, of cracks and of their cells.
_ROLL, _FLASH, _PITCH, _CRACK, _CELL = 0.05, 0.16, 0.07, 0.0032, 0.34
_DARKEST, _BRIGHTEST, _LEAST_METAL = np.float32(30), np.float32(240), np.float32(181)


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Some of a patch's rows, with one more on each side: what the brush knows of them.

    ``rows`` number the patch's padded rows; the rest are float32 (rows, columns).
    """

    patch: Patch
    rows: I64
    grain: F32
    specks: F32
    thickness: F32
    edge: F32
    flow: F32
    mottle: F32
    occlusion: F32

    @property
    def level(self) -> F64:
        """Metres along the surface of each row."""
        return self.patch.level[self.rows]


@dataclass(frozen=True, slots=True, eq=False)
class Brush:
    """Paints patches of one texture, of ``density`` texels a metre."""

    finish: Finish
    density: float
    grain: Tile
    specks: Tile
    glazed: F32
    bare: F32
    lustre: F32

    @classmethod
    def of(cls, finish: Finish, density: float, size: int) -> Brush:
        """Prepare colours and tiles for a texture of ``size`` texels."""
        dark, light = finish.glaze.clay
        return cls(
            finish, density, grain_tile(finish.seed, size), speck_tile(finish.seed, size),
            tabulated(finish.glaze.stops), tabulated(((0.0, dark), (1.0, light))),
            tabulated(LUSTRE),
        )  # fmt: skip

    def cover(self, patch: Patch, fields: Fields, out: MapSet) -> None:
        """Paint a patch."""
        spread = {name: patch.spread(getattr(fields, name)) for name in Fields.__slots__}
        places = patch.rows(len(fields.flow))
        rows, columns = patch.shape
        grain, specks = (tile.wide(columns + 2) for tile in (self.grain, self.specks))
        for start, stop in bands(rows, columns):
            at = np.arange(start, stop + 2)
            known = {name: field.band(places[at]) for name, field in spread.items()}
            band = Band(patch, at, grain.rows(at), specks.rows(at), **known)
            self._write(self._layers(band), band, out.rows(start, stop))

    def _layers(self, band: Band) -> Layers:
        glaze, options = self.finish.glaze, self.finish.options
        drawn = self._drawn(band)
        roll = self._roll(band)
        thick = band.thickness + roll * np.float32(0.32)
        if drawn is not None and glaze.decor is None:
            thick += drawn * np.float32(0.40)
        np.clip(thick, _ZERO, _ONE, out=thick)
        rough_thin, rough_thick = glaze.roughness
        layers = Layers(
            looked_up(self.glazed, thick),
            np.float32(rough_thin) + thick * np.float32(rough_thick - rough_thin),
            band.grain * np.float32(glaze.grain) + band.mottle * np.float32(0.2 * self._texels()),
        )
        self._smoke(band, layers)
        if glaze.lustre > 0:
            self._shimmer(band, layers)
        self._speckle(band, layers)
        if drawn is not None:
            self._decorate(drawn, band, layers)
        if options.pattern == "crackle" or glaze.lustre > 0:
            self._craze(band, layers)
        layers.bump += roll * np.float32(1.6 * glaze.raised * self._texels())
        self._bare(band, layers)
        return layers

    def _texels(self) -> float:
        """Texels in a 150th of a unit: about one in a texture of 1024."""
        return self.finish.unit * self.density * (1.0 / 150.0)

    def _roll(self, band: Band) -> F32:
        """The thick roll at the edge of the glaze, 0 … 1."""
        share = _ONE - band.edge * np.float32(1.0 / (_ROLL * self.finish.unit))
        np.clip(share, _ZERO, _ONE, out=share)
        share *= share
        return share

    def _drawn(self, band: Band) -> F32 | None:
        """How far ornament covers texels, 0 … 1; None where there is none."""
        ornament = self.finish.ornament
        if ornament is None or not band.patch.ringed:
            return None
        columns = band.patch.shape[1]
        level = band.level.astype(np.float32)
        distance = np.repeat(ornament.ring_distances(level)[:, None], columns + 2, axis=1)
        for frieze in ornament.friezes:
            rows = (band.level >= frieze.start) & (band.level <= frieze.stop)
            if rows.any():
                distance[rows] = np.maximum(
                    distance[rows], frieze.distances(band.level[rows], columns)
                )
        distance *= np.float32(self.density)
        distance += band.mottle * np.float32(0.9 * self._texels())
        distance += band.grain * np.float32(0.5)
        return smoothstep(distance, -0.9, 0.9)

    def _smoke(self, band: Band, layers: Layers) -> None:
        """Clouds that the fire left."""
        colour, share = self.finish.glaze.cloud
        if share > 0:
            amount = smoothstep(band.flow + band.mottle * np.float32(0.25), 0.10, 0.75)
            amount *= np.float32(share)
            layers.tint(colour, amount)

    def _shimmer(self, band: Band, layers: Layers) -> None:
        """Metallic patches where the kiln was starved of air."""
        shade = band.mottle * np.float32(0.55) + band.flow * np.float32(0.8)
        wish = band.thickness + band.mottle * np.float32(0.35) + band.grain * np.float32(0.22)
        start = 1.0 - 0.5 * self.finish.glaze.lustre
        layers.metal = (wish > np.float32(start)).astype(np.float32)
        colours = looked_up(self.lustre, np.clip(shade + _HALF, _ZERO, _ONE))
        for colour, bright in zip(layers.colours, colours, strict=True):
            blend_into(colour, bright, layers.metal)
        blend_into(layers.roughness, np.float32(0.30) + band.mottle * np.float32(0.1),
                   layers.metal)  # fmt: skip

    def _speckle(self, band: Band, layers: Layers) -> None:
        """Iron specks, or pinholes."""
        colour, share = self.finish.glaze.speck
        if share > 0:
            amount = band.specks * np.float32(share)
            layers.tint(colour, amount)
            layers.bump -= amount * np.float32(0.4)
            layers.dull(band.specks)

    def _decorate(self, drawn: F32, band: Band, layers: Layers) -> None:
        """Paint ornament, or carve it."""
        decor = self.finish.glaze.decor
        if decor is None:
            layers.bump -= drawn * np.float32(1.5 * self._texels())
            return
        thin, thick = decor
        load = band.mottle * np.float32(0.7) + band.grain * np.float32(0.15) + np.float32(0.62)
        np.clip(load, _ZERO, _ONE, out=load)
        strength = drawn * (np.float32(0.80) + load * np.float32(0.18))
        for colour, low, high in zip(layers.colours, thin, thick, strict=True):
            blend_into(colour, np.float32(low) + load * np.float32(high - low), strength)
        layers.dull(drawn)

    def _craze(self, band: Band, layers: Layers) -> None:
        """Cracks in two generations, stained."""
        unit, patch = self.finish.unit, band.patch
        fine = _CRACK * unit * self.density
        width = max(0.8, fine)
        # Cracks finer than a texel are fainter instead.
        depth = np.float32(min(1.0, 0.3 + fine / width))
        for number, (cell, strength) in enumerate(((_CELL, 0.9), (0.42 * _CELL, 0.36))):
            network = Network(cell * unit, self.finish.seed + 40 + 2 * number, patch.radius)
            texels = patch.cracks(network, band.level) * np.float32(cell * unit * self.density)
            amount = _ONE - smoothstep(texels, 0.5 * width, 2.2 * width)
            amount *= (
                depth * np.float32(strength) * (np.float32(0.75) + band.flow * np.float32(0.35))
            )
            layers.tint(self.finish.glaze.crack, amount)
            layers.bump -= amount * np.float32(0.5)
            layers.dull(amount)

    def _bare(self, band: Band, layers: Layers) -> None:
        """Clay where the glaze ends, toasted along its edge, with the rings of throwing."""
        unit = self.finish.unit
        cover = band.edge * np.float32(self.density) + band.grain * np.float32(0.8)
        rings = self._rings(band)
        layers.bump += rings * np.float32(0.045)
        if float(cover.min()) >= 1.0:
            return
        bare = _ONE - smoothstep(cover, -0.8, 0.8)
        shade = band.mottle * np.float32(0.34) + band.grain * np.float32(0.30) + np.float32(0.55)
        shade -= smoothstep(band.edge, -_FLASH * unit, 0.0) * np.float32(0.42)
        colours = looked_up(self.bare, np.clip(shade, _ZERO, _ONE))
        for colour, clay in zip(layers.colours, colours, strict=True):
            blend_into(colour, clay, bare)
        rough = np.float32(self.finish.glaze.clay_roughness) + band.grain * np.float32(0.05)
        blend_into(layers.roughness, rough, bare)
        blend_into(layers.bump, band.grain * np.float32(0.55) + rings * np.float32(0.5), bare)
        layers.dull(bare)

    def _rings(self, band: Band) -> F32:
        """The spiral that fingers leave in turning clay: 0 … 1 across each turn."""
        pitch = _PITCH * self.finish.unit
        along = (band.level * (1.0 / pitch)).astype(np.float32)[:, None] + band.patch.turn
        along += band.flow * _HALF
        along -= np.floor(along)
        arch = along * (_ONE - along)
        arch *= arch
        arch *= np.float32(16.0 * 0.25 * pitch * self.density)
        return arch

    def _write(self, layers: Layers, band: Band, out: MapSet) -> None:
        inner = np.s_[1:-1, 1:-1]
        metal = None if layers.metal is None else layers.metal[inner] > _HALF
        for channel, colour in enumerate(layers.colours):
            value = np.clip(colour[inner], _DARKEST, _BRIGHTEST)
            if metal is not None:
                value = np.where(metal, np.maximum(colour[inner], _LEAST_METAL), value)
            out.base_colour[:, :, channel] = value
        out.orm[:, :, 0] = band.occlusion[inner] * np.float32(255.0)
        roughness = np.clip(layers.roughness[inner], np.float32(0.06), _ONE)
        out.orm[:, :, 1] = roughness * np.float32(255.0)
        out.orm[:, :, 2] = 0 if metal is None else metal * np.uint8(255)
        pack_normals(*inner_tilts(layers.bump), out.normal)
