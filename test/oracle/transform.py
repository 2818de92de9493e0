"""Writes test/golden/image/transform.json: what torchvision's GeneralizedRCNNTransform makes of pictures.

Run with a Python that has torch and torchvision:  python3 test/oracle/transform.py

The pictures are a formula (byte i of the picture is the top byte of i * 2654435761 mod 2^32), so the golden file
holds only sizes, and values at sampled positions.
"""
import json
import pathlib

import numpy as np
import torch
import torchvision
from torchvision.models.detection.transform import GeneralizedRCNNTransform

IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CASES = [
    # name, width, height, minSize, maxSize, (mean, std)
    ("enlarged", 200, 200, 800, 1333, IMAGENET),
    ("landscape 640 × 480", 640, 480, 800, 1333, IMAGENET),
    ("portrait whose width floors to 799", 427, 640, 800, 1333, IMAGENET),
    ("3:1 panorama", 1500, 500, 800, 1333, IMAGENET),
    ("reduced, odd sides", 1921, 1081, 800, 1333, IMAGENET),
    ("exactly the wanted size", 96, 64, 64, 1333, IMAGENET),
    ("odd sides, other statistics", 333, 777, 400, 800, ([0.5, 0.5, 0.5], [0.25, 0.25, 0.25])),
    ("1 × 1", 1, 1, 800, 1333, IMAGENET),
    ("2 × 3", 2, 3, 37, 91, IMAGENET),
    ("12000 × 40", 12000, 40, 800, 1333, IMAGENET),
    ("40 × 12000", 40, 12000, 800, 1333, IMAGENET),
]
SAMPLES = 150


def picture(width, height):
    index = np.arange(width * height * 3, dtype=np.uint64)
    value = ((index * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)) >> np.uint64(24)
    return torch.from_numpy(value.astype(np.uint8).reshape(height, width, 3)).permute(2, 0, 1).contiguous()


def case(name, width, height, min_size, max_size, statistics):
    mean, std = statistics
    transform = GeneralizedRCNNTransform(min_size, max_size, mean, std).eval()
    images, _ = transform([picture(width, height).float() / 255])
    tensor = images.tensors.numpy()
    _, _, padded_height, padded_width = tensor.shape
    resized_height, resized_width = images.image_sizes[0]
    random = np.random.RandomState(len(name))
    samples = []
    for k in range(SAMPLES):
        # Every tenth sample may lie in the padding; the first ones are the picture's corners.
        rows, columns = (padded_height, padded_width) if k % 10 == 9 else (resized_height, resized_width)
        y, x = random.randint(rows), random.randint(columns)
        if k < 4:
            y, x = (0, rows - 1)[k // 2], (0, columns - 1)[k % 2]
        channel = k % 3
        samples.append([channel, int(y), int(x), round(float(tensor[0, channel, y, x]), 7)])
    return {
        "name": name,
        "width": width,
        "height": height,
        "preprocess": {"minSize": min_size, "maxSize": max_size, "mean": mean, "std": std},
        "resized": [resized_height, resized_width],
        "padded": [padded_height, padded_width],
        "sum": float(tensor.astype(np.float64).sum()),
        "samples": samples,
    }


def sizes():
    """Resized [width, height] of many sizes: the floor is where float32 and float64 part."""
    random = np.random.RandomState(1)
    rows = []
    for _ in range(200):
        width, height = (int(v) for v in random.randint(30, 2500, 2))
        transform = GeneralizedRCNNTransform(800, 1333, [0, 0, 0], [1, 1, 1]).eval()
        resized, _ = transform.resize(torch.zeros(1, height, width))
        rows.append([width, height, resized.shape[-1], resized.shape[-2]])
    return rows


def main():
    golden = {
        "writtenBy": "test/oracle/transform.py",
        "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
        "cases": [case(*arguments) for arguments in CASES],
        "sizes": sizes(),
    }
    path = pathlib.Path(__file__).parent.parent / "golden" / "image" / "transform.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


main()
