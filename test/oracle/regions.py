"""Writes test/golden/export/regions.json: masks and their measures by scikit-image.

Needs `pip install scikit-image`.
"""

import json
from pathlib import Path

import numpy as np
from skimage.draw import ellipse
from skimage.measure import regionprops

SPACING = 0.32
OUT = Path(__file__).parents[1] / "golden" / "export" / "regions.json"


def masks():
    random = np.random.default_rng(1)
    yield np.ones((1, 1), bool)
    yield np.ones((1, 7), bool)
    yield np.ones((6, 6), bool)
    yield np.eye(9, dtype=bool)
    yield np.eye(9, dtype=bool)[::-1]
    for share in (0.1, 0.3, 0.5, 0.8):
        for _ in range(3):
            yield random.random(random.integers(3, 20, 2)) < share
    for _ in range(12):
        height, width = random.integers(20, 40, 2)
        mask = np.zeros((height, width), bool)
        radii = random.uniform(2, 16, 2)
        rows, columns = ellipse(
            random.uniform(0, height), random.uniform(0, width), *radii, mask.shape, rotation=random.uniform(-3, 3)
        )
        mask[rows, columns] = True
        hole = ellipse(height / 2, width / 2, 3, 2, mask.shape)
        mask[hole] = False
        yield mask


def counts_of(mask):
    """Lengths of runs down the columns, background first."""
    flat = np.concatenate([[False], mask.T.ravel()])
    starts = np.flatnonzero(flat[1:] != flat[:-1])
    return np.diff(np.concatenate([[0], starts, [mask.size]])).tolist()


def picture_of(shape):
    """The colours that src/export/csv.test.ts gives its pictures."""
    row, column = np.mgrid[: shape[0], : shape[1]]
    red = (7 * row + 13 * column) % 256
    return np.stack([red, (5 * row * column) % 256, (3 * red + row) % 256], axis=-1)


def measures(mask):
    luminance = picture_of(mask.shape) @ [0.2125, 0.7154, 0.0721]
    (region,) = regionprops(mask.astype(np.uint8), luminance, spacing=(SPACING, SPACING))
    return {
        "area": region.area,
        "perimeter": region.perimeter,
        "centroid-0": region.centroid[0],
        "centroid-1": region.centroid[1],
        **{f"bbox-{i}": side for i, side in enumerate(region.bbox)},
        "axis_major_length": region.axis_major_length,
        "axis_minor_length": region.axis_minor_length,
        "orientation": region.orientation,
        "eccentricity": region.eccentricity,
        "solidity": region.solidity,
        "intensity_mean": region.intensity_mean,
        "intensity_min": region.intensity_min,
        "intensity_max": region.intensity_max,
    }


def main():
    records = [
        {"size": list(mask.shape), "counts": counts_of(mask), "measures": {k: float(v) for k, v in measures(mask).items()}}
        for mask in masks()
        if mask.any()
    ]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"spacing": SPACING, "regions": records}) + "\n")


if __name__ == "__main__":
    main()
