"""Writes test/golden/graph/model-gradients.safetensors: torch's gradients of every parameter of the tiny detectors of
test/golden/inference, in training mode (batch norms that are not frozen use the statistics of the batch).

Run: /usr/bin/python3 test/oracle/model_gradients.py
Nothing random (and no ReLU of these models is so close to zero that rounding decides): the picture, the RPN's targets and the heads' targets are waves, and the RoIs are fixed, so that
test/contract/model-gradients.test.ts makes the same ones. Tensors are `MODEL/loss_…` and `MODEL/grad(PARAMETER)`,
computed in double precision; `MODEL/noise(PARAMETER)` is the relative L2 difference of torch's own
single precision.
"""
import copy
import os

import torch
import torch.nn.functional as F
from torchvision.ops import roi_align

from inference_small import CLASSES, MODELS, OUT as INFERENCE
from safetensors_io import write_safetensors
from waves import wave

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "graph", "model-gradients.safetensors")
PICTURES, HEIGHT, WIDTH = 2, 96, 128
STRIDES = {"p2": 4, "p3": 8, "p4": 16, "p5": 32}
# level: x1, y1, x2, y2 and the picture; the mask branch takes the first of each level
ROIS = {
    "p2": [(3, 5, 40, 31, 0), (10, 8, 44, 40, 0), (60, 50, 90, 88, 1)],
    "p3": [(-6, 20, 70, 80, 1), (30, 10, 100, 70, 0)],
    "p4": [],
    "p5": [(0, 0, 127, 95, 1)],
}
LABELS = [1, 0, 3, 2, 0, 4]
POSITIVES = [0, 2, 3, 5]
MASK_LABELS = [1, 2, 4]
# RoI, joint and cell; the keypoint branch has the RoIs of the mask branch
KEYPOINT_CELLS = [(0, 0, 0), (0, 1, 3135), (0, 3, 57), (1, 2, 1600), (2, 0, 55), (2, 1, 2000), (2, 2, 2001)]


def rpn_losses(objectness, deltas, dtype):
    """Every anchor takes part; a wave's sign is the objectness target, and only positives have box losses."""
    total = sum(x.numel() for x in objectness)
    box_losses, object_losses = 0, 0
    for level, (logits, regression) in enumerate(zip(objectness, deltas)):
        target = (wave(logits.shape, 0.7 + level, dtype) > 0).to(dtype)
        object_losses = object_losses + F.binary_cross_entropy_with_logits(logits, target, reduction="sum") / total
        wanted = wave(regression.shape, 0.3 + level, dtype)
        weights = target.repeat_interleave(4, dim=1) / total
        box_losses = box_losses + (F.smooth_l1_loss(regression, wanted, beta=1 / 9, reduction="none") * weights).sum()
    return {"loss_objectness": object_losses, "loss_rpn_box_reg": box_losses}


def pool(features, rois, size, dtype):
    pooled = []
    for (level, stride), feature in zip(STRIDES.items(), features):
        boxes = torch.tensor(rois[level], dtype=dtype).reshape(-1, 5)
        pooled.append(roi_align(feature, boxes[:, [4, 0, 1, 2, 3]], size, 1 / stride, 2, False))
    return torch.cat(pooled)


def losses_of(model, dtype):
    image = wave((PICTURES, 3, HEIGHT, WIDTH), 0.29, dtype)
    features = list(model.backbone(image).values())
    losses = rpn_losses(*model.rpn.head(features), dtype)

    heads = model.roi_heads
    logits, deltas = heads.box_predictor(heads.box_head(pool(features, ROIS, 7, dtype)))
    labels = torch.tensor(LABELS)
    losses["loss_classifier"] = F.cross_entropy(logits, labels)
    chosen = deltas.reshape(len(LABELS), CLASSES, 4)[POSITIVES, labels[POSITIVES]]
    wanted = wave(chosen.shape, 0.9, dtype)
    losses["loss_box_reg"] = F.smooth_l1_loss(chosen, wanted, beta=1 / 9, reduction="sum") / len(LABELS)

    if heads.has_mask():
        rois = {level: boxes[:1] for level, boxes in ROIS.items()}
        masks = heads.mask_predictor(heads.mask_head(pool(features, rois, 14, dtype)))
        masks = masks[torch.arange(len(MASK_LABELS)), torch.tensor(MASK_LABELS)]
        target = (wave(masks.shape, 0.21, dtype) > 0).to(dtype)
        losses["loss_mask"] = F.binary_cross_entropy_with_logits(masks, target)
    if heads.has_keypoint():
        maps = heads.keypoint_predictor(heads.keypoint_head(pool(features, rois, 14, dtype)))
        cells = torch.tensor(KEYPOINT_CELLS)
        losses["loss_keypoint"] = F.cross_entropy(maps.flatten(2)[cells[:, 0], cells[:, 1]], cells[:, 2])
    return losses


def gradients_of(model, dtype):
    model = copy.deepcopy(model).to(dtype).train()
    losses = losses_of(model, dtype)
    sum(losses.values()).backward()
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    return {name: loss.detach() for name, loss in losses.items()}, gradients


torch.set_num_threads(1)
tensors = {}
for name, (build, _, _) in MODELS.items():
    model = build()
    model.load_state_dict(torch.load(os.path.join(INFERENCE, f"{name}.pth")))
    losses, exact = gradients_of(model, torch.float64)
    _, single = gradients_of(model, torch.float32)
    for key, loss in losses.items():
        tensors[f"{name}/{key}"] = loss.float().numpy()
    noise = {}
    for key, gradient in exact.items():
        if gradient.norm() < 1e-9:
            # the bias of a softmax over places
            single[key], gradient = torch.zeros_like(gradient), torch.zeros_like(gradient)
        tensors[f"{name}/grad({key})"] = gradient.float().numpy()
        noise[key] = float((single[key].double() - gradient).norm() / gradient.norm().clamp_min(1e-9))
        tensors[f"{name}/noise({key})"] = torch.tensor(noise[key]).numpy()
    print(name, {key: float(loss) for key, loss in losses.items()}, "noise", max(noise.values()))
write_safetensors(OUT, tensors)
print(f"{len(tensors)} tensors, {os.path.getsize(OUT)} bytes")
