"""Writes test/golden/export/rois.json: the pixels of the ROIs in rois.zip, as roifile reads them.

rois.zip is the ROI set of every third mask of regions.json; src/export/rois.test.ts compares both. If the bytes that
`toRois` writes change, replace rois.zip by them and run this script. Needs `pip install roifile`.
"""

import json
from pathlib import Path

import numpy as np
import roifile

FOLDER = Path(__file__).parents[1] / "golden" / "export"


def inside(ring, size):
    """The pixels whose centres a ring encloses, by the even-odd rule."""
    height, width = size
    pixels = np.zeros(size, bool)
    columns = np.arange(width) + 0.5
    for (x1, y1), (x2, y2) in zip(ring, np.roll(ring, -1, axis=0)):
        for row in range(height):
            if (y1 > row + 0.5) != (y2 > row + 0.5):
                pixels[row] ^= columns > x1 + (x2 - x1) * (row + 0.5 - y1) / (y2 - y1)
    return pixels


def pixels_of(roi, size):
    if roi.multi_coordinates is None:
        return inside(roi.coordinates(), size)
    rings = roifile.ImagejRoi.path2coords(roi.multi_coordinates)
    return np.logical_xor.reduce([inside(ring, size) for ring in rings])


def main():
    regions = json.loads((FOLDER / "regions.json").read_text())["regions"][::3]
    rois = roifile.roiread(FOLDER / "rois.zip")
    assert len(rois) == len(regions)
    records = [
        {"name": roi.name, "properties": roi.properties, "rows": [
            "".join("#" if pixel else "." for pixel in row) for row in pixels_of(roi, region["size"])
        ]}
        for roi, region in zip(rois, regions)
    ]
    (FOLDER / "rois.json").write_text(json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    main()
