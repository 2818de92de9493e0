"""The peer of the training benchmark: whole training steps of torchvision behind JSON lines.

    /usr/bin/python3 test/oracle/bench_training.py CASE FOLDER THREADS [cpu|cuda]

CASE is `resnet50` (torchvision's `maskrcnn_resnet50_fpn` with 91 classes and three trainable stages, SGD with
momentum) or `small` (ResNet-18-FPN with 128 channels, everything trained with ordinary batch norm, AdamW). FOLDER is
what `bench/training-data.ts` wrote: weights.safetensors, truth.json and its pictures. For each line {"step": true} on
stdin one line {"seconds", "losses"} on stdout: losses, gradients, the limit on their norm, and the update; converting
and resizing the pictures is left out, since data loaders do it. {"quit": true} is answered {"peakRssBytes"}.
"""
import json
import os
import sys

CASE, FOLDER, THREADS = sys.argv[1], sys.argv[2], int(sys.argv[3])
DEVICE = (sys.argv[4:] or ["cpu"])[0]
# before torch is loaded, since OpenBLAS reads it once
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(THREADS)

import numpy as np
import torch
from PIL import Image
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.rpn import AnchorGenerator
from torchvision.models.resnet import resnet18

from detectors import build
from measuring import now, peak_rss_bytes, reply
from safetensors_io import read_safetensors

torch.set_num_threads(THREADS)
torch.manual_seed(0)


def small():
    """The parts of `maskrcnn_resnet18_fpn`, narrower."""
    body = resnet18(weights=None)
    layers = {f"layer{i + 1}": str(i) for i in range(4)}
    backbone = BackboneWithFPN(body, layers, [64, 128, 256, 512], 128)
    sizes = tuple((size,) for size in (16, 32, 64, 128, 256))
    return MaskRCNN(
        backbone,
        min_size=400,
        max_size=800,
        rpn_anchor_generator=AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * 5),
        box_head=TwoMLPHead(128 * 7 * 7, 512),
        box_predictor=FastRCNNPredictor(512, 2),
        mask_head=MaskRCNNHeads(128, (128,) * 4, 1),
        mask_predictor=MaskRCNNPredictor(128, 128, 2),
    )


def build_model():
    model = small() if CASE == "small" else build("maskrcnn_resnet50_fpn")
    weights = {name: torch.from_numpy(np.array(value)) for name, value in read_safetensors(f"{FOLDER}/weights.safetensors").items()}
    missing, unexpected = model.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise SystemExit(f"weights do not fit: missing {missing[:3]}, unexpected {unexpected[:3]}")
    if CASE != "small":
        for name, parameter in model.backbone.body.named_parameters():
            parameter.requires_grad_(name.startswith(("layer2", "layer3", "layer4")))
    return model.train().to(DEVICE)


def decode(counts, size):
    """RLE counts down the columns, background first."""
    values = np.repeat(np.arange(len(counts)) % 2, counts).astype(np.uint8)
    return values.reshape(size[::-1]).T


def load():
    images, targets = [], []
    with open(f"{FOLDER}/truth.json") as file:
        truths = json.load(file)
    for truth in truths:
        pixels = np.array(Image.open(f"{FOLDER}/{truth['file']}").convert("RGB"))
        images.append(torch.from_numpy(pixels).permute(2, 0, 1).float().to(DEVICE) / 255)
        masks = np.stack([decode(mask["counts"], mask["size"]) for mask in truth["masks"]])
        targets.append(
            {
                "boxes": torch.tensor(truth["boxes"], dtype=torch.float32, device=DEVICE),
                "labels": torch.ones(len(truth["boxes"]), dtype=torch.int64, device=DEVICE),
                "masks": torch.from_numpy(masks).to(DEVICE),
            }
        )
    return images, targets


def main():
    model = build_model()
    images, targets = load()
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    # a rate so small that every step has the same work to do
    if CASE == "small":
        optimizer = torch.optim.AdamW(parameters, lr=1e-7, weight_decay=1e-4)
    else:
        optimizer = torch.optim.SGD(parameters, lr=1e-7, momentum=0.9, weight_decay=1e-4)
    transform_times = []
    transform = model.transform.forward

    def timed(*arguments):
        start = now(DEVICE)
        result = transform(*arguments)
        transform_times.append(now(DEVICE) - start)
        return result

    model.transform.forward = timed
    for line in sys.stdin:
        if not json.loads(line).get("step"):
            break
        start = now(DEVICE)
        losses = model(images, targets)
        optimizer.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 10)
        optimizer.step()
        seconds = now(DEVICE) - start - transform_times[-1]
        reply({"seconds": seconds, "losses": {name: float(loss) for name, loss in losses.items()}})
    reply({"peakRssBytes": peak_rss_bytes()})


if __name__ == "__main__":
    main()
