"""
Writes small TIFFs of the kinds that microscopes and scanners write, with tifffile (PyPI), and their pixels as tifffile and
Pillow read them, to test/golden/tiff. Run: python3 test/oracle/tiff.py, with tifffile, imagecodecs, numpy and Pillow.
"""
import json
import os

import numpy as np
import tifffile
from PIL import Image, ImageCms

folder = os.path.join(os.path.dirname(__file__), "../golden/tiff")
random = np.random.default_rng(7)
height, width = 5, 7
expected = {}


def write(name, pixels, page=None, channel=None, golden=None, **options):
    """golden: the plane that is expected, [h, w] or [h, w, 3], 8 or 16 bits."""
    path = os.path.join(folder, f"{name}.tif")
    tifffile.imwrite(path, pixels, **options)
    with tifffile.TiffFile(path) as file:
        assert np.array_equal(file.asarray().ravel(), np.asarray(pixels).ravel()), name
    note(name, f"{name}.tif", golden, page, channel)


def note(name, file, golden, page=None, channel=None):
    choice = {k: v for k, v in dict(page=page, channel=channel).items() if v is not None}
    golden = np.asarray(golden)
    expected[name] = dict(file=file, choice=choice, bits=golden.dtype.itemsize * 8, pixels=golden.ravel().tolist())


def values(*shape, high=256, dtype=np.uint8):
    return random.integers(0, high, shape).astype(dtype)


grey = values(height, width)
twelve = values(height, width, high=4096, dtype=np.uint16)
write("twelve-in-sixteen", twelve, golden=twelve)
colour = values(height, width, 3, high=65536, dtype=np.uint16)
write("rgb16", colour, golden=colour, photometric="rgb")
write("white-is-zero", grey, golden=255 - grey, photometric="miniswhite")
unit = (grey / 255).astype(np.float32)
write("float-unit", unit, golden=np.round(unit.astype(np.float64) * 65535).astype(np.uint16))
write("float-bytes", grey.astype(np.float32), golden=grey.astype(np.uint16) * 257)
write("uint32", twelve.astype(np.uint32), golden=twelve)
write("int16", (twelve // 2).astype(np.int16), golden=twelve // 2)
ramp = (grey.astype(np.float32) - 100) * 2.5
stated = [(340, "f", 1, float(-250), True), (341, "f", 1, float(387.5), True)]
write("float-stated", ramp, golden=grey.astype(np.uint16) * 257, extratags=stated)
tifffile.imwrite(os.path.join(folder, "float-unknown.tif"), ramp)

five = values(height, width, 5)
for channel in (1, 2, 5):
    write("five", five, channel=channel, golden=five[..., channel - 1], photometric="minisblack", planarconfig="contig")
    expected[f"five-{channel}"] = expected.pop("five")
planar = values(5, height, width)
tifffile.imwrite(os.path.join(folder, "five-planes.tif"), planar, photometric="minisblack", planarconfig="separate")
rgb_planes = values(3, height, width, high=65536, dtype=np.uint16)
write("rgb-planes", rgb_planes, golden=np.moveaxis(rgb_planes, 0, -1), photometric="rgb", planarconfig="separate")
two = values(height, width, 2)
write("two", two, channel=2, golden=two[..., 1], photometric="minisblack", planarconfig="contig")

stack = values(3, height, width)
write("pages", stack, page=2, golden=stack[1], photometric="minisblack")
ome = values(2, 3, height, width, high=4096, dtype=np.uint16)
names = {"axes": "ZCYX", "Channel": {"Name": ["DAPI", "GFP", "RFP"]}}
write("ome", ome, page=2, channel="gfp", golden=ome[1, 1], photometric="minisblack", metadata=names, ome=True)
imagej = values(2, 3, height, width, high=4096, dtype=np.uint16)
write("imagej", imagej, page=1, channel=3, golden=imagej[0, 2], imagej=True, metadata={"axes": "ZCYX"})
write("big", twelve, golden=twelve, bigtiff=True, byteorder=">")

with tifffile.TiffWriter(os.path.join(folder, "thumbnail.tif")) as file:
    file.write(grey, photometric="minisblack")
    file.write(grey[::2, ::2], photometric="minisblack", subfiletype=1)
note("thumbnail", "thumbnail.tif", grey)

rgb = Image.fromarray(values(height, width, 3))
rgb.convert("YCbCr").save(os.path.join(folder, "ycbcr.tif"))
note("ycbcr", "ycbcr.tif", np.asarray(Image.open(os.path.join(folder, "ycbcr.tif")).convert("RGB")))
lab_profile, srgb = ImageCms.createProfile("LAB", 5000), ImageCms.createProfile("sRGB")
soft = Image.fromarray(values(height, width, 3, high=80) + 90)
lab = ImageCms.profileToProfile(soft, srgb, lab_profile, outputMode="LAB")
lab.save(os.path.join(folder, "lab.tif"))
back = ImageCms.profileToProfile(Image.open(os.path.join(folder, "lab.tif")), lab_profile, srgb, outputMode="RGB")
note("lab", "lab.tif", np.asarray(back))

# Tags that libtiff does not know, of GDAL, Photoshop and unregistered, which must not count as damage.
private = [
    (33550, "d", 3, (0.5, 0.5, 0.0), True),
    (34377, "B", 4, b"8BIM", True),
    (42112, "s", 0, "<GDALMetadata/>", True),
    (65000, "H", 1, 7, True),
]
large = values(20, 18)
tiles = dict(photometric="minisblack", tile=(16, 16))
write("private-tags", large, golden=large, compression="lzw", extratags=private, **tiles)
write("private-tags-in-strips", large, golden=large, compression="lzw", extratags=private, photometric="minisblack")


def patched(name, patch):
    """Changes the bytes of a file. patch: of the bytes and the first page."""
    path = os.path.join(folder, f"{name}.tif")
    with tifffile.TiffFile(path) as file, open(path, "rb") as whole:
        content = bytearray(whole.read())
        patch(content, file.pages[0])
    with open(path, "wb") as whole:
        whole.write(content)


def without_end_of_image(content, page):
    for offset, count in zip(page.dataoffsets, page.databytecounts):
        content[offset + count - 2 : offset + count] = b"\0\0"


def without_sixth_tile(content, page):
    for code in (324, 325):
        tag = page.tags[code]
        size = tag.valuebytecount // tag.count
        content[tag.valueoffset + 5 * size : tag.valueoffset + 6 * size] = bytes(size)


smooth = (np.add.outer(np.arange(20), np.arange(18)) * 6).astype(np.uint8)
for name, layout in (("jpeg-strips", dict(rowsperstrip=8)), ("jpeg-tiles", dict(tile=(32, 16)))):
    path = os.path.join(folder, f"{name}.tif")
    tifffile.imwrite(path, smooth, photometric="minisblack", compression="jpeg", **layout)
    note(name, f"{name}.tif", tifffile.imread(path))
    patched(name, without_end_of_image)

# What libvips decodes wrongly or not at all.
for name, codec, layout in (
    ("zstd-tiles", "zstd", tiles),
    ("lzma-strips", "lzma", {}),
    ("jpeg2000-tiles", "jpeg2000", tiles),
    ("lerc-strips", "lerc", {}),
    ("jpegxl-tiles", "jpegxl", tiles),
    ("jpeg-small-tiles", "jpeg", tiles),
    ("sparse", "lzw", tiles),
):
    tifffile.imwrite(os.path.join(folder, f"{name}.tif"), values(20, 50), compression=codec, **layout)
patched("sparse", without_sixth_tile)
tifffile.imwrite(os.path.join(folder, "twelve.tif"), twelve, bitspersample=12)
tifffile.imwrite(os.path.join(folder, "planes-of-tiles.tif"), rgb_planes, photometric="rgb", planarconfig="separate", tile=(16, 16))
tifffile.imwrite(os.path.join(folder, "slices.tif"), stack, photometric="minisblack", volumetric=True, tile=(2, 16, 16))

# Samples besides the colours: only ExtraSamples 1 and 2 are alpha.
infrared = values(height, width, 4)
write("rgbn", infrared, golden=infrared[..., :3], photometric="rgb", extrasamples=["unspecified"])
note("rgbn-channel", "rgbn.tif", infrared[..., 3], channel=4)
deep_bands = values(height, width, 5, high=65536, dtype=np.uint16)
write("rgb-five", deep_bands, golden=deep_bands[..., :3], photometric="rgb", extrasamples=["unspecified"] * 2)
note("rgb-five-channel", "rgb-five.tif", deep_bands[..., 4], channel=5)
rgba = Image.fromarray(infrared, "RGBA")
over_white = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
write("rgba", infrared, golden=np.asarray(over_white), photometric="rgb", extrasamples=["unassalpha"])

# Signed 16 bits and half floats.
negative = values(height, width, high=4000, dtype=np.int16) - 1000
stated = [(340, "h", 1, -1000, True), (341, "h", 1, 3000, True)]
write("int16-stated", negative, golden=np.round((negative + 1000.0) / 4000 * 65535).astype(np.uint16), extratags=stated)
tifffile.imwrite(os.path.join(folder, "int16-negative.tif"), negative)
signed = values(height, width, 2, high=4000, dtype=np.int16)
write("int16-channels", signed, channel=2, golden=signed[..., 1], photometric="minisblack", planarconfig="contig")
half = unit.astype(np.float16)
write("half", half, golden=np.round(half.astype(np.float64) * 65535).astype(np.uint16), photometric="minisblack")
tifffile.imwrite(os.path.join(folder, "half-tiles.tif"), half, photometric="minisblack", byteorder=">", tile=(16, 16))
note("half-tiles", "half-tiles.tif", np.round(half.astype(np.float64) * 65535).astype(np.uint16))

# OME-XML whose TiffData elements say where planes are; tifffile follows them too.
planes = values(6, 3, 4)


def ome_file(name, images, pages, uuid=""):
    root = f' UUID="{uuid}"' if uuid else ""
    xml = f'<?xml version="1.0"?><!-- <Pixels SizeC="9"> --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"{root}>'
    path = os.path.join(folder, f"{name}.tif")
    with tifffile.TiffWriter(path) as file:
        for index, page in enumerate(pages):
            description = xml + "".join(images) + "</OME>" if index == 0 else None
            file.write(page, description=description, metadata=None, photometric="minisblack")
    return path


def ome_image(tiff_data, c=2, z=3, t=1, order="XYZCT", names=("DAPI", "GFP")):
    channels = "".join(f'<Channel SamplesPerPixel="1" Name="{name}"/>' for name in names[:c])
    return (
        f'<Image><Pixels DimensionOrder="{order}" Type="uint8" SizeX="4" SizeY="3" SizeZ="{z}" SizeC="{c}" SizeT="{t}">'
        f"{channels}{tiff_data}</Pixels></Image>"
    )


def note_series(path, image=0, before=0, name=None):
    """All planes of an image as tifffile reads them. before: pages of earlier images."""
    name = name or os.path.basename(path)[:-4]
    with tifffile.TiffFile(path) as file:
        series = file.series[image]
        read = series.asarray(squeeze=False)
        axes = series.get_axes(squeeze=False)
    read = np.moveaxis(read, [axes.index(axis) for axis in "TZC"], [0, 1, 2]).reshape(*[read.shape[axes.index(a)] for a in "TZC"], 3, 4)
    for t, z, c in np.ndindex(read.shape[:3]):
        page = before + t * read.shape[1] + z + 1
        note(f"{name}-{page}-{c + 1}", f"{os.path.basename(path)}", read[t, z, c], page=page, channel=c + 1)


shuffled = [f'<TiffData FirstZ="{z}" FirstC="{c}" IFD="{5 - z - 3 * c}" PlaneCount="1"/>' for z in range(3) for c in range(2)]
note_series(ome_file("ome-shuffled", [ome_image("".join(shuffled))], planes))
blocks = "<TiffData FirstC='1' IFD='0' PlaneCount='3'/><TiffData IFD='3' PlaneCount='3'/>"
note_series(ome_file("ome-blocks", [ome_image(blocks, names=("&#68;API > 1", "GFP"))], planes))
note_series(ome_file("ome-whole", [ome_image("<TiffData/>", order="XYCZT")], planes))
images = [ome_image('<TiffData PlaneCount="2"/>', z=1), ome_image('<TiffData IFD="2" PlaneCount="2"/>', c=1, z=2)]
path = ome_file("ome-images", images, planes[:4])
note_series(path)
note_series(path, image=1, before=1)

identities = ["urn:uuid:11111111-1111-1111-1111-111111111111", "urn:uuid:22222222-2222-2222-2222-222222222222"]


def in_files(name, dimension):
    return "".join(
        f'<TiffData First{dimension}="{i}" IFD="0" PlaneCount="1"><UUID FileName="{name}-{i}.tif">{uuid}</UUID></TiffData>'
        for i, uuid in enumerate(identities)
    )


for i, uuid in enumerate(identities):
    ome_file(f"ome-channel-{i}", [ome_image(in_files("ome-channel", "C"), z=1)], planes[i : i + 1], uuid)
    note(f"ome-channel-{i}", f"ome-channel-{i}.tif", planes[i], channel=i + 1)
    # Without the UUID of the file, its name tells.
    ome_file(f"ome-time-{i}", [ome_image(in_files("ome-time", "T"), c=1, z=1, t=2)], planes[i : i + 1])
    note(f"ome-time-{i}", f"ome-time-{i}.tif", planes[i])
ome_file("ome-renamed", [ome_image(in_files("ome-channel", "C"), z=1)], planes[:1])
ome_file("ome-cut", [ome_image("<TiffData/>", z=3)], planes[:5])

# ImageJ's files of more than 4 GB: one page, whose data the other images follow.
in_one = values(6, 3, 4, high=65536, dtype=np.uint16)
path = os.path.join(folder, "imagej-one-page.tif")
description = "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\nhyperstack=true\n"
tifffile.imwrite(path, in_one[0], description=description, metadata=None, byteorder=">")
with open(path, "ab") as file:
    file.write(in_one[1:].astype(">u2").tobytes())
assert np.array_equal(tifffile.imread(path).ravel(), in_one.ravel())
note("imagej-one-page-first", "imagej-one-page.tif", in_one[0], page=1, channel=1)
note("imagej-one-page", "imagej-one-page.tif", in_one[5], page=3, channel=2)

# Its upper half alone would be taken for floats in 0…1.
halves = np.vstack([values(4, 7, high=2), values(4, 7)]).astype(np.float32)
write("float-halves", halves, golden=halves.astype(np.uint16) * 257)
predicted = os.path.join(folder, "packbits-predictor.tif")
tifffile.imwrite(predicted, grey, compression="packbits", predictor=2, photometric="minisblack")

with open(os.path.join(folder, "expected.json"), "w") as file:
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(case)}" for name, case in expected.items())
    file.write("{\n" + lines + "\n}\n")
print(len(expected), "cases with tifffile", tifffile.__version__)
