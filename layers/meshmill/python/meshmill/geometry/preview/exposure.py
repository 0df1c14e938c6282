"""Light gathered by samples, and the pixels that they make."""

from __future__ import annotations

import numpy as np

from meshmill.geometry.arrays import F32, I64, U8, AnyArray, Bools
from meshmill.geometry.colour import encode_srgb

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
#: By the number of samples that were shaded in a pixel: two stand for four.
_OPACITY_OF_A_SAMPLE = (np.array([0, 1, 2, 1, 1]) * 63.75).astype(np.float32)


class Exposure:
    """Premultiplied linear colour and opacity of ``size`` x ``size`` samples."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.channels = [np.zeros(size * size, dtype=np.float32) for _ in range(4)]

    def cover(self, samples: I64, colour: list[F32], opacity: F32 | None) -> None:
        """Put a surface in front of what is there; without an opacity it hides all."""
        if opacity is None:
            for channel, values in zip(self.channels, colour, strict=False):
                channel[samples] = values
            self.channels[3][samples] = _ONE
            return
        rest = _ONE - opacity
        added = [*(values * opacity for values in colour), opacity]
        for channel, values in zip(self.channels, added, strict=True):
            channel[samples] = channel[samples] * rest + values

    def pixels(self, shaded: Bools) -> U8:
        """Means of two by two samples as straight sRGB, uint8 (size / 2, size / 2, 4).

        Where two of four were ``shaded`` they stand for all.
        """
        half = self.size // 2
        *colour, opacity = (self._pooled(channel).ravel() for channel in self.channels)
        count = self._pooled(shaded.astype(np.uint8)).ravel()
        seen = np.flatnonzero(opacity > 0)
        share: F32 = opacity.take(seen)
        pixels = np.zeros((half * half, 4), dtype=np.uint8)
        for index, channel in enumerate(colour):
            mean: F32 = np.divide(channel.take(seen), share)
            pixels[seen, index] = encode_srgb(mean)
        weight = _OPACITY_OF_A_SAMPLE.take(count.take(seen))
        pixels[seen, 3] = (share * weight + _HALF).astype(np.uint8)
        return pixels.reshape(half, half, 4)

    def _pooled(self, samples: AnyArray) -> AnyArray:
        rows = samples.reshape(-1, 2, self.size)
        pairs = rows[:, 0] + rows[:, 1]
        total: AnyArray = pairs[:, 0::2] + pairs[:, 1::2]
        return total
