"""Writes test/golden/ops/keypoints.safetensors: torchvision's `heatmaps_to_keypoints` and `keypoints_to_heatmap`.

Run: /usr/bin/python3 test/oracle/keypoints.py

heatMaps [D, K, S, S], boxes [D, 4] → points [D, K, 2], scores [D, K]; joints [D, K, 3], rois [D, 4] → cells [D, K],
y · S + x or −1. Boxes are large, smaller than a pixel, of whole and of broken extents; joints lie on edges and corners of
their RoIs, outside, and are unlabelled. No two places of a resized map are so close that rounding decides between them.
"""
import os

import torch
import torch.nn.functional as F
from torchvision.models.detection.roi_heads import heatmaps_to_keypoints, keypoints_to_heatmap

from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "ops", "keypoints.safetensors")
D, K, S = 8, 3, 14

torch.manual_seed(5)
heat_maps = F.avg_pool2d(torch.randn(D, K, S + 2, S + 2), 3, 1) * 6
heat_maps[0, 0, 0, 0] = 20  # in a corner
heat_maps[1, 1, 7, S - 1] = 20  # at an edge
boxes = torch.tensor([
    [3.0, 5.0, 103.0, 205.0],
    [-4.25, 7.5, 60.1, 63.7],
    [100.3, 50.2, 100.7, 50.4],
    [0.0, 0.0, 14.0, 14.0],
    [12.5, 3.25, 19.5, 40.0],
    [640.01, 480.02, 901.93, 999.99],
    [5.0, 5.0, 5.0, 30.0],
    [33.3, 44.4, 55.5, 47.7],
])
points, scores = heatmaps_to_keypoints(heat_maps, boxes)
double, _ = heatmaps_to_keypoints(heat_maps.double(), boxes.double())
assert (points - double).abs().max() < 1e-3, "two places of a map are too close"

rois = boxes.clone()
rois[2] = torch.tensor([100.0, 50.0, 101.5, 52.25])
rois[6] = torch.tensor([5.0, 5.0, 6.0, 30.0])
side = (rois[:, 2:] - rois[:, :2])[:, None]
joints = torch.cat([rois[:, None, :2] + side * (torch.rand(D, K, 2) * 1.3 - 0.15), torch.full((D, K, 1), 2.0)], 2)
joints[0, 0] = torch.tensor([103.0, 100.0, 2.0])  # on the right edge
joints[0, 1] = torch.tensor([3.0, 205.0, 1.0])  # on the lower left corner
joints[1, 0, 2] = 0
joints[3, 2] = torch.tensor([7.0, 3.0, 1.0])  # on a border of cells
positions, valid = keypoints_to_heatmap(joints, rois, S)
cells = torch.where(valid > 0, positions, torch.full_like(positions, -1))
write_safetensors(OUT, {
    "heatMaps": heat_maps.numpy(),
    "boxes": boxes.numpy(),
    "points": points[..., :2].contiguous().numpy(),
    "scores": scores.numpy(),
    "rois": rois.numpy(),
    "joints": joints.numpy(),
    "cells": cells.int().numpy(),
})
print(f"{int((cells >= 0).sum())} of {cells.numel()} joints inside, {os.path.getsize(OUT)} bytes")
