"""Builds torchvision's detectors by name, untrained, as they are when their published weights are loaded.

Not run on its own: the other scripts of this folder import it.
"""
from torch import nn
from torchvision.models import mobilenet_v3_large, resnet
from torchvision.models.detection import (
    FasterRCNN,
    KeypointRCNN,
    MaskRCNN,
    fasterrcnn_mobilenet_v3_large_320_fpn,
    fasterrcnn_mobilenet_v3_large_fpn,
    fasterrcnn_resnet50_fpn_v2,
    maskrcnn_resnet50_fpn_v2,
)
from torchvision.models.detection.backbone_utils import BackboneWithFPN, _resnet_fpn_extractor
from torchvision.ops import FrozenBatchNorm2d

_V2 = {"maskrcnn_resnet50_fpn_v2": maskrcnn_resnet50_fpn_v2, "fasterrcnn_resnet50_fpn_v2": fasterrcnn_resnet50_fpn_v2}
_KINDS = {"maskrcnn": MaskRCNN, "fasterrcnn": FasterRCNN, "keypointrcnn": KeypointRCNN}
_BODIES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d"]

_MOBILE = {
    "fasterrcnn_mobilenet_v3_large_fpn": fasterrcnn_mobilenet_v3_large_fpn,
    "fasterrcnn_mobilenet_v3_large_320_fpn": fasterrcnn_mobilenet_v3_large_320_fpn,
}
# torchvision has no builder for it, but all its parts
_MOBILE_MASK = "maskrcnn_mobilenet_v3_large_fpn"

ARCHITECTURES = [*_V2, *_MOBILE, _MOBILE_MASK, *(f"{kind}_{body}_fpn" for kind in _KINDS for body in _BODIES)]


def build(arch, eps=1e-5, **options):
    """An untrained detector with 91 classes, or 2 and 17 joints.

    arch: `KIND_BODY_fpn`, which has frozen batch norm as torchvision's functions have with pretrained
    weights, or one of the two v2 architectures or of torchvision's two on MobileNet, which have ordinary batch norm.
    eps: of the frozen batch norm; torchvision uses 0 with its COCO v1 files.
    """
    if arch in _V2:
        return _V2[arch](weights=None, weights_backbone=None, **options)
    if arch in _MOBILE:
        return _MOBILE[arch](weights=None, weights_backbone=None, **options)
    if arch == _MOBILE_MASK:
        features = mobilenet_v3_large(weights=None, norm_layer=FrozenBatchNorm2d).features
        ends = {"3": "0", "6": "1", "12": "2", "16": "3"}
        model = MaskRCNN(BackboneWithFPN(features, ends, [24, 40, 112, 960], 256), num_classes=91, **options)
        set_eps(model, eps)
        return model
    kind, body = arch[: -len("_fpn")].split("_", 1)
    backbone = getattr(resnet, body)(weights=None, norm_layer=FrozenBatchNorm2d)
    classes = 2 if kind == "keypointrcnn" else 91
    model = _KINDS[kind](_resnet_fpn_extractor(backbone, 3), num_classes=classes, **options)
    set_eps(model, eps)
    return model


def set_eps(model: nn.Module, eps):
    """Sets the epsilon of every frozen batch norm, as torchvision's `overwrite_eps` does."""
    for module in model.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.eps = eps
