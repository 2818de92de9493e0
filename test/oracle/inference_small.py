"""Writes `test/golden/inference/`: tiny torchvision detectors with everything that each stage of them
computes on two tiny pictures. The layout is described in the README there.

    /usr/bin/python3 test/oracle/inference_small.py [MODEL …]

With names of models, only these are made again.

Needs torch and torchvision 0.14. Seeds are searched until no discrete decision (top-k, NMS, thresholds)
is close, so an implementation that rounds differently still has to decide alike; the same decisions are
required of torchvision itself run in float64, and the largest differences between its float32 and float64
stages are written down as the noise that a comparison must allow.
"""
import copy
import json
import os
import sys

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.models.detection import FasterRCNN, MaskRCNN
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.faster_rcnn import FastRCNNConvFCHead, FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.keypoint_rcnn import KeypointRCNNHeads, KeypointRCNNPredictor
from torchvision.models.detection.mask_rcnn import MaskRCNNHeads, MaskRCNNPredictor
from torchvision.models.detection.rpn import AnchorGenerator, RPNHead
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.ops import FrozenBatchNorm2d, MultiScaleRoIAlign

from conditioned import condition
from pictures import photo_like
from safetensors_io import write_safetensors
from published_layout import save_weights
from stages import encode_runs, margins, run_stages, to_input

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "inference")
CATEGORIES = ["ant", "bee", "cat", "dog"]
CLASSES = len(CATEGORIES) + 1
GROUPS = 2

# name → height, width, seed; the first is enlarged, the second hits max_size and is shrunk
PICTURES = {"enlarged": (64, 90, 11), "shrunk": (70, 200, 12)}

LIMITS = dict(
    min_size=96,
    max_size=160,
    rpn_pre_nms_top_n_test=120,
    rpn_post_nms_top_n_test=60,
    box_detections_per_img=10,
)

# every n-th value of the flattened tensor is kept of what is large and checked by value alone
SAMPLED = {"input": 7, "p2": 11, "p3": 5, "p4": 3, "box.pooled": 37, "mask.pooled": 37, "mask.logits": 29, "keypoint.heatMaps": 41}


class NarrowResNet(ResNet):
    """torchvision's ResNet with `width` channels in the stem instead of 64, and 1, 2, 4, 8 times as many
    in the stages."""

    def __init__(self, block, layers, width, norm_layer):
        self._width = width
        super().__init__(block, layers, num_classes=1, norm_layer=norm_layer)
        self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = norm_layer(width)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        if planes == 64:
            self.inplanes = self._width
        return super()._make_layer(block, planes * self._width // 64, blocks, stride, dilate)


def with_fpn(block, layers, width, channels, norms):
    body_norm, fpn_norm = norms
    body = NarrowResNet(block, layers, width, body_norm)
    last = [width * block.expansion * scale for scale in (1, 2, 4, 8)]
    names = {f"layer{i + 1}": str(i) for i in range(4)}
    return BackboneWithFPN(body, names, last, channels, norm_layer=fpn_norm)


def anchors(ratios):
    return AnchorGenerator(((8,), (16,), (32,), (64,), (128,)), (ratios,) * 5)


def mask_v1():
    """The 2017 recipe: frozen batch norm in the backbone, biases elsewhere."""
    backbone = with_fpn(BasicBlock, [2, 2, 2, 2], 4, 12, (FrozenBatchNorm2d, None))
    generator = anchors((0.5, 2.0))
    return MaskRCNN(
        backbone,
        rpn_anchor_generator=generator,
        rpn_head=RPNHead(12, 2),
        box_head=TwoMLPHead(12 * 49, 20),
        box_predictor=FastRCNNPredictor(20, CLASSES),
        mask_head=MaskRCNNHeads(12, (12, 12, 12, 16), 1),
        mask_predictor=MaskRCNNPredictor(16, 12, CLASSES),
        **LIMITS,
    )


def normed(norm, ratios, rpn_convolutions):
    """A norm wherever torchvision lets one be chosen, and a convolutional box head."""
    return MaskRCNN(
        with_fpn(BasicBlock, [2, 2, 2, 2], 4, 12, (norm, norm)),
        rpn_anchor_generator=anchors(ratios),
        rpn_head=RPNHead(12, len(ratios), conv_depth=rpn_convolutions),
        box_head=FastRCNNConvFCHead((12, 7, 7), [16, 12], [16], norm_layer=norm),
        box_predictor=FastRCNNPredictor(16, CLASSES),
        mask_head=MaskRCNNHeads(12, (16, 12), 1, norm_layer=norm),
        mask_predictor=MaskRCNNPredictor(12, 8, CLASSES),
        **LIMITS,
    )


# the package's configuration of its heads
NORMED_HEADS = {
    "channels": 12,
    "boxConvolutions": [16, 12],
    "fullyConnected": [16],
    "maskConvolutions": [16, 12],
    "deconvolution": 8,
}


def mask_v2():
    """The v2 recipe: batch norm everywhere, two RPN convolutions."""
    return normed(nn.BatchNorm2d, (0.5, 1.0, 2.0), 2)


def mask_gn():
    """Group norm in the places that it has in Detectron2's models."""
    return normed(lambda channels: nn.GroupNorm(GROUPS, channels), (0.5, 2.0), 1)


JOINTS = ["nose", "left wing", "right wing", "tail"]


def mask_pose():
    """Mask and keypoint branch in one model, as `RoIHeads` allows though no builder of torchvision makes it."""
    model = mask_v1()
    heads = model.roi_heads
    heads.keypoint_roi_pool = MultiScaleRoIAlign(["0", "1", "2", "3"], output_size=14, sampling_ratio=2)
    heads.keypoint_head = KeypointRCNNHeads(12, (16, 12, 20))
    heads.keypoint_predictor = KeypointRCNNPredictor(20, len(JOINTS))
    return model


def faster_bottleneck():
    """Faster R-CNN on bottleneck blocks with frozen batch norm of epsilon 0, as torchvision runs its COCO
    v1 files."""
    backbone = with_fpn(Bottleneck, [3, 4, 6, 3], 2, 8, (FrozenBatchNorm2d, None))
    for module in backbone.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.eps = 0.0
    generator = anchors((0.5, 2.0))
    return FasterRCNN(
        backbone,
        rpn_anchor_generator=generator,
        rpn_head=RPNHead(8, 2),
        box_head=TwoMLPHead(8 * 49, 24),
        box_predictor=FastRCNNPredictor(24, CLASSES),
        **LIMITS,
    )


def config_of(backbone, eps, ratios, heads):
    """The package's own configuration of a model above. heads: the parts that differ between them."""
    recipe = heads["norm"]
    norm = {"kind": recipe, "eps": 1e-5}
    if recipe == "groupNorm":
        norm["groups"] = GROUPS
    config = {
        "preprocess": {"minSize": LIMITS["min_size"], "maxSize": LIMITS["max_size"]},
        "backbone": {
            "name": backbone["name"],
            "norm": {"kind": "frozenBatchNorm", "eps": eps} if recipe == "none" else norm,
            "width": backbone["width"],
        },
        "fpn": {"channels": heads["channels"], "norm": norm},
        "rpn": {
            "convolutions": 2 if recipe == "batchNorm" else 1,
            "anchors": {"sizes": [[8], [16], [32], [64], [128]], "aspectRatios": [ratios] * 5},
            "preNmsTopN": LIMITS["rpn_pre_nms_top_n_test"],
            "postNmsTopN": LIMITS["rpn_post_nms_top_n_test"],
        },
        "box": {
            "head": {
                "pool": {"resolution": 7},
                "convolutions": heads.get("boxConvolutions", []),
                "norm": norm,
                "fullyConnected": heads["fullyConnected"],
            },
            "detectionsPerImage": LIMITS["box_detections_per_img"],
        },
        "mask": None,
        "categories": [{"id": i + 1, "name": name} for i, name in enumerate(CATEGORIES)],
    }
    if "maskConvolutions" in heads:
        config["mask"] = {
            "pool": {"resolution": 14},
            "convolutions": heads["maskConvolutions"],
            "norm": norm,
            "deconvolution": heads["deconvolution"],
        }
    if "keypointConvolutions" in heads:
        config["keypoint"] = {
            "pool": {"resolution": 14},
            "convolutions": heads["keypointConvolutions"],
            "names": JOINTS,
            "skeleton": [[1, 2], [1, 3], [1, 4]],
        }
    return config


MODELS = {
    "mask-v1": (
        mask_v1,
        ["enlarged", "shrunk"],
        config_of(
            {"name": "resnet18", "width": 4},
            1e-5,
            [0.5, 2.0],
            {
                "norm": "none",
                "channels": 12,
                "fullyConnected": [20, 20],
                "maskConvolutions": [12, 12, 12, 16],
                "deconvolution": 12,
            },
        ),
    ),
    "mask-pose": (
        mask_pose,
        ["shrunk"],
        config_of(
            {"name": "resnet18", "width": 4},
            1e-5,
            [0.5, 2.0],
            {
                "norm": "none",
                "channels": 12,
                "fullyConnected": [20, 20],
                "maskConvolutions": [12, 12, 12, 16],
                "deconvolution": 12,
                "keypointConvolutions": [16, 12, 20],
            },
        ),
    ),
    "mask-v2": (
        mask_v2,
        ["enlarged"],
        config_of(
            {"name": "resnet18", "width": 4},
            1e-5,
            [0.5, 1.0, 2.0],
            {"norm": "batchNorm", **NORMED_HEADS},
        ),
    ),
    "mask-gn": (
        mask_gn,
        ["enlarged"],
        config_of(
            {"name": "resnet18", "width": 4},
            1e-5,
            [0.5, 2.0],
            {"norm": "groupNorm", **NORMED_HEADS},
        ),
    ),
    "faster-bottleneck": (
        faster_bottleneck,
        ["shrunk"],
        config_of(
            {"name": "resnet50", "width": 2},
            0.0,
            [0.5, 2.0],
            {"norm": "none", "channels": 8, "fullyConnected": [24, 24]},
        ),
    ),
}

# stored as torchvision's files of 2019 are: not a zip, and with the keys of that time
LEGACY = ["faster-bottleneck"]

# A seed is unfit if a decision is closer than this: at least ten times what float32 rounding moves (see
# `float64Difference` in the manifest; IoU moves by about the box's error over its side).
REQUIRED = {
    "rpnTopK": 1e-3,
    "rpnNms": 1e-3,
    "rpnPostNms": 2e-4,
    "score": 2e-3,
    "boxNms": 5e-3,
    "topDetections": 2e-3,
    "order": 1e-3,
}


# and if float32 rounding moves a class logit by more than this (narrow layers may amplify it)
MOST_NOISE = 1e-3


def find_weights(build, images):
    """The first fit seed. Returns it, the model, and for each image the stages, margins and noise."""
    for seed in range(2000):
        torch.manual_seed(0)
        model = condition(build(), [to_input(image) for image in images], seed, detections=16)
        runs = [run_stages(model, image) for image in images]
        found = [margins(model, stages) for stages in runs]
        if not all(is_clear(m, s) for m, s in zip(found, runs)):
            continue
        rounding = [noise(model, image, stages) for image, stages in zip(images, runs)]
        # Rounding must not decide either between two places of a heat map.
        jumps = max(r.get("keypoints.points", 0) for r in rounding) > MOST_NOISE
        if max(r["box.logits"] for r in rounding) <= MOST_NOISE and not jumps:
            return seed, model, list(zip(runs, found, rounding))
    raise RuntimeError("no seed gives clear decisions: loosen REQUIRED")


def is_clear(found, stages):
    """Whether every decision is clear, and every one of them takes place."""
    clear = all(found[name] is not None and found[name] >= least for name, least in REQUIRED.items())
    return clear and len(stages["detections.labels"].unique()) >= 3


def noise(model, image, stages):
    """Largest difference of each stage between torchvision in float32 and in float64; the run in float64
    must decide everything alike."""
    double = copy.deepcopy(model).double()
    exact = run_stages(double, image)
    for name in ("proposals", "detections.labels"):
        if exact[name].shape != stages[name].shape:
            raise RuntimeError(f"{name} differs in float64: {exact[name].shape}")
    if not torch.equal(exact["detections.labels"], stages["detections.labels"]):
        raise RuntimeError("the labels differ in float64")
    return {
        name: float((exact[name] - value.double()).abs().max())
        for name, value in stages.items()
        if value.is_floating_point() and value.numel()
    }


def tensors_of(stages):
    """The stages as they are stored: see the README beside the files."""
    tensors = {}
    for name, value in stages.items():
        if name == "result.masks":
            tensors["masks.runs"], tensors["masks.runCounts"] = encode_runs(value > 0.5)
            continue
        array = value.numpy()
        if array.dtype == np.int64:
            array = array.astype(np.int32)
        step = SAMPLED.get(name)
        if step:
            tensors[f"{name}.shape"] = np.array(array.shape, np.int32)
            tensors[f"{name}.every{step}"] = array.reshape(-1)[::step]
        else:
            tensors[name] = array
    return tensors


def main():
    os.makedirs(OUT, exist_ok=True)
    pictures = {name: photo_like(*shape) for name, shape in PICTURES.items()}
    write_safetensors(os.path.join(OUT, "pictures.safetensors"), pictures)
    manifest = {
        "script": "test/oracle/inference_small.py",
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "models": {},
    }
    if len(sys.argv) > 1:
        with open(os.path.join(OUT, "manifest.json")) as file:
            manifest["models"] = json.load(file)["models"]
    for name, (build, names, config) in MODELS.items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        images = [pictures[n] for n in names]
        seed, model, found = find_weights(build, images)
        save_weights(model, os.path.join(OUT, f"{name}.pth"), legacy=name in LEGACY)
        entry = {"weights": f"{name}.pth", "seed": seed, "config": config, "pictures": {}}
        for picture, (stages, margin, rounding) in zip(names, found):
            file = f"{name}.{picture}.safetensors"
            write_safetensors(os.path.join(OUT, file), tensors_of(stages))
            entry["pictures"][picture] = {
                "stages": file,
                "proposals": len(stages["proposals"]),
                "detections": len(stages["detections.boxes"]),
                "margins": margin,
                "float64Difference": rounding,
            }
        manifest["models"][name] = entry
        counts = [p["detections"] for p in entry["pictures"].values()]
        print(f"{name}: seed {seed}, detections {counts}", file=sys.stderr)
    with open(os.path.join(OUT, "manifest.json"), "w") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
