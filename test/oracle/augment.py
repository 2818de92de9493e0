"""Writes `test/golden/train/augment.safetensors`: torchvision's colour changes and blur of a small picture, and
torch's nearest-neighbour resizing of masks, as torchvision resizes them.

    /usr/bin/python3 test/oracle/augment.py
"""
import os

import torch
from torch.nn.functional import interpolate
from torchvision.transforms import functional as F

from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "train", "augment.safetensors")
SIZES = [(40, 61), (13, 20), (27, 33), (54, 66)]


def main():
    generator = torch.Generator().manual_seed(4)
    smooth = interpolate(torch.rand(1, 3, 5, 6, generator=generator), (24, 30), mode="bicubic")[0].clamp(0, 1)
    noise = torch.rand(3, 24, 30, generator=generator)
    picture = ((0.7 * smooth + 0.3 * noise) * 255).round().to(torch.uint8)
    real = picture.float() / 255
    pixels = lambda image: image.mul(255).permute(1, 2, 0).contiguous()
    out = {"picture": picture.permute(1, 2, 0).contiguous()}
    # in floating point, so that the reference does not cut off fractions
    out["brightness"] = pixels(F.adjust_brightness(real, 1.3))
    out["contrast"] = pixels(F.adjust_contrast(real, 0.6))
    out["saturation"] = pixels(F.adjust_saturation(real, 1.7))
    out["hue"] = pixels(F.adjust_hue(real, -0.2))
    out["all"] = pixels(
        F.adjust_hue(F.adjust_saturation(F.adjust_contrast(F.adjust_brightness(real, 0.8), 1.4), 0.5), 0.1)
    )
    for sigma in (0.7, 1.6):
        radius = int(-(-3 * sigma // 1))
        out[f"blur.{sigma}"] = pixels(F.gaussian_blur(real, [2 * radius + 1] * 2, [sigma] * 2))
    mask = (torch.rand(27, 33, generator=generator) < 0.5).to(torch.uint8)
    out["mask"] = mask
    for size in SIZES:
        out[f"mask.{size[0]}x{size[1]}"] = interpolate(mask[None, None].float(), size)[0, 0].to(torch.uint8)
    write_safetensors(OUT, out, {"script": "test/oracle/augment.py"})


if __name__ == "__main__":
    main()
