"""Noise and resampling for synthetic images, by matrix products instead of loops.

Nothing here is DICOM; it keeps the image makers free of signal processing.
"""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]


def resample(values: Plane, shape: tuple[int, int]) -> Plane:
    """Resample a plane to another shape by cubic convolution."""
    down, across = _cubic_weights(values.shape[0], shape[0]), _cubic_weights(values.shape[1], shape[1])
    resampled: Plane = down @ values.astype(np.float32) @ across.T
    return resampled


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], *, cell_px: float) -> Plane:
    """Return noise of mean 0 and deviation about 1 whose grains are about `cell_px` wide."""
    small = (max(2, round(shape[0] / cell_px)), max(2, round(shape[1] / cell_px)))
    return resample(rng.standard_normal(small, np.float32), shape) * np.float32(1.35)


def blur(values: Plane, *, times: int = 1) -> Plane:
    """Average with the neighbours, 1-2-1 in both directions; borders repeat."""
    for _ in range(times):
        padded = np.pad(values, 1, mode="edge")
        rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
        values = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / np.float32(16)
    return values


def _cubic_weights(before: int, after: int) -> Plane:
    """Return a matrix (after, before) of cubic convolution weights (Keys, a = -0.5), at most four in a row."""
    position = (np.arange(after) + 0.5) * before / after - 0.5
    first = np.floor(position).astype(int) - 1
    weights = np.zeros((after, before), np.float32)
    for offset in range(4):
        t = np.abs(position - (first + offset))
        near = 1.5 * t**3 - 2.5 * t**2 + 1
        far = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
        weight = np.where(t <= 1, near, np.where(t < 2, far, 0))
        np.add.at(weights, (np.arange(after), np.clip(first + offset, 0, before - 1)), weight)
    return weights
