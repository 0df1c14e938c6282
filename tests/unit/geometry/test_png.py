"""The PNG writer against Pillow's reader."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from meshmill.geometry.png import encode_png


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3, 4]), st.integers(0, 2**32 - 1)
)
def test_what_is_written_is_read_back(height: int, width: int, channels: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    image = Image.open(io.BytesIO(encode_png(pixels)))
    image.verify()
    read = np.asarray(Image.open(io.BytesIO(encode_png(pixels))))
    assert np.array_equal(read.reshape(pixels.shape), pixels)


@pytest.mark.parametrize("shape", [(4, 4, 2), (0, 4, 3)])
def test_what_png_cannot_hold_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="cannot write an image"):
        encode_png(np.zeros(shape, np.uint8))
