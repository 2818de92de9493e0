"""Writes `test/golden/ops/`: what torchvision's box and region operations answer, ties and edges included.

    /usr/bin/python3 test/oracle/ops.py

Needs torch and torchvision 0.14. Each operation has one `.safetensors` file; `cases.json` lists its cases with
their parameters, and the tensors of a case are named `CASE.TENSOR`. The README there describes them.
"""
import json
import os

import numpy as np
import torch
import torchvision
from torchvision import ops
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.roi_heads import expand_boxes, expand_masks, paste_masks_in_image
from torchvision.ops.poolers import LevelMapper

from safetensors_io import write_safetensors
from stages import encode_runs

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "ops")


class Cases:
    """Collects the cases of one operation."""

    def __init__(self, name):
        self.name = name
        self.tensors = {}
        self.parameters = {}

    def add(self, case, parameters, **tensors):
        self.parameters[case] = parameters
        for name, value in tensors.items():
            array = value.numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
            self.tensors[f"{case}.{name}"] = array.astype(np.int32) if array.dtype == np.int64 else array

    def write(self):
        write_safetensors(os.path.join(OUT, f"{self.name}.safetensors"), self.tensors)
        return self.parameters


def random_boxes(generator, count, extent=100.0, side=30.0):
    corner = torch.rand(count, 2, generator=generator) * extent
    return torch.cat([corner, corner + 1 + torch.rand(count, 2, generator=generator) * side], 1)


def nms_cases(generator):
    cases = Cases("nms")

    def add(case, boxes, scores, threshold):
        cases.add(case, {"threshold": threshold}, boxes=boxes, scores=scores, kept=ops.nms(boxes, scores, threshold))

    for threshold in (0.3, 0.5, 0.7):
        boxes = random_boxes(generator, 150, 25)
        add(f"random{threshold}", boxes, torch.rand(150, generator=generator), threshold)
    few_scores = torch.randint(0, 4, (150,), generator=generator) / 4.0
    add("ties", random_boxes(generator, 150, 25), few_scores, 0.4)
    add("identical", torch.tensor([[3.0, 4.0, 20.0, 30.0]]).repeat(9, 1), torch.rand(9, generator=generator), 0.5)
    add("identicalTies", torch.tensor([[3.0, 4.0, 20.0, 30.0]]).repeat(9, 1), torch.full((9,), 0.5), 0.5)
    # IoU exactly 1/2 and 1/4: not above the threshold, so both stay
    halves = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 5], [0, 0, 5, 5], [50, 50, 54, 54], [50, 50, 54, 52]])
    add("exactlyHalf", halves, torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5]), 0.5)
    add("exactlyQuarter", halves, torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5]), 0.25)
    # 0/0 overlap of boxes without area is not above any threshold
    points = torch.tensor([[5.0, 5, 5, 5], [5, 5, 5, 5], [5, 5, 5, 9], [0, 0, 10, 10]])
    add("withoutArea", points, torch.tensor([0.4, 0.9, 0.8, 0.7]), 0.5)
    add("touching", torch.tensor([[0.0, 0, 10, 10], [10, 0, 20, 10], [0, 10, 10, 20]]), torch.ones(3), 0.0)
    add("one", torch.tensor([[1.0, 2, 3, 4]]), torch.tensor([0.5]), 0.5)
    add("none", torch.zeros(0, 4), torch.zeros(0), 0.5)
    return cases


def batched_nms_cases(generator):
    """Up to 1000 boxes torchvision shifts each class to a place of its own, beyond it runs class by class."""
    cases = Cases("batched-nms")
    for case, count, levels in (("shifted", 250, None), ("shiftedTies", 250, 3), ("classByClass", 1100, None)):
        boxes = random_boxes(generator, count, 40)
        scores = torch.rand(count, generator=generator)
        if levels:
            scores = (scores * levels).floor() / levels
        labels = torch.randint(1, 6, (count,), generator=generator)
        kept = ops.batched_nms(boxes, scores, labels, 0.5)
        cases.add(case, {"threshold": 0.5}, boxes=boxes, scores=scores, labels=labels, kept=kept)
    return cases


# on an image of 92 × 68, whose map at scale 1/4 is 23 wide and 17 high
REGIONS = {
    "inside": [11.3, 7.9, 61.2, 44.4],
    "square": [8.0, 8.0, 36.0, 36.0],
    "tall": [40.5, 2.25, 45.75, 66.0],
    "small": [30.1, 20.2, 31.0, 21.4],
    "partlyLeftAbove": [-13.0, -9.5, 20.0, 18.0],
    "partlyRightBelow": [70.0, 50.0, 120.0, 99.0],
    "onePixelBeyond": [-4.0, -4.0, 96.0, 72.0],
    "wholeImage": [0.0, 0.0, 92.0, 68.0],
    "huge": [-300.0, -200.0, 400.0, 300.0],
    "outside": [200.0, 200.0, 240.0, 230.0],
    "outsideLeft": [-80.0, -80.0, -40.0, -50.0],
    "point": [33.0, 21.0, 33.0, 21.0],
    "line": [10.0, 40.0, 50.0, 40.0],
    "corner": [91.9, 67.9, 92.0, 68.0],
}


def region_tensors(generator, maps=1):
    features = torch.randn(maps, 2, 17, 23, generator=generator)
    boxes = torch.tensor(list(REGIONS.values()))
    batch = torch.arange(len(boxes)).remainder(maps).float()[:, None]
    return features, torch.cat([batch, boxes], 1)


def roi_align_cases(generator):
    cases = Cases("roi-align")

    def add(case, rois, features, parameters):
        height, width = parameters["outputSize"]
        pooled = ops.roi_align(
            features,
            rois,
            (height, width),
            parameters["spatialScale"],
            parameters["samplingRatio"],
            parameters["aligned"],
        )
        cases.add(case, parameters, features=features, rois=rois, pooled=pooled)

    features, rois = region_tensors(generator)
    for aligned in (False, True):
        for ratio in (0, 1, 2, 4):
            parameters = {"outputSize": [7, 7], "spatialScale": 0.25, "samplingRatio": ratio, "aligned": aligned}
            add(f"ratio{ratio}{'Aligned' if aligned else ''}", rois, features, parameters)
    plain = {"spatialScale": 0.25, "samplingRatio": 2, "aligned": False}
    add("size14", rois[:4], features, {**plain, "outputSize": [14, 14]})
    add("notSquare", rois, features, {**plain, "outputSize": [5, 3]})
    two, rois_of_two = region_tensors(generator, maps=2)
    add("twoImages", rois_of_two, two, {**plain, "outputSize": [3, 3]})
    add("none", rois[:0], features, {**plain, "outputSize": [7, 7]})
    return cases


def roi_pool_cases(generator):
    cases = Cases("roi-pool")
    features, rois = region_tensors(generator)
    for size in ([7, 7], [5, 3]):
        pooled = ops.roi_pool(features, rois, tuple(size), 0.25)
        parameters = {"outputSize": size, "spatialScale": 0.25}
        cases.add(f"size{size[0]}x{size[1]}", parameters, features=features, rois=rois, pooled=pooled)
    # corners at x.5 of the map show how coordinates are rounded: half away from zero
    rois = torch.tensor([[0.0, 2, 2, 10, 10], [0, 6, 6, 14, 14], [0, -2, -2, 6, 6], [0, 10, 2, 18, 6]])
    pooled = ops.roi_pool(features, rois, (2, 2), 0.25)
    cases.add("halves", {"outputSize": [2, 2], "spatialScale": 0.25}, features=features, rois=rois, pooled=pooled)
    return cases


def box_coding_cases(generator):
    cases = Cases("box-coding")
    for case, weights in (("rpn", (1.0, 1.0, 1.0, 1.0)), ("boxHead", (10.0, 10.0, 5.0, 5.0))):
        coder = BoxCoder(weights)
        boxes = random_boxes(generator, 40, 500, 200)
        deltas = torch.randn(40, 4, generator=generator) * torch.tensor(weights) * 0.5
        # around and far beyond the limit log(1000 / 16) ≈ 4.135 of dw and dh
        deltas[:6, 2] = torch.tensor([4.0, 4.13, 4.14, 5.0, 50.0, 1000.0]) * weights[2]
        deltas[:6, 3] = torch.tensor([1000.0, 4.2, 4.1, -5.0, -50.0, -1000.0]) * weights[3]
        truth = random_boxes(generator, 40, 500, 200)
        cases.add(
            case,
            {"weights": list(weights)},
            boxes=boxes,
            deltas=deltas,
            decoded=coder.decode(deltas, [boxes])[:, 0],
            truth=truth,
            encoded=coder.encode([truth], [boxes])[0],
        )
    several = torch.randn(10, 12, generator=generator)
    boxes = random_boxes(generator, 10, 500, 200)
    decoded = BoxCoder((10.0, 10.0, 5.0, 5.0)).decode(several, [boxes])
    cases.add("threeClasses", {"weights": [10.0, 10.0, 5.0, 5.0]}, boxes=boxes, deltas=several, decoded=decoded)
    return cases


def anchor_cases():
    """Every `step`-th anchor. The stride is ⌊image size / map size⌋, which at P6 need not be 64: a map of 13
    rows for an image of 800 has a stride of 61."""
    cases = Cases("anchors")
    default = [[32], [64], [128], [256], [512]]
    ratios = [0.5, 1.0, 2.0]
    # bases of 2.5, 3.5 and 4.5 pixels: halves are rounded to even
    odd = [[5, 7], [9, 11], [33], [100], [300]]
    for case, image, sizes, step in (
        ("small", (64, 96), [[8], [16], [32], [64], [128]], 1),
        ("full", (800, 1088), default, 997),
        ("oddP6", (224, 160), default, 31),
        ("severalSizes", (96, 64), odd, 7),
    ):
        grids = [(image[0] // s, image[1] // s) for s in (4, 8, 16, 32)]
        grids.append((-(-grids[-1][0] // 2), -(-grids[-1][1] // 2)))
        generator = AnchorGenerator(tuple(map(tuple, sizes)), (tuple(ratios),) * 5)
        maps = [torch.zeros(1, 1, *grid) for grid in grids]
        (anchors,) = generator(_Images(image), maps)
        parameters = {"imageSize": image, "mapSizes": grids, "sizes": sizes, "aspectRatios": ratios, "step": step}
        bases = torch.cat(generator.cell_anchors)
        cases.add(case, parameters, count=[len(anchors)], bases=bases, anchors=anchors[::step])
    return cases


class _Images:
    """What `AnchorGenerator` reads of an image list."""

    def __init__(self, size):
        self.tensors = torch.zeros(1, 1, *size)
        self.image_sizes = [size]


def level_cases(generator):
    cases = Cases("levels")
    sides = [s * f for s in (56.0, 112.0, 224.0, 448.0, 896.0) for f in (0.5, 0.99999, 0.9999999, 1.0, 1.00001, 1.4)]
    boxes = torch.tensor([[10.0, 20.0, 10.0 + s, 20.0 + s] for s in [0.0, 1e-3, *sides]])
    boxes = torch.cat([boxes, random_boxes(generator, 60, 300, 800)])
    for case, lowest, highest in (("p2ToP5", 2, 5), ("p3ToP4", 3, 4)):
        parameters = {"lowest": lowest, "highest": highest, "canonicalScale": 224, "canonicalLevel": 4}
        cases.add(case, parameters, boxes=boxes, levels=LevelMapper(lowest, highest)([boxes]) + lowest)
    return cases


def paste_cases(generator):
    cases = Cases("paste-masks")
    coarse = torch.randn(8, 1, 6, 6, generator=generator) * 3
    masks = torch.nn.functional.interpolate(coarse, size=(28, 28), mode="bicubic").sigmoid()
    inside_small = [
        [4.2, 3.1, 30.7, 25.9],
        [0.0, 0.0, 50.0, 40.0],
        [-6.3, -4.4, 12.2, 9.1],
        [38.0, 30.0, 61.0, 52.0],
        [20.1, 20.1, 20.4, 20.3],
        [7.0, 7.0, 8.0, 35.0],
        [-90.0, -70.0, 140.0, 120.0],
        [49.0, 39.0, 50.0, 40.0],
    ]
    for case, size, factor in (("small", (40, 50), 1.0), ("large", (333, 517), 9.7)):
        boxes = torch.tensor(inside_small) * factor
        pasted = paste_masks_in_image(masks, boxes, size)[:, 0]
        runs, counts = encode_runs(pasted > 0.5)
        _, scale = expand_masks(masks, 1)
        expanded = expand_boxes(boxes, scale)
        tensors = {"pasted": pasted[:5]} if case == "small" else {}
        parameters = {"imageSize": list(size), "padding": 1}
        tensors.update(boxes=boxes, expanded=expanded, pixels=expanded.to(torch.int64), runs=runs, runCounts=counts)
        cases.add(case, parameters, masks=masks[:, 0], **tensors)
    return cases


def main():
    os.makedirs(OUT, exist_ok=True)
    generator = torch.Generator().manual_seed(20)
    listing = {
        "script": "test/oracle/ops.py",
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "regions": list(REGIONS),
        "operations": {},
    }
    for cases in (
        nms_cases(generator),
        batched_nms_cases(generator),
        roi_align_cases(generator),
        roi_pool_cases(generator),
        box_coding_cases(generator),
        anchor_cases(),
        level_cases(generator),
        paste_cases(generator),
    ):
        listing["operations"][cases.name] = cases.write()
    with open(os.path.join(OUT, "cases.json"), "w") as file:
        json.dump(listing, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
