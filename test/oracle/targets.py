"""Writes `test/golden/train/targets.safetensors`: what torchvision's own classes make of random boxes and masks
when they choose training targets.

    /usr/bin/python3 test/oracle/targets.py

Needs torch and torchvision 0.14. `torch.randperm` is replaced by `torch.arange`, so the balanced sampler takes the
first of each kind and the choice can be compared box by box.
"""
import os

import torch
from torchvision.models.detection import _utils
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.roi_heads import RoIHeads, project_masks_on_boxes
from torchvision.models.detection.rpn import AnchorGenerator, RPNHead, RegionProposalNetwork
from torchvision.ops import MultiScaleRoIAlign, box_iou

from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "train", "targets.safetensors")
PADDED = (160, 224)
GRIDS = [(40, 56), (20, 28), (10, 14), (5, 7), (3, 4)]


def random_boxes(count, size, generator):
    height, width = size
    first = torch.rand(count, 2, generator=generator) * torch.tensor([width, height]) * 0.9
    extent = 3 + torch.rand(count, 2, generator=generator) * torch.tensor([width, height]) * 0.5
    last = torch.minimum(first + extent, torch.tensor([float(width), float(height)]))
    return torch.cat([first, last], dim=1)


def matcher_cases(out):
    for seed in range(6):
        generator = torch.Generator().manual_seed(seed)
        # whole numbers make ties, among the predictions of one true box and the other way round
        truth = random_boxes(12, (48, 64), generator).div(4).round().mul(4)
        truth[:, 2:] = torch.maximum(truth[:, 2:], truth[:, :2] + 4)
        truth[5] = truth[2]
        predictions = random_boxes(300, (48, 64), generator).div(4).round().mul(4)
        predictions[:, 2:] = torch.maximum(predictions[:, 2:], predictions[:, :2] + 4)
        high, low = [(0.7, 0.3), (0.5, 0.5), (0.6, 0.4)][seed % 3]
        matcher = _utils.Matcher(high, low, allow_low_quality_matches=seed < 3)
        iou = box_iou(truth, predictions)
        out[f"matcher.{seed}.truth"] = truth
        out[f"matcher.{seed}.predictions"] = predictions
        out[f"matcher.{seed}.thresholds"] = torch.tensor([high, low, float(seed < 3)], dtype=torch.float64)
        out[f"matcher.{seed}.matches"] = matcher(iou).int()
        if seed == 0:
            out["matcher.0.iou"] = iou


def rpn_cases(out):
    generator = AnchorGenerator(((16,), (32,), (64,), (128,), (256,)), ((0.5, 1.0, 2.0),) * 5)
    network = RegionProposalNetwork(
        generator, RPNHead(4, 3), 0.7, 0.3, 256, 0.5, dict(training=9, testing=9), dict(training=9, testing=9), 0.7
    )
    maps = [torch.zeros(1, 4, *grid) for grid in GRIDS]
    anchors = generator(ImageList(torch.zeros(1, 3, *PADDED), [PADDED]), maps)
    for name, count in (("objects", 7), ("empty", 0)):
        truth = random_boxes(count, PADDED, torch.Generator().manual_seed(3))
        labels, matched = network.assign_targets_to_anchors(anchors, [{"boxes": truth}])
        positive, negative = network.fg_bg_sampler(labels)
        positive, negative = torch.where(positive[0])[0], torch.where(negative[0])[0]
        deltas = network.box_coder.encode(matched, anchors)[0]
        out[f"rpn.{name}.truth"] = truth
        out[f"rpn.{name}.positive"] = positive.int()
        out[f"rpn.{name}.negative"] = negative.int()
        out[f"rpn.{name}.deltas"] = deltas[positive]


def roi_cases(out):
    heads = RoIHeads(
        MultiScaleRoIAlign(["0"], 7, 2), None, None, 0.5, 0.5, 64, 0.25, (10.0, 10.0, 5.0, 5.0), 0.05, 0.5, 100
    )
    for name, count in (("objects", 6), ("empty", 0)):
        generator = torch.Generator().manual_seed(5)
        truth = random_boxes(count, PADDED, generator)
        near = truth.repeat(8, 1) + torch.randn(8 * count, 4, generator=generator) * 4
        proposals = torch.cat([random_boxes(120, PADDED, generator), near])
        proposals = torch.cat([proposals[:, :2], torch.maximum(proposals[:, 2:], proposals[:, :2] + 1)], dim=1)
        labels = 1 + torch.arange(count) % 3
        boxes, objects, chosen, deltas = heads.select_training_samples([proposals], [{"boxes": truth, "labels": labels}])
        out[f"roi.{name}.proposals"] = proposals
        out[f"roi.{name}.truth"] = truth
        out[f"roi.{name}.boxes"] = boxes[0]
        out[f"roi.{name}.labels"] = chosen[0].int()
        out[f"roi.{name}.objects"] = objects[0].int()
        out[f"roi.{name}.deltas"] = deltas[0]


def mask_cases(out):
    height, width = 60, 80
    generator = torch.Generator().manual_seed(8)
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    masks = []
    for _ in range(4):
        cy, cx, ry, rx = (torch.rand(4, generator=generator) * torch.tensor([60, 80, 30, 40])).tolist()
        ring = ((y - cy) / (ry + 4)) ** 2 + ((x - cx) / (rx + 4)) ** 2
        masks.append((ring < 1) & ((ring > 0.2) | (x % 3 == 0)))
    masks.append(torch.ones(height, width, dtype=torch.bool))
    masks = torch.stack(masks).to(torch.uint8)
    boxes = random_boxes(20, (height, width), generator)
    boxes[0] = torch.tensor([0.0, 0.0, width, height])
    boxes[1] = torch.tensor([10.2, 20.4, 10.9, 20.6])  # smaller than a pixel
    boxes[2] = torch.tensor([70.0, 50.0, 80.0, 60.0])  # in the corner
    objects = torch.arange(20) % 5
    out["masks.bitmaps"] = masks
    out["masks.boxes"] = boxes
    out["masks.objects"] = objects.int()
    for side in (14, 28):
        out[f"masks.targets{side}"] = project_masks_on_boxes(masks, boxes, objects, side)


def main():
    torch.randperm = lambda count, device=None: torch.arange(count)
    tensors = {}
    matcher_cases(tensors)
    rpn_cases(tensors)
    roi_cases(tensors)
    mask_cases(tensors)
    write_safetensors(OUT, tensors, {"script": "test/oracle/targets.py"})


if __name__ == "__main__":
    main()
