"""Writes gradients of single operations at the sizes that training ResNet-50-FPN at 800 px meets.

    /usr/bin/python3 test/oracle/real_size_gradients.py FILE.safetensors

For test/contract/real-size-gradients.test.ts, which keeps the file (some hundred megabytes) in a temporary folder.
The layout is that of operations.safetensors and gradients.safetensors together.
"""
import json
import sys

import torch
import torch.nn.functional as F
from torchvision.ops import roi_align, roi_pool

from safetensors_io import write_safetensors

torch.manual_seed(10)
torch.set_num_threads(1)  # tests run side by side
randn = torch.randn
tensors, listed = {}, []


def case(name, op, parameters, inputs, function, symbols):
    operands = [value.clone().requires_grad_() if value.is_floating_point() else value for value in inputs]
    output = function(*operands)
    cotangent = randn(output.shape)
    output.backward(cotangent)
    listed.append({"name": name, "op": op, "parameters": parameters, "inputs": len(inputs), "symbols": symbols})
    tensors[f"{name}/cotangent"] = cotangent.numpy()
    for i, value in enumerate(operands):
        tensors[f"{name}/input{i}"] = value.detach().numpy()
        if value.is_floating_point() and value.grad is not None:
            tensors[f"{name}/gradient{i}"] = value.grad.numpy()


def conv(name, shape, out, kernel, stride, groups=1):
    x, w = randn(shape), randn(out, shape[1] // groups, kernel, kernel) / kernel
    padding = kernel // 2
    case(name, "conv", {"stride": stride, "padding": padding, "groups": groups}, [x, w, randn(out)],
         lambda x, w, b: F.conv2d(x, w, b, stride, padding, 1, groups), ["n", None, None])


conv("conv 3x3 of P3", (1, 256, 100, 136), 256, 3, 1)
conv("conv 3x3 stride 2 of layer2", (1, 128, 200, 272), 128, 3, 2)
conv("conv 1x1 stride 2 of layer3", (1, 512, 100, 136), 1024, 1, 2)
conv("conv 1x1 of layer4", (1, 2048, 25, 34), 512, 1, 1)
conv("conv 7x7 stride 2 of the stem", (1, 3, 800, 1088), 64, 7, 2)
conv("conv 3x3 in 32 groups of layer3", (2, 512, 50, 68), 512, 3, 1, 32)
conv("conv 3x3 of the mask head", (128, 256, 14, 14), 256, 3, 1)

case("convTranspose of the mask head", "convTranspose",
     {"stride": 2, "padding": 0, "groups": 1, "outputPadding": [0, 0]},
     [randn(128, 256, 14, 14), randn(256, 256, 2, 2), randn(256)],
     lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2), ["n", None, None])

case("linear of the box head", "linear", {}, [randn(512, 12544), randn(1024, 12544), randn(1024)], F.linear,
     ["rows", None, None])

case("maxPool of the stem", "maxPool", {"kernel": 3, "stride": 2, "padding": 1}, [F.relu(randn(1, 64, 400, 544))],
     lambda x: F.max_pool2d(x, 3, 2, 1), ["n"])


def crowded_boxes(shape, count, stride):
    """Half of them around one place, as proposals are around an object."""
    height, width = shape[2] * stride, shape[3] * stride
    centres = torch.rand(count, 2) * torch.tensor([width, height])
    centres[: count // 2] = torch.tensor([width / 3, height / 2]) + randn(count // 2, 2) * 20
    sizes = 16 * 20 ** torch.rand(count, 2)
    boxes = torch.cat([centres - sizes / 2, centres + sizes / 2], 1)
    return boxes, torch.randint(0, shape[0], (count,))


def pooling(name, shape, count, resolution, stride):
    boxes, batch = crowded_boxes(shape, count, stride)
    parameters = {"resolution": resolution, "spatialScale": 1 / stride, "samplingRatio": 2, "aligned": False}
    case(name, "roiAlign", parameters, [randn(shape), boxes, batch],
         lambda features, boxes, batch: roi_align(
             features, torch.cat([batch[:, None].float(), boxes.detach()], 1), resolution, 1 / stride, 2, False),
         ["n", "rois", "rois"])


pooling("roiAlign 7x7 of 512 RoIs on P2", (1, 256, 200, 272), 512, 7, 4)
pooling("roiAlign 14x14 of 128 RoIs on P2 of two pictures", (2, 256, 104, 136), 128, 14, 8)
pooling("roiAlign 7x7 of 4000 RoIs on P5", (2, 64, 25, 34), 4000, 7, 32)


def max_pooling(name, shape, count, resolution, stride):
    boxes, batch = crowded_boxes(shape, count, stride)
    case(name, "roiPool", {"resolution": resolution, "spatialScale": 1 / stride, "form": "unequal"},
         [F.relu(randn(shape)), boxes, batch],
         lambda features, boxes, batch: roi_pool(
             features, torch.cat([batch[:, None].float(), boxes.detach()], 1), resolution, 1 / stride),
         ["n", "rois", "rois"])


max_pooling("roiPool 14x14 of 256 RoIs on C4", (1, 256, 50, 68), 256, 14, 16)

rows = torch.randint(0, 91, (512,))
rows[:300] = 7
case("gatherRows of classes, 300 times the same", "gatherRows", {}, [randn(91, 256), rows],
     lambda data, rows: data[rows], [None, "rows"])
rows = torch.randint(0, 1000, (20000,))
case("gatherRows of 20000 repeated rows", "gatherRows", {}, [randn(1000, 256), rows],
     lambda data, rows: data[rows], [None, "rows"])

write_safetensors(sys.argv[1], tensors, {"cases": json.dumps(listed)})
