"""Mask R-CNN as Detectron2 documents it, built again from torch's layers: structures C4, DC5 and FPN.

Not run on its own: `detectron2_golden.py` and `detectron2_layout.py` import it. Sources: Detectron2's documentation and
configuration files (`Base-RCNN-C4.yaml`, `-DilatedC5.yaml`, `-FPN.yaml`, `mask_rcnn_R_50_FPN_3x_gn.yaml`): names of
parameters, blue-green-red in 0…255 less a mean, the stride of a bottleneck in its 1×1 convolution but with group norm, RoIAlign aligned with an adaptive number of samples,
anchors without rounding or offset (sizes outside, ratios inside), the background as the last class, boxes for each
class but the background, masks sampled at pixel centres.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.ops import FrozenBatchNorm2d, batched_nms, roi_align

from conditioned import _draw, _measure, _remove, _standardise

MEAN = (103.53, 116.28, 123.675)
CODING = (10.0, 10.0, 5.0, 5.0)
RATIOS = (0.5, 1.0, 2.0)
FPN_STRIDES = {"p2": 4, "p3": 8, "p4": 16, "p5": 32, "p6": 64}


class Conv(nn.Conv2d):
    """A convolution without bias and its norm, called `norm`; or one with a bias, where `norm` is None."""

    def __init__(self, inputs, outputs, kernel, stride=1, dilation=1, groups=1, norm=None):
        padding = dilation * (kernel // 2)
        super().__init__(inputs, outputs, kernel, stride, padding, dilation, groups, bias=norm is None)
        self.norm = norm and norm(outputs)

    def forward(self, x):
        y = super().forward(x)
        return y if self.norm is None else self.norm(y)


class Bottleneck(nn.Module):
    def __init__(self, inputs, middle, outputs, stride, dilation, layout):
        super().__init__()
        groups, norm = layout["groups"], layout["norm"]
        self.shortcut = Conv(inputs, outputs, 1, stride, norm=norm) if inputs != outputs else None
        in_1x1 = groups == 1 and norm is FrozenBatchNorm2d
        first, second = (stride, 1) if in_1x1 else (1, stride)
        self.conv1 = Conv(inputs, middle, 1, first, norm=norm)
        self.conv2 = Conv(middle, middle, 3, second, dilation, groups, norm)
        self.conv3 = Conv(middle, outputs, 1, norm=norm)

    def forward(self, x):
        y = self.conv3(F.relu(self.conv2(F.relu(self.conv1(x)))))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


def stage(layout, index, stride, dilation=1):
    """res2 … res5 are 0 … 3."""
    outputs = 4 * layout["width"] * 2**index
    inputs = layout["width"] if index == 0 else outputs // 2
    middle = layout["width"] * 2**index * layout["group_width"] * layout["groups"] // 64
    blocks = []
    for i in range(layout["blocks"][index]):
        blocks.append(
            Bottleneck(inputs if i == 0 else outputs, middle, outputs, stride if i == 0 else 1, dilation, layout))
    return nn.Sequential(*blocks)


def resnet_layout(blocks, width=64, groups=1, group_width=64, norm=FrozenBatchNorm2d):
    return {"blocks": blocks, "width": width, "groups": groups, "group_width": group_width, "norm": norm}


class ResNet(nn.Module):
    def __init__(self, layout, structure):
        super().__init__()
        self.stem = nn.ModuleDict({"conv1": Conv(3, layout["width"], 7, 2, norm=layout["norm"])})
        self.res2 = stage(layout, 0, 1)
        self.res3 = stage(layout, 1, 2)
        self.res4 = stage(layout, 2, 2)
        if structure != "c4":
            self.res5 = stage(layout, 3, *((1, 2) if structure == "dc5" else (2,)))

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem["conv1"](x)), 3, 2, 1)
        maps = {}
        for name in ("res2", "res3", "res4", "res5"):
            if hasattr(self, name):
                x = maps[name] = getattr(self, name)(x)
        return maps


class Pyramid(nn.Module):
    def __init__(self, layout, channels, norm):
        super().__init__()
        self.bottom_up = ResNet(layout, "fpn")
        for level in range(2, 6):
            inputs = 4 * layout["width"] * 2 ** (level - 2)
            setattr(self, f"fpn_lateral{level}", Conv(inputs, channels, 1, norm=norm))
            setattr(self, f"fpn_output{level}", Conv(channels, channels, 3, norm=norm))

    def forward(self, x):
        maps = self.bottom_up(x)
        merged, out = None, {}
        for level in (5, 4, 3, 2):
            lateral = getattr(self, f"fpn_lateral{level}")(maps[f"res{level}"])
            merged = lateral if merged is None else lateral + F.interpolate(merged, scale_factor=2.0, mode="nearest")
            out[f"p{level}"] = getattr(self, f"fpn_output{level}")(merged)
        out["p6"] = F.max_pool2d(out["p5"], 1, 2)
        return {name: out[name] for name in FPN_STRIDES}


class Detectron(nn.Module):
    """heads: channels of the FPN and the mask convolutions (`channels`), of the fully connected layers (`fc`), and
    how many mask convolutions there are; with a `norm`, the FPN and the heads have it, and the box head has
    convolutions before the one fully connected layer (`boxConvolutions`). `classes` without the background."""

    def __init__(self, structure, layout, classes, heads, sizes=(32, 64, 128, 256, 512)):
        super().__init__()
        self.structure, self.classes, self.sizes = structure, classes, sizes
        channels = heads["channels"]
        last = 32 * layout["width"]
        norm = heads.get("norm")
        self.backbone = Pyramid(layout, channels, norm) if structure == "fpn" else ResNet(layout, structure)
        maps = {"fpn": channels, "c4": last // 2, "dc5": last}[structure]
        anchors = len(RATIOS) * (1 if structure == "fpn" else len(sizes))
        self.proposal_generator = nn.ModuleDict({"rpn_head": nn.ModuleDict({
            "conv": nn.Conv2d(maps, maps, 3, padding=1),
            "objectness_logits": nn.Conv2d(maps, anchors, 1),
            "anchor_deltas": nn.Conv2d(maps, 4 * anchors, 1),
        })})
        parts = {}
        if structure == "c4":
            parts["res5"] = stage(layout, 3, 2)
            features, mask_inputs, convolutions = last, last, 0
        else:
            fc = heads["fc"]
            box = {f"conv{i + 1}": Conv(maps, maps, 3, norm=norm) for i in range(heads.get("boxConvolutions", 0))}
            box["fc1"] = nn.Linear(maps * 49, fc)
            if norm is None:
                box["fc2"] = nn.Linear(fc, fc)
            parts["box_head"] = nn.ModuleDict(box)
            features, mask_inputs, convolutions = fc, maps, heads["convolutions"]
        parts["box_predictor"] = nn.ModuleDict({
            "cls_score": nn.Linear(features, classes + 1), "bbox_pred": nn.Linear(features, 4 * classes)})
        mask = {}
        for i in range(convolutions):
            mask[f"mask_fcn{i + 1}"] = Conv(mask_inputs if i == 0 else channels, channels, 3, norm=norm)
        mask["deconv"] = nn.ConvTranspose2d(channels if convolutions else mask_inputs, channels, 2, 2)
        mask["predictor"] = nn.Conv2d(channels, classes, 1)
        parts["mask_head"] = nn.ModuleDict(mask)
        self.roi_heads = nn.ModuleDict(parts)

    # stages

    def maps(self, x):
        """name → map, of the levels that the RPN works on."""
        out = self.backbone(x)
        if self.structure == "fpn":
            return out
        return {"c4": out["res4"]} if self.structure == "c4" else {"c5": out["res5"]}

    def strides(self):
        return FPN_STRIDES if self.structure == "fpn" else {"c4" if self.structure == "c4" else "c5": 16}

    def rpn(self, maps):
        head = self.proposal_generator["rpn_head"]
        hidden = {name: F.relu(head["conv"](x)) for name, x in maps.items()}
        return ({name: head["objectness_logits"](x) for name, x in hidden.items()},
                {name: head["anchor_deltas"](x) for name, x in hidden.items()})

    def pool(self, maps, rois, size):
        """rois [R, 5]: picture, box. Rows keep their order."""
        scales = {name: s for name, s in self.strides().items() if name != "p6"}
        if len(scales) == 1:
            ((name, stride),) = scales.items()
            return roi_align(maps[name], rois, size, 1 / stride, 0, True)
        area = (rois[:, 3] - rois[:, 1]) * (rois[:, 4] - rois[:, 2])
        levels = torch.floor(4 + torch.log2(area.sqrt() / 224 + 1e-8)).clamp(2, 5)
        out = rois.new_zeros(len(rois), maps["p2"].shape[1], size, size)
        for i, (name, stride) in enumerate(scales.items()):
            rows = torch.where(levels == i + 2)[0]
            out = out.index_put((rows,), roi_align(maps[name], rois[rows], size, 1 / stride, 0, True))
        return out

    def roi_features(self, maps, rois):
        """C4: what both branches share."""
        return self.roi_heads["res5"](self.pool(maps, rois, 14))

    def box_features(self, maps, rois):
        if self.structure == "c4":
            return self.roi_features(maps, rois).mean((2, 3))
        x = self.pool(maps, rois, 7)
        for name, layer in self.roi_heads["box_head"].items():
            x = F.relu(layer(x if name.startswith("conv") else x.flatten(1)))
        return x

    def mask_features(self, maps, rois):
        """Before the deconvolution."""
        if self.structure == "c4":
            return self.roi_features(maps, rois)
        x = self.pool(maps, rois, 14)
        head = self.roi_heads["mask_head"]
        for name in head:
            if name.startswith("mask_fcn"):
                x = F.relu(head[name](x))
        return x

    def mask_logits(self, maps, rois):
        head = self.roi_heads["mask_head"]
        return head["predictor"](F.relu(head["deconv"](self.mask_features(maps, rois))))

    def anchors(self, maps):
        """name → [h·w·A, 4], location outermost, then size, then ratio."""
        out = {}
        for i, (name, stride) in enumerate(self.strides().items()):
            sizes = self.sizes[i:i + 1] if self.structure == "fpn" else self.sizes
            cells = []
            for size in sizes:
                for ratio in RATIOS:
                    width = math.sqrt(size**2 / ratio)
                    height = ratio * width
                    cells.append([-width / 2, -height / 2, width / 2, height / 2])
            h, w = maps[name].shape[2:]
            y, x = torch.meshgrid(torch.arange(h) * stride, torch.arange(w) * stride, indexing="ij")
            shifts = torch.stack([x, y, x, y], -1).reshape(-1, 1, 4)
            out[name] = (shifts + torch.tensor(cells)).reshape(-1, 4).to(maps[name].dtype)
        return out


def decode(boxes, deltas, weights):
    """boxes [R, 4], deltas [R, 4]."""
    dx, dy, dw, dh = (deltas / torch.tensor(weights, dtype=deltas.dtype)).unbind(1)
    dw, dh = (d.clamp(max=math.log(1000 / 16)) for d in (dw, dh))
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    x, y = boxes[:, 0] + w / 2 + dx * w, boxes[:, 1] + h / 2 + dy * h
    w, h = dw.exp() * w, dh.exp() * h
    return torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 1)


def clip(boxes, size):
    return torch.stack([boxes[:, 0].clamp(0, size[1]), boxes[:, 1].clamp(0, size[0]),
                        boxes[:, 2].clamp(0, size[1]), boxes[:, 3].clamp(0, size[0])], 1)


def propose(model, maps, size, pre, post):
    objectness, deltas = model.rpn(maps)
    anchors = model.anchors(maps)
    boxes, scores, levels = [], [], []
    for i, name in enumerate(maps):
        logits = objectness[name].permute(0, 2, 3, 1).reshape(-1)
        moves = deltas[name].reshape(1, -1, 4, *deltas[name].shape[2:]).permute(0, 3, 4, 1, 2).reshape(-1, 4)
        top, chosen = logits.topk(min(pre, len(logits)))
        moved = clip(decode(anchors[name][chosen], moves[chosen], (1, 1, 1, 1)), size)
        keep = ((moved[:, 2:] - moved[:, :2]) > 0).all(1)
        boxes.append(moved[keep])
        scores.append(top[keep])
        levels.append(torch.full((int(keep.sum()),), i))
    boxes, scores, levels = torch.cat(boxes), torch.cat(scores), torch.cat(levels)
    keep = batched_nms(boxes.float(), scores.float(), levels, 0.7)[:post]
    return boxes[keep], scores[keep]


def rois_of(boxes):
    return torch.cat([boxes.new_zeros(len(boxes), 1), boxes], 1)


def detect(model, maps, proposals, size, threshold, limit):
    x = model.box_features(maps, rois_of(proposals))
    predictor = model.roi_heads["box_predictor"]
    logits, deltas = predictor["cls_score"](x), predictor["bbox_pred"](x)
    scores = logits.softmax(1)[:, :-1]
    rows, labels = torch.where(scores > threshold)
    chosen = deltas.reshape(len(deltas), -1, 4)[rows, labels]
    boxes = clip(decode(proposals[rows], chosen, CODING), size)
    keep = batched_nms(boxes.float(), scores[rows, labels].float(), labels, 0.5)[:limit]
    return logits, deltas, boxes[keep], scores[rows, labels][keep], labels[keep]


def paste(masks, boxes, size):
    """[D, side, side] in 0…1 → [D, h, w] in 0…1: the box is sampled at the centres of pixels."""
    y = torch.arange(size[0], dtype=masks.dtype) + 0.5
    x = torch.arange(size[1], dtype=masks.dtype) + 0.5
    x0, y0, x1, y1 = boxes.split(1, dim=1)
    y = (y - y0) / (y1 - y0) * 2 - 1
    x = (x - x0) / (x1 - x0) * 2 - 1
    grid = torch.stack([x[:, None, :].expand(-1, len(y[0]), -1), y[:, :, None].expand(-1, -1, len(x[0]))], 3)
    return F.grid_sample(masks[:, None], grid, align_corners=False)[:, 0]


def to_input(image, dtype=torch.float32):
    """uint8 RGB [h, w, 3] → [1, 3, h, w] blue, green, red less their means."""
    bgr = torch.from_numpy(image[:, :, ::-1].copy()).permute(2, 0, 1).to(dtype)
    return (bgr - torch.tensor(MEAN, dtype=dtype)[:, None, None])[None]


@torch.no_grad()
def condition(model, image, seed, limits):
    """Weights with which an untrained model behaves like a trained one; see `conditioned.py`."""
    generator = torch.Generator().manual_seed(seed)
    model.eval()
    _draw(model, generator)
    x, size = to_input(image), image.shape[:2]
    hooks = _measure(model.backbone, generator)
    maps = model.maps(x)
    _remove(hooks)
    head = model.proposal_generator["rpn_head"]
    hidden = [y.relu() for y in _standardise(head["conv"], [head["conv"](m) for m in maps.values()], 1.0, 0.0)]
    _standardise(head["objectness_logits"], [head["objectness_logits"](h) for h in hidden], 1.5, -3.0)
    _standardise(head["anchor_deltas"], [head["anchor_deltas"](h) for h in hidden], 0.25, 0.0)
    proposals, _ = propose(model, maps, size, limits["pre"], limits["post"])
    heads = model.roi_heads
    branch = heads["res5"] if model.structure == "c4" else heads["box_head"]
    hooks = _measure(branch, generator)
    features = model.box_features(maps, rois_of(proposals))
    _remove(hooks)
    predictor = heads["box_predictor"]
    _standardise(predictor["cls_score"], [predictor["cls_score"](features)], 2.0, 0.0)
    _standardise(predictor["bbox_pred"], [predictor["bbox_pred"](features)], 0.8, 0.0)
    boxes = proposals[:16]
    mask = heads["mask_head"]
    for name in mask:
        if name.startswith("mask_fcn"):
            hook = _measure(mask[name], generator)
            model.mask_features(maps, rois_of(boxes))
            _remove(hook)
    y = model.mask_features(maps, rois_of(boxes))
    y = _standardise(mask["deconv"], [mask["deconv"](y)], 1.0, 0.0)[0].relu()
    _standardise(mask["predictor"], [mask["predictor"](y)], 1.7, 0.0)
    return model
