"""Prints what torchvision predicts with a checkpoint on some pictures, as COCO results with runs as lists.

Run: /usr/bin/python3 test/oracle/predict_checkpoint.py WEIGHTS.pth ARGUMENTS.json PICTURE...
The architecture is that of ../shared/models/README.md (ResNet-18, FPN and heads of 128 channels, 2 classes).
`image_id` is the position of the picture; scores from 0.05; masks are `> 0.5`, their counts those of COCO RLE.
"""
import json
import sys

import numpy as np
import torch
from PIL import Image
from torchvision.models import resnet18
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool


def build(weights, arguments):
    layers = {f"layer{i + 1}": str(i) for i in range(4)}
    backbone = BackboneWithFPN(resnet18(), layers, [64, 128, 256, 512], 128, LastLevelMaxPool())
    anchors = arguments.pop("rpn_anchor_generator")
    arguments.pop("categories")
    model = MaskRCNN(
        backbone,
        rpn_anchor_generator=AnchorGenerator(tuple(map(tuple, anchors["sizes"])), tuple(map(tuple, anchors["aspect_ratios"]))),
        box_head=TwoMLPHead(128 * 49, 512),
        box_predictor=FastRCNNPredictor(512, 2),
        mask_head=MaskRCNNHeads(128, (128,) * 4, 1),
        mask_predictor=MaskRCNNPredictor(128, 128, 2),
        **arguments,
    )
    model.load_state_dict(torch.load(weights, map_location="cpu"))
    return model.eval()


def runs(mask):
    pixels = mask.T.reshape(-1)
    edges = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    bounds = np.concatenate([[0], edges, [pixels.size]])
    counts = np.diff(bounds).tolist()
    return counts if not pixels[0] else [0] + counts


def main(weights, arguments, *pictures):
    torch.set_num_threads(1)  # tests run side by side
    model = build(weights, json.load(open(arguments)))
    results = []
    for image_id, path in enumerate(pictures):
        rgb = np.array(Image.open(path).convert("RGB"))
        tensor = torch.from_numpy(rgb).permute(2, 0, 1).contiguous().float().div(255)
        with torch.no_grad():
            (found,) = model([tensor])
        for box, score, mask in zip(found["boxes"].tolist(), found["scores"].tolist(), found["masks"][:, 0].numpy()):
            x1, y1, x2, y2 = box
            segmentation = {"size": list(mask.shape), "counts": runs(mask > 0.5)}
            results.append({"image_id": image_id, "category_id": 1, "bbox": [x1, y1, x2 - x1, y2 - y1], "score": score, "segmentation": segmentation})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
