"""EfficientNet-Lite0 to -Lite2, built of torch's layers under the names of the published PyTorch weights.

Not run on its own: backbones.py and classify.py import it. Written after Tan & Le (2019), Table 1, and TensorFlow's
description of the Lite variant: ReLU6, no squeeze-and-excitation, stem and head of fixed width, "same" padding.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

# blocks, kernel, stride of the first, expansion, channels
GROUPS = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320)]
# the rows that end strides 4, 8, 16 and 32
ENDS = {1: "c2", 2: "c3", 4: "c4", 6: "c5"}
# the factors of width and depth
VARIANTS = {"efficientnet_lite0": (1, 1), "efficientnet_lite1": (1, 1.1), "efficientnet_lite2": (1.1, 1.2)}
EPS = 1e-3


def groups_of(name):
    """GROUPS scaled as TensorFlow's description has it: widths to multiples of 8; the ends keep their one block."""
    width, depth = VARIANTS[name]
    scaled = []
    for row, (count, kernel, stride, expansion, channels) in enumerate(GROUPS):
        rounded = int(channels * width + 4) // 8 * 8
        rounded += 8 if rounded < 0.9 * channels * width else 0
        deep = count if row in (0, len(GROUPS) - 1) else math.ceil(count * depth)
        scaled.append((deep, kernel, stride, expansion, rounded))
    return scaled


class SameConv(nn.Conv2d):
    """TensorFlow's padding: the output has ceil(extent / stride) pixels, and an odd zero goes to the far side."""

    def forward(self, x):
        pads = []
        for extent in (x.shape[3], x.shape[2]):
            kernel, stride = self.kernel_size[0], self.stride[0]
            total = max((-(-extent // stride) - 1) * stride + kernel - extent, 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, pads), self.weight, None, self.stride, 0, 1, self.groups)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=EPS)


class Block(nn.Module):
    def __init__(self, channels_in, channels, kernel, stride, expansion):
        super().__init__()
        middle = channels_in * expansion
        if expansion > 1:
            self._expand_conv = SameConv(channels_in, middle, 1, bias=False)
            self._bn0 = norm(middle)
        self._depthwise_conv = SameConv(middle, middle, kernel, stride, groups=middle, bias=False)
        self._bn1 = norm(middle)
        self._project_conv = SameConv(middle, channels, 1, bias=False)
        self._bn2 = norm(channels)
        self.expands = expansion > 1
        self.is_residual = stride == 1 and channels_in == channels

    def forward(self, x):
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.is_residual else y


class EfficientNetLite(nn.Module):
    """width: channels of the stem, 32 as published; `with_head` adds the classifier of 1000 classes."""

    def __init__(self, name, width=32, with_head=False):
        super().__init__()
        self._conv_stem = SameConv(3, width, 3, 2, bias=False)
        self._bn0 = norm(width)
        blocks, channels_in, self.ends = [], width, {}
        for row, (count, kernel, stride, expansion, channels) in enumerate(groups_of(name)):
            channels = channels * width // 32
            for i in range(count):
                blocks.append(Block(channels_in, channels, kernel, stride if i == 0 else 1, expansion))
                channels_in = channels
            if row in ENDS:
                self.ends[len(blocks) - 1] = ENDS[row]
        self._blocks = nn.ModuleList(blocks)
        if with_head:
            self._conv_head = SameConv(channels_in, 1280, 1, bias=False)
            self._bn1 = norm(1280)
            self._fc = nn.Linear(1280, 1000)

    def maps(self, x):
        """The maps C2…C5 by name."""
        x = F.relu6(self._bn0(self._conv_stem(x)))
        found = {}
        for i, block in enumerate(self._blocks):
            x = block(x)
            if i in self.ends:
                found[self.ends[i]] = x
        return found

    def forward(self, x):
        """The logits of the 1000 classes."""
        x = F.relu6(self._bn1(self._conv_head(self.maps(x)["c5"])))
        return self._fc(x.mean((2, 3)))
