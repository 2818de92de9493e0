"""Builds torchvision's detectors by name, untrained, as they are when their published weights are loaded.

Not run on its own: the other scripts of this folder import it.
"""
from torch import nn
from torchvision.models import resnet
from torchvision.models.detection import (
    FasterRCNN,
    MaskRCNN,
    fasterrcnn_resnet50_fpn_v2,
    maskrcnn_resnet50_fpn_v2,
)
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.ops import FrozenBatchNorm2d

_V2 = {"maskrcnn_resnet50_fpn_v2": maskrcnn_resnet50_fpn_v2, "fasterrcnn_resnet50_fpn_v2": fasterrcnn_resnet50_fpn_v2}
_KINDS = {"maskrcnn": MaskRCNN, "fasterrcnn": FasterRCNN}
_BODIES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d"]

ARCHITECTURES = [*_V2, *(f"{kind}_{body}_fpn" for kind in _KINDS for body in _BODIES)]


def build(arch, eps=1e-5, **options):
    """An untrained detector with 91 classes.

    arch: `KIND_BODY_fpn`, which has frozen batch norm as torchvision's functions have with pretrained
    weights, or one of the two v2 architectures, which have ordinary batch norm.
    eps: of the frozen batch norm; torchvision uses 0 with its COCO v1 files.
    """
    if arch in _V2:
        return _V2[arch](weights=None, weights_backbone=None, **options)
    kind, body = arch[: -len("_fpn")].split("_", 1)
    backbone = getattr(resnet, body)(weights=None, norm_layer=FrozenBatchNorm2d)
    model = _KINDS[kind](_resnet_fpn_extractor(backbone, 3), num_classes=91, **options)
    set_eps(model, eps)
    return model


def set_eps(model: nn.Module, eps):
    """Sets the epsilon of every frozen batch norm, as torchvision's `overwrite_eps` does."""
    for module in model.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.eps = eps
