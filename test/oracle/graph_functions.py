"""Writes test/golden/graph/functions.safetensors: losses and normalisations of torch, with their gradients.

Run: /usr/bin/python3 test/oracle/graph_functions.py
Tensors are named `case/INPUT`, `case/output`, `case/grad(INPUT)`. src/model/losses.test.ts and
src/graph/normalisation.test.ts build the same as graphs.
"""
import os

import torch
import torch.nn.functional as F

from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "graph", "functions.safetensors")

torch.manual_seed(9)
randn = torch.randn
tensors = {}


def case(name, function, **inputs):
    operands = {key: value.double() if value.is_floating_point() else value for key, value in inputs.items()}
    for value in operands.values():
        if value.is_floating_point():
            value.requires_grad_()
    outputs = function(**operands)
    if not isinstance(outputs, dict):
        outputs = {"output": outputs}
    output = outputs["output"]
    cotangent = randn(output.shape)
    if output.dim() > 0:
        tensors[f"{name}/grad(output)"] = cotangent.numpy()
    output.backward(cotangent.double() if output.dim() > 0 else None)
    for key, value in operands.items():
        tensors[f"{name}/{key}"] = inputs[key].detach().numpy()
        if value.is_floating_point() and value.grad is not None:
            tensors[f"{name}/grad({key})"] = value.grad.float().numpy()
    for key, value in outputs.items():
        tensors[f"{name}/{key}"] = value.detach().float().numpy()


# objectness of a map on which 5 anchors were sampled; the mean over those
sampled = torch.tensor([3, 17, 20, 41, 58])


def objectness(logits, targets):
    return F.binary_cross_entropy_with_logits(logits.flatten()[sampled], targets.detach().flatten()[sampled])


weights = torch.zeros(60)
weights[sampled] = 1 / 5
case("objectness", objectness, logits=randn(1, 3, 4, 5) * 4, targets=torch.randint(0, 2, (1, 3, 4, 5)).float())
tensors["objectness/weights"] = weights.reshape(1, 3, 4, 5).numpy()

case("classification", lambda logits, labels: F.cross_entropy(logits, labels),
     logits=torch.cat([randn(6, 5) * 3, torch.tensor([[300.0, -300.0, 0.0, 0.0, 0.0]])]),
     labels=torch.tensor([0, 4, 2, 2, 0, 1, 1]))

# the box loss of torchvision: positives only, their class's four numbers, divided by the number of all RoIs
positives, labels = torch.tensor([1, 2, 6]), torch.tensor([3, 1, 3])


def box_loss(deltas, targets):
    chosen = deltas.reshape(8, 5, 4)[positives, labels]
    return F.smooth_l1_loss(chosen, targets.detach(), beta=1 / 9, reduction="sum") / 8


targets = randn(3, 4)
deltas = randn(8, 20)
deltas[1, 12] = targets[0, 0] + 0.05  # within beta
deltas[1, 13] = targets[0, 1] - 0.05
deltas[6, 12] = targets[2, 0]  # equal
case("boxes", box_loss, deltas=deltas, targets=targets)
tensors["boxes/rows"] = (positives * 5 + labels).numpy()

case("batch norm of the batch",
     lambda x, weight, bias: {
         "output": F.batch_norm(x, None, None, weight, bias, True, 0.0, 1e-5),
         "mean": x.mean((0, 2, 3)),
         "variance": x.var((0, 2, 3), unbiased=True),
     }, x=randn(3, 4, 5, 6) * 2 + 1, weight=randn(4), bias=randn(4))

case("group norm", lambda x, weight, bias: F.group_norm(x, 3, weight, bias, 1e-5),
     x=randn(2, 6, 5, 4) * 2 + 1, weight=randn(6), bias=randn(6))


# convolution and frozen batch norm, all trainable
def conv_norm(x, weight, bias, gamma, beta, mean, variance):
    y = F.conv2d(x, weight, bias, stride=2, padding=1)
    column = lambda value: value[:, None, None]
    return (y - column(mean)) * column((variance + 1e-3) ** -0.5 * gamma) + column(beta)


case("convolution and batch norm", conv_norm, x=randn(2, 3, 6, 8), weight=randn(4, 3, 3, 3), bias=randn(4),
     gamma=randn(4), beta=randn(4), mean=randn(4), variance=torch.rand(4) + 0.5)

write_safetensors(OUT, tensors)
print(f"{len(tensors)} tensors, {os.path.getsize(OUT)} bytes")
