"""Writes test/golden/graph/operations.safetensors: what torch computes for every operation of the graph.

Run: /usr/bin/python3 test/oracle/operations.py
Tensors are named `case/input0`, `case/input1`, …, `case/output`; the metadata key `cases` is a JSON list of
{name, op, parameters}. test/contract/operations.test.ts builds each case as a graph and runs it.
"""
import json
import os

import torch
import torch.nn.functional as F
from torchvision.ops import roi_align

from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "graph", "operations.safetensors")

torch.manual_seed(7)
randn = torch.randn
cases = []


def case(name, op, parameters, inputs, output):
    cases.append((name, op, parameters, inputs, output))


def conv(name, x, w, b, stride, padding, groups):
    inputs = [x, w] if b is None else [x, w, b]
    output = F.conv2d(x, w, b, stride=stride, padding=padding, groups=groups)
    case(name, "conv", {"stride": stride, "padding": padding, "groups": groups}, inputs, output)


conv("conv 3x3", randn(2, 5, 9, 7), randn(6, 5, 3, 3), randn(6), 1, 1, 1)
conv("conv 1x1 without bias", randn(1, 8, 6, 5), randn(4, 8, 1, 1), None, 1, 0, 1)
conv("conv 7x7 stride 2", randn(1, 3, 32, 64), randn(4, 3, 7, 7), randn(4), 2, 3, 1)
conv("conv 3x3 in groups", randn(1, 8, 6, 6), randn(8, 2, 3, 3), randn(8), 2, 1, 4)
conv("conv 3x3 of no RoIs", randn(0, 4, 14, 14), randn(4, 4, 3, 3), randn(4), 1, 1, 1)

x, w, b = randn(3, 6, 5, 4), randn(6, 5, 2, 2), randn(5)
case("convTranspose 2x2", "convTranspose", {"stride": 2}, [x, w, b], F.conv_transpose2d(x, w, b, stride=2))

x, w, b, m, v = randn(2, 4, 3, 5), randn(4), randn(4), randn(4), torch.rand(4) + 0.1
case("batchNorm", "batchNorm", {"eps": 1e-5}, [x, w, b, m, v], F.batch_norm(x, m, v, w, b, False, 0.0, 1e-5))

x, w, b = randn(7, 12), randn(5, 12), randn(5)
case("linear", "linear", {}, [x, w, b], F.linear(x, w, b))

x, y = randn(3, 1, 6), randn(3, 6, 10)
case("matmul", "matmul", {}, [x, y], x @ y)

x = randn(2, 3, 4, 5)
case("relu", "relu", {}, [x], F.relu(x))
case("sigmoid", "sigmoid", {}, [x], torch.sigmoid(x))
x = randn(4, 9) * 5
case("softmax", "softmax", {"axis": 1}, [x], F.softmax(x, dim=1))

x, y = randn(2, 3, 4, 5), randn(2, 3, 4, 5)
case("add", "add", {}, [x, y], x + y)
x, y = randn(5, 1, 8), randn(5, 1, 1)
case("add with broadcasting", "add", {}, [x, y], x + y)

x = randn(1, 3, 11, 8)
case("maxPool 3x3 stride 2", "maxPool", {"kernel": 3, "stride": 2, "padding": 1}, [x], F.max_pool2d(x, 3, 2, 1))
case("maxPool that subsamples", "maxPool", {"kernel": 1, "stride": 2, "padding": 0}, [x], F.max_pool2d(x, 1, 2, 0))

x = randn(1, 3, 4, 5)
case("upsampleNearest", "upsampleNearest", {"factor": 2}, [x], F.interpolate(x, scale_factor=2, mode="nearest"))

features = randn(2, 4, 12, 16)
corners = torch.rand(9, 2) * torch.tensor([110.0, 80.0]) - 10
boxes = torch.cat([corners, corners + torch.rand(9, 2) * 70], 1)
boxes[0, 2:] = boxes[0, :2]  # without extent
boxes[1] = torch.tensor([-40.0, -40.0, -20.0, -20.0])  # outside the picture
batch = torch.tensor([0, 1, 0, 1, 1, 0, 0, 1, 0])
for resolution, ratio, aligned in [(7, 2, False), (3, 2, True), (2, 0, False), (2, 0, True), (2, 4, False)]:
    rois = torch.cat([batch[:, None].float(), boxes], 1)
    output = roi_align(features, rois, resolution, 1 / 8, ratio, aligned)
    parameters = {"resolution": resolution, "spatialScale": 1 / 8, "samplingRatio": ratio, "aligned": aligned}
    case(f"roiAlign {resolution}x{resolution}, ratio {ratio}, aligned {aligned}".replace("False", "no").replace("True", "yes"),
         "roiAlign", parameters, [features, boxes, batch], output)
none = torch.zeros(0, 4)
case("roiAlign of no RoIs", "roiAlign", {"resolution": 7, "spatialScale": 0.25, "samplingRatio": 2, "aligned": False},
     [features, none, batch[:0]], torch.zeros(0, 4, 7, 7))

x, y, z = randn(2, 3, 2, 2), randn(0, 3, 2, 2), randn(4, 3, 2, 2)
case("concat", "concat", {"axis": 0}, [x, y, z], torch.cat([x, y, z], 0))

x = randn(3, 4, 2, 5)
case("reshape", "reshape", {"shape": ["rest", 40]}, [x], x.reshape(-1, 40))
case("reshape of no RoIs", "reshape", {"shape": ["rest", 40]}, [x[:0]], x[:0].reshape(0, 40))

data, rows = randn(6, 4, 1, 1), torch.tensor([5, 0, 0, 3])
case("gatherRows", "gatherRows", {}, [data, rows], data[rows])

tensors, listed = {}, []
for name, op, parameters, inputs, output in cases:
    listed.append({"name": name, "op": op, "parameters": parameters, "inputs": len(inputs)})
    for i, value in enumerate(inputs):
        tensors[f"{name}/input{i}"] = value.numpy()
    tensors[f"{name}/output"] = output.numpy()
write_safetensors(OUT, tensors, {"cases": json.dumps(listed)})
print(f"{len(cases)} cases, {os.path.getsize(OUT)} bytes")
