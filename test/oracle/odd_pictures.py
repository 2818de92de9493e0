"""Writes test/golden/image/pictures.json (tiny files of many kinds, with the RGB that Pillow decodes) and
test/golden/image/data-hashes.json (SHA-256 of the RGB that Pillow decodes from the project's data pictures).

Run with a Python that has Pillow and NumPy:  python3 test/oracle/odd_pictures.py DATA_FOLDER
"""
import base64
import hashlib
import io
import json
import pathlib
import sys

import numpy as np
import PIL
from PIL import Image, ImageOps

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "image"


def gradient(width=23, height=17):
    """A lopsided picture: no two orientations of it look alike. uint8 RGB."""
    y, x = np.mgrid[0:height, 0:width]
    red = x * 255 // (width - 1)
    green = y * 255 // (height - 1)
    blue = ((x // 4 + y // 3) % 3) * 120
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))


def alpha_ramp(size):
    width, height = size
    return Image.fromarray(np.tile(np.arange(width) * 255 // (width - 1), (height, 1)).astype(np.uint8))


def over_white(picture):
    rgba = np.asarray(picture.convert("RGBA")).astype(float)
    alpha = rgba[..., 3:] / 255
    return Image.fromarray(np.rint(rgba[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8))


def encoded(picture, kind, **options):
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def entry(name, data, rgb=None, tolerance=0):
    if rgb is None:
        opened = Image.open(io.BytesIO(data))
        rgb = ImageOps.exif_transpose(opened).convert("RGB")
    return {
        "name": name,
        "file": base64.b64encode(data).decode(),
        "width": rgb.width,
        "height": rgb.height,
        "rgb": base64.b64encode(rgb.tobytes()).decode(),
        "tolerance": tolerance,
    }


def oriented(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(gradient(), "JPEG", quality=90, exif=exif.tobytes())


def pictures():
    rgb = gradient()
    with_alpha = rgb.copy()
    with_alpha.putalpha(alpha_ramp(rgb.size))
    grey_alpha = with_alpha.convert("LA")
    palette = rgb.quantize(16)
    # What Pillow itself makes of 16-bit grey is clipped at 255; the upper byte is what the picture shows.
    grey16 = np.linspace(0, 65535, 23 * 17).round().astype(np.uint16).reshape(17, 23)
    upper = Image.fromarray((grey16 >> 8).astype(np.uint8)).convert("RGB")
    yield entry("JPEG 4:2:0", encoded(rgb, "JPEG", quality=80))
    yield entry("JPEG 4:4:4, progressive", encoded(rgb, "JPEG", quality=95, subsampling=0, progressive=True))
    yield entry("JPEG, grey", encoded(rgb.convert("L"), "JPEG", quality=80))
    yield entry("JPEG, CMYK without a profile", encoded(rgb.convert("CMYK"), "JPEG", quality=90), tolerance=1)
    for orientation in range(2, 9):
        yield entry(f"JPEG, EXIF orientation {orientation}", oriented(orientation))
    yield entry("PNG", encoded(rgb, "PNG"))
    yield entry("PNG, 1 bit", encoded(rgb.convert("1"), "PNG"))
    yield entry("PNG, grey", encoded(rgb.convert("L"), "PNG"))
    yield entry("PNG, 16-bit grey", encoded(Image.fromarray(grey16), "PNG"), upper)
    yield entry("PNG, palette of 16", encoded(palette, "PNG"))
    yield entry("PNG, palette, one entry transparent", encoded(palette, "PNG", transparency=3),
                over_white(Image.open(io.BytesIO(encoded(palette, "PNG", transparency=3)))))
    yield entry("PNG, alpha", encoded(with_alpha, "PNG"), over_white(with_alpha), tolerance=1)
    yield entry("PNG, grey and alpha", encoded(grey_alpha, "PNG"), over_white(grey_alpha), tolerance=1)
    yield entry("WebP, lossless", encoded(rgb, "WEBP", lossless=True))
    yield entry("TIFF, LZW", encoded(rgb, "TIFF", compression="tiff_lzw"))
    yield entry("TIFF, CMYK without a profile", encoded(rgb.convert("CMYK"), "TIFF"), tolerance=1)
    yield entry("TIFF, two pages", encoded(rgb, "TIFF", save_all=True, append_images=[rgb.rotate(180)]))
    yield entry("GIF, two frames", encoded(palette, "GIF", save_all=True, append_images=[palette.rotate(180)]))


def data_hashes(data):
    files = sorted((data / "coco-subset" / "images").glob("*.jpg"))
    files += sorted((data / "nuclei" / "images").glob("*.png"))[::20]
    return {
        str(file.relative_to(data)): hashlib.sha256(Image.open(file).convert("RGB").tobytes()).hexdigest()
        for file in files
    }


def write(name, content):
    GOLDEN.mkdir(parents=True, exist_ok=True)
    golden = {"writtenBy": "test/oracle/odd_pictures.py", "pillow": PIL.__version__, **content}
    (GOLDEN / name).write_text(json.dumps(golden, indent=1) + "\n")


write("pictures.json", {"pictures": list(pictures())})
write("data-hashes.json", {"sha256OfRgb": data_hashes(pathlib.Path(sys.argv[1]))})
