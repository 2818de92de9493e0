"""Writes `test/golden/train/mask-outputs.safetensors`: the mask branch's variants (what its channels mean, and its head)
as torch layers: probabilities of the chosen class, the loss, and gradients of features and weights.

    /usr/bin/python3 test/oracle/mask_outputs.py

Tensors are `CASE/pooled`, `CASE/labels`, `CASE/targets`, `CASE/probabilities`, `CASE/loss`, and for each weight
`CASE/weight(NAME)` and `CASE/grad(NAME)`, by the package's names; `CASE/grad(pooled)` too. Computed in float64.
"""
import os

import torch
import torch.nn.functional as F

from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "train", "mask-outputs.safetensors")
ROIS, CHANNELS, SIDE, CLASSES = 5, 4, 3, 4

torch.manual_seed(12)
tensors = {}


def weights_of(head, channels):
    def randn(*shape):
        return torch.randn(shape, dtype=torch.float64) * 0.4

    if head == "mlp":
        features = CHANNELS * SIDE * SIDE
        shapes = {"mask_head.fc1": (7, features), "mask_head.fc2": (6, 7),
                  "mask_predictor.mask_fc_logits": (channels * 4 * SIDE * SIDE, 6)}
    else:
        shapes = {"mask_head.0.0": (6, CHANNELS, 3, 3), "mask_predictor.conv5_mask": (6, 5, 2, 2),
                  "mask_predictor.mask_fcn_logits": (channels, 5, 1, 1)}
    weights = {}
    for name, shape in shapes.items():
        weights[f"roi_heads.{name}.weight"] = randn(*shape)
        weights[f"roi_heads.{name}.bias"] = randn(shape[1] if "conv5" in name else shape[0])
    return weights


def logits_of(head, x, weights, channels):
    w = list(weights.values())
    if head == "mlp":
        x = F.relu(F.linear(x.flatten(1), w[0], w[1]))
        x = F.relu(F.linear(x, w[2], w[3]))
        return F.linear(x, w[4], w[5]).reshape(len(x), channels, 2 * SIDE, 2 * SIDE)
    x = F.relu(F.conv2d(x, w[0], w[1], padding=1))
    x = F.relu(F.conv_transpose2d(x, w[2], w[3], stride=2))
    return F.conv2d(x, w[4], w[5])


for head in ("fcn", "mlp"):
    for output in ("sigmoid", "softmax", "classAgnostic"):
        channels = 1 if output == "classAgnostic" else CLASSES
        x = torch.randn(ROIS, CHANNELS, SIDE, SIDE, dtype=torch.float64, requires_grad=True)
        weights = {name: w.requires_grad_() for name, w in weights_of(head, channels).items()}
        labels = torch.tensor([1, 3, 2, 1, 3])
        # partly covered pixels too
        targets = torch.randint(0, 2, (ROIS, 2 * SIDE, 2 * SIDE)).double()
        targets[0] = torch.rand(2 * SIDE, 2 * SIDE, dtype=torch.float64)
        logits = logits_of(head, x, weights, channels)
        rows = torch.arange(ROIS)
        if output == "softmax":
            shares = torch.zeros(ROIS, CLASSES, 2 * SIDE, 2 * SIDE, dtype=torch.float64)
            shares[:, 0] = 1 - targets
            shares[rows, labels] = targets
            loss = F.cross_entropy(logits, shares)
            probabilities = logits.softmax(1)[rows, labels]
        else:
            own = logits[rows, 0 if output == "classAgnostic" else labels]
            loss = F.binary_cross_entropy_with_logits(own, targets)
            probabilities = own.sigmoid()
        loss.backward()
        case = f"{head} {output}"
        tensors[f"{case}/pooled"] = x.detach().float().numpy()
        tensors[f"{case}/labels"] = labels.numpy()
        tensors[f"{case}/targets"] = targets.float().numpy()
        tensors[f"{case}/probabilities"] = probabilities.detach().float().numpy()
        tensors[f"{case}/loss"] = loss.detach().float().reshape(1).numpy()
        tensors[f"{case}/grad(pooled)"] = x.grad.float().numpy()
        for name, weight in weights.items():
            tensors[f"{case}/weight({name})"] = weight.detach().float().numpy()
            tensors[f"{case}/grad({name})"] = weight.grad.float().numpy()
write_safetensors(OUT, tensors)
print(f"{len(tensors)} tensors, {os.path.getsize(OUT)} bytes")
