"""The peer of the training-graph benchmark: forward and backward passes of torchvision's parts behind JSON lines.

    /usr/bin/python3 test/oracle/bench_training_graph.py ROIS.json THREADS

ROIS.json holds {"box": [[x1, y1, x2, y2], …], "mask": […]}. For each line {"part": "trunk" | "box" | "mask"} on
stdin one line {"seconds"} on stdout; {"quit": true} is answered {"peakRssBytes"}. The parts are those of
torchvision's `maskrcnn_resnet50_fpn` with its default three trainable stages: backbone, pyramid and RPN head on one
picture of 800x1088; box head with its losses on the given RoIs; mask head with its loss.
"""
import json
import os
import resource
import sys

ROIS, THREADS = sys.argv[1], int(sys.argv[2])
# before torch is loaded, since OpenBLAS reads it once
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(THREADS)

import time

import torch
import torch.nn.functional as F
import torchvision

torch.set_num_threads(THREADS)
torch.manual_seed(0)
HEIGHT, WIDTH = 800, 1088
with open(ROIS) as file:
    rois = {part: torch.tensor(boxes) for part, boxes in json.load(file).items()}

model = torchvision.models.detection.maskrcnn_resnet50_fpn(
    weights=None, weights_backbone=None, num_classes=91, trainable_backbone_layers=3
)
# without pretrained weights torchvision trains all of them, with ordinary batch norm
body = model.backbone.body
for name, parameter in body.named_parameters():
    parameter.requires_grad_(name.startswith(("layer2", "layer3", "layer4")))


def freeze(module):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.BatchNorm2d):
            frozen = torchvision.ops.FrozenBatchNorm2d(child.num_features)
            if name == "bn3":
                frozen.weight.fill_(0.2)
            setattr(module, name, frozen)
        else:
            freeze(child)


freeze(body)
model.train()
heads = model.roi_heads
image = torch.randn(1, 3, HEIGHT, WIDTH)
features = {
    name: torch.randn(1, 256, HEIGHT // stride, WIDTH // stride)
    for name, stride in zip("0123", (4, 8, 16, 32))
}
labels = {part: torch.randint(0, 91, (len(boxes),)) for part, boxes in rois.items()}
cotangents = []


def trunk():
    maps = model.backbone(image)
    objectness, deltas = model.rpn.head(list(maps.values()))
    outputs = [*list(maps.values())[:4], *objectness, *deltas]
    if not cotangents:
        cotangents.extend(torch.randn_like(output) * 1e-3 for output in outputs)
    torch.autograd.backward(outputs, cotangents)


def leaves():
    return {name: value.detach().requires_grad_() for name, value in features.items()}


def box():
    pooled = heads.box_roi_pool(leaves(), [rois["box"]], [(HEIGHT, WIDTH)])
    logits, deltas = heads.box_predictor(heads.box_head(pooled))
    chosen = deltas.reshape(-1, 91, 4)[torch.arange(128), labels["box"][:128]]
    loss = F.cross_entropy(logits, labels["box"])
    loss = loss + F.smooth_l1_loss(chosen, torch.zeros_like(chosen), beta=1 / 9, reduction="sum") / len(logits)
    loss.backward()


def mask():
    pooled = heads.mask_roi_pool(leaves(), [rois["mask"]], [(HEIGHT, WIDTH)])
    logits = heads.mask_predictor(heads.mask_head(pooled))
    chosen = logits[torch.arange(len(logits)), labels["mask"]]
    F.binary_cross_entropy_with_logits(chosen, torch.ones_like(chosen)).backward()


parts = {"trunk": trunk, "box": box, "mask": mask}
for line in sys.stdin:
    request = json.loads(line)
    if "part" not in request:
        break
    model.zero_grad(set_to_none=True)
    start = time.perf_counter()
    parts[request["part"]]()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
print(json.dumps({"peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)
