"""Writes test/golden/geotiff: small GeoTIFFs, and their transforms as rasterio (GDAL) reads them.

Needs `pip install rasterio`.
"""

import json
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import Affine

OUT = Path(__file__).parents[1] / "golden" / "geotiff"
NORTH_UP = Affine(10, 0, 500_000, 0, -10, 4_000_000)
FILES = {
    "north-up": (NORTH_UP, "EPSG:32633", {}),
    "rotated": (Affine(2, 0.5, 100, -0.3, -2, 200), "EPSG:3857", {}),
    "degrees": (Affine(0.001, 0, 8.5, 0, -0.001, 47.2), "EPSG:4326", {}),
    "pixel-is-point": (NORTH_UP, "EPSG:32633", {"AREA_OR_POINT": "Point"}),
    "big": (NORTH_UP, "EPSG:32633", {"BIGTIFF": "YES"}),
    "big-endian": (NORTH_UP, "EPSG:25832", {"ENDIANNESS": "BIG"}),
    "no-system": (NORTH_UP, None, {}),
}


def main():
    OUT.mkdir(exist_ok=True)
    expected = {}
    for name, (transform, crs, options) in FILES.items():
        path = OUT / f"{name}.tif"
        profile = {"driver": "GTiff", "height": 2, "width": 3, "count": 1, "dtype": "uint8", "transform": transform}
        creation = {key: value for key, value in options.items() if key != "AREA_OR_POINT"}
        with rasterio.open(path, "w", crs=crs, **profile, **creation) as file:
            if "AREA_OR_POINT" in options:
                file.update_tags(AREA_OR_POINT=options["AREA_OR_POINT"])
            file.write(np.zeros((1, 2, 3), np.uint8))
        with rasterio.open(path) as file:
            epsg = file.crs.to_epsg() if file.crs else None
            corner = file.transform @ (3, 2) if hasattr(Affine, "__matmul__") else file.transform * (3, 2)
            expected[name] = {"transform": list(file.transform)[:6], "epsg": epsg, "corner": list(corner)}
    (OUT / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
