"""Writes test/golden/export/brush.json: masks in the run-length encoding of Label Studio's brush, by its SDK.

Needs `pip install label-studio-sdk`.
"""

import json
from pathlib import Path

import numpy as np
from label_studio_sdk.converter import brush

OUT = Path(__file__).parents[1] / "golden" / "export" / "brush.json"


def main():
    random = np.random.default_rng(2)
    records = []
    for share in (0.02, 0.5, 0.98):
        mask = random.random((9, 13)) < share
        rle = brush.mask2rle(mask.astype(np.uint8) * 255)
        decoded = brush.decode_rle(rle).reshape(9, 13, 4)[:, :, 3]
        assert (decoded == mask * 255).all()
        records.append({"size": [9, 13], "pixels": mask.astype(int).ravel().tolist(), "rle": rle})
    OUT.write_text(json.dumps(records) + "\n")


if __name__ == "__main__":
    main()
