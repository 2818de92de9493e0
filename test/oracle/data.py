"""Golden files of the data layer, in test/golden/data.

  python3 test/oracle/data.py masks   needs pycocotools: masks, areas and boxes of annotations
  python3 test/oracle/data.py pngs    needs Pillow: PNGs of every kind that label images come in

`masks` writes annotations of every form with what pycocotools makes of them; `pngs` writes small label PNGs
and the values that Pillow reads from them. Both are seeded: a second run writes the same bytes.
"""

import json
import pathlib
import random
import sys

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "data"


def masks():
    from pycocotools import mask as mask_utils

    rng = random.Random(3)
    records = []

    def add(height, width, segmentation):
        if isinstance(segmentation, list):
            rle = mask_utils.merge(mask_utils.frPyObjects(segmentation, height, width))
        elif isinstance(segmentation["counts"], list):
            rle = mask_utils.frPyObjects(segmentation, height, width)
        else:
            rle = segmentation
        text = rle["counts"].decode() if isinstance(rle["counts"], bytes) else rle["counts"]
        records.append(
            {
                "size": [height, width],
                "segmentation": segmentation,
                "rle": text,
                "area": int(mask_utils.area(rle)),
                "bbox": [float(side) for side in mask_utils.toBbox(rle)],
            }
        )
        return text

    for _ in range(60):
        height, width = rng.randint(5, 90), rng.randint(5, 90)
        rings = [
            [round(rng.uniform(-3, (height if i % 2 else width) + 3), 2) for i in range(2 * rng.randint(3, 12))]
            for _ in range(rng.choice([1, 1, 2, 3]))
        ]
        text = add(height, width, rings)
        add(height, width, {"size": [height, width], "counts": text})
        counts, rest = [], height * width
        while rest > 0:
            counts.append(rng.randint(0 if not counts else 1, max(1, rest // 2)))
            rest -= counts[-1]
        add(height, width, {"size": [height, width], "counts": counts})
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / "masks.json").write_text("[\n" + ",\n".join(map(json.dumps, records)) + "\n]\n")


def pngs():
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(4)
    folder = GOLDEN / "pngs"
    folder.mkdir(parents=True, exist_ok=True)
    index = {}

    def save(name, image, kind, values, **options):
        image.save(folder / name, **options)
        index[name] = {"kind": kind, "width": image.width, "height": image.height, "values": values.ravel().tolist()}

    for bits in (1, 2, 4, 8):
        values = rng.integers(0, 2**bits, (5, 11), dtype=np.uint8)
        image = Image.fromarray(values, "P")
        image.putpalette([channel for i in range(2**bits) for channel in (i, 255 - i, (i * 7) % 256)])
        save(f"palette-{bits}.png", image, "index", values, bits=bits)
    values = rng.integers(0, 2, (7, 13), dtype=np.uint8)
    save("bilevel.png", Image.fromarray(values * 255).convert("1"), "grey", values)
    values = rng.integers(0, 256, (6, 9), dtype=np.uint8)
    save("grey-8.png", Image.fromarray(values), "grey", values)
    values = rng.integers(0, 65536, (6, 9), dtype=np.uint16)
    save("grey-16.png", Image.fromarray(values), "grey", values)
    values = rng.integers(0, 256, (6, 9, 2), dtype=np.uint8)
    save("grey-alpha.png", Image.fromarray(values, "LA"), "grey", values[..., 0])
    for mode in ("RGB", "RGBA"):
        values = rng.integers(0, 256, (6, 9, len(mode)), dtype=np.uint8)
        codes = values[..., :3].astype(np.int64) @ [65536, 256, 1]
        save(f"{mode.lower()}.png", Image.fromarray(values, mode), "rgb", codes)
    (folder / "values.json").write_text(json.dumps(index) + "\n")
    voc(rng)


def voc(rng):
    """A VOC folder of two pictures; expected.json has the class and the pixels of each object."""
    import numpy as np
    from PIL import Image, ImageDraw

    def color(index):
        channels = [0, 0, 0]
        for bit in range(8):
            for channel in range(3):
                channels[channel] |= ((index >> (3 * bit + channel)) & 1) << (7 - bit)
        return channels

    palette = [channel for index in range(256) for channel in color(index)]
    root = GOLDEN / "voc"
    for name in ("SegmentationObject", "SegmentationClass", "Annotations"):
        (root / name).mkdir(parents=True, exist_ok=True)
    expected = {}
    names = {8: "cat", 15: "person", 20: "tvmonitor"}
    for stem, mode in (("2007_000001", "P"), ("2007_000002", "RGB")):
        objects, classes = (Image.new("P", (30, 20)) for _ in range(2))
        for image in (objects, classes):
            image.putpalette(palette)
        listed = []
        for number, class_index in enumerate((15, 8, 20), start=1):
            x, y = (int(side) for side in rng.integers(0, (20, 10)))
            box = [x, y, x + 8, y + 8]
            ImageDraw.Draw(objects).ellipse(box, fill=number, outline=255)
            ImageDraw.Draw(classes).ellipse(box, fill=class_index, outline=255)
            listed.append(names[class_index])
        pixels = np.asarray(objects)
        expected[stem] = [
            {"number": number, "name": listed[number - 1], "pixels": (pixels == number).astype(int).ravel().tolist()}
            for number in (1, 2, 3)
            if (pixels == number).any()
        ]
        objects.convert(mode).save(root / "SegmentationObject" / f"{stem}.png")
        classes.convert(mode).save(root / "SegmentationClass" / f"{stem}.png")
        entries = "".join(f"<object><name>{name}</name></object>" for name in listed)
        (root / "Annotations" / f"{stem}.xml").write_text(
            f"<annotation><filename>{stem}.jpg</filename><size><width>30</width><height>20</height></size>{entries}</annotation>\n"
        )
    (root / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    {"masks": masks, "pngs": pngs}[sys.argv[1]]()
