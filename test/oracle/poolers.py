"""Writes `test/golden/ops/poolers.safetensors`: RoIs pooled in every way that the package has, and gradients.

    /usr/bin/python3 test/oracle/poolers.py

RoIPool and RoIAlign are torchvision's. RoIWarp is its RoIAlign of boxes rounded to whole feature pixels. The maximum of
a bin's samples, and the article's RoIPool (rounding down, dropping the rest), are written out here pixel by pixel.
`features` [2, 3, 25, 31] at stride 8, `boxes` [16, 4] (some outside, without extent, or across the edges), `batch`;
for each case `CASE/output`, `CASE/cotangent`, `CASE/gradient`; metadata `cases` is a list of the pools' settings.
"""
import json
import os

import torch
from torchvision.ops import roi_align, roi_pool

from operation_cases import dropping_pool
from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "ops", "poolers.safetensors")
STRIDE = 8


def bilinear(plane, y, x):
    """torchvision's: nothing beyond a pixel outside, the border pixel up to there."""
    height, width = plane.shape[-2:]
    if y < -1 or y > height or x < -1 or x > width:
        return plane[..., 0, 0] * 0
    y, x = max(y, 0.0), max(x, 0.0)
    y0, x0 = min(int(y), height - 1), min(int(x), width - 1)
    y1, x1 = min(y0 + 1, height - 1), min(x0 + 1, width - 1)
    v, u = (0.0 if y0 == height - 1 else y - y0), (0.0 if x0 == width - 1 else x - x0)
    top = plane[..., y0, x0] * (1 - u) + plane[..., y0, x1] * u
    return top * (1 - v) + (plane[..., y1, x0] * (1 - u) + plane[..., y1, x1] * u) * v


def max_align(features, boxes, batch, resolution, ratio, aligned):
    out = []
    for box, picture in zip(boxes.float(), batch):
        # in single precision, as everyone places the samples
        x1, y1, x2, y2 = box * torch.tensor(1 / STRIDE) - (0.5 if aligned else 0.0)
        w, h = x2 - x1, y2 - y1
        if not aligned:
            w, h = w.clamp(min=1), h.clamp(min=1)
        bins = []
        for i in range(resolution):
            for j in range(resolution):
                samples = [bilinear(features[picture],
                                    float(y1 + h / resolution * (i + (a + 0.5) / ratio)),
                                    float(x1 + w / resolution * (j + (b + 0.5) / ratio)))
                           for a in range(ratio) for b in range(ratio)]
                bins.append(torch.stack(samples).amax(0))
        out.append(torch.stack(bins, 1).reshape(-1, resolution, resolution))
    return torch.stack(out)


def pool(features, boxes, batch, kind, resolution, samplingRatio=2, aligned=False, mode="avg"):
    rois = torch.cat([batch[:, None].to(features.dtype), boxes.to(features.dtype)], 1)
    if kind == "roiPool":
        return roi_pool(features, rois, resolution, 1 / STRIDE)
    if kind == "roiPoolFloor":
        return dropping_pool(features, boxes, batch, resolution, 1 / STRIDE)
    if mode == "max":
        return max_align(features, boxes, batch, resolution, samplingRatio, aligned)
    if kind == "roiWarp":
        corners = torch.round(boxes.float() * (1 / STRIDE)).to(features.dtype)
        return roi_align(features, torch.cat([rois[:, :1], corners], 1), resolution, 1.0, samplingRatio, aligned)
    return roi_align(features, rois, resolution, 1 / STRIDE, samplingRatio, aligned)


CASES = [
    {"kind": "roiPool", "resolution": 7},
    {"kind": "roiPool", "resolution": 2},
    {"kind": "roiPoolFloor", "resolution": 7},
    {"kind": "roiPoolFloor", "resolution": 3},
    *({"kind": kind, "resolution": 5, "samplingRatio": ratio, "aligned": aligned}
      for kind in ("roiAlign", "roiWarp") for ratio in (0, 1, 2, 3) for aligned in (False, True)),
    {"kind": "roiAlign", "resolution": 4, "samplingRatio": 2, "aligned": False, "mode": "max"},
    {"kind": "roiAlign", "resolution": 3, "samplingRatio": 3, "aligned": True, "mode": "max"},
]


def main():
    torch.manual_seed(31)
    features = torch.randn(2, 3, 25, 31)
    corners = torch.rand(16, 2) * torch.tensor([250.0, 200.0]) - 15
    boxes = torch.cat([corners, corners + torch.rand(16, 2) ** 2 * torch.tensor([240.0, 190.0])], 1)
    boxes[0, 2:] = boxes[0, :2]
    boxes[1] = torch.tensor([-60.0, -50.0, -20.0, -30.0])
    boxes[2] = torch.tensor([300.0, 220.0, 340.0, 260.0])
    boxes[3] = torch.tensor([-40.0, -40.0, 300.0, 260.0])
    boxes[4] = torch.tensor([20.0, 12.0, 28.0, 44.0])  # halves of feature pixels
    # 665 px from the corner of a picture of 800: the article's, at a quarter of its stride
    boxes[5] = torch.tensor([0.0, 0.0, 166.25, 166.25])
    batch = torch.randint(0, 2, (16,))
    tensors = {"features": features, "boxes": boxes, "batch": batch}
    for i, case in enumerate(CASES):
        x = features.double().requires_grad_()
        output = pool(x, boxes, batch, **case)
        cotangent = torch.randn(output.shape)
        tensors[f"{i}/output"] = output.detach().float()
        tensors[f"{i}/cotangent"] = cotangent
        tensors[f"{i}/gradient"] = torch.autograd.grad(output, x, cotangent.double())[0].float()
    write_safetensors(OUT, {name: value.numpy() for name, value in tensors.items()}, {"cases": json.dumps(CASES)})
    print(f"{len(CASES)} cases, {os.path.getsize(OUT)} bytes")


if __name__ == "__main__":
    main()
