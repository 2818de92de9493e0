"""Seeded weights with which an untrained torchvision detector behaves like a trained one.

With plain random weights the activations of a deep detector vanish or explode, every score is the same and
no detection survives, so a comparison of two implementations would see nothing. `condition` draws random
weights and then, running pictures through the model layer by layer, rescales each layer:
 - batch norm, frozen or not, gets the real statistics of its input (over channels whose scale differs a
   hundredfold, so that a wrong epsilon shows) and outputs near mean 0, deviation 1; group norm takes them itself;
 - convolutions and linear layers without a norm output mean 0, deviation 1;
 - objectness is spread over several units, box deltas are moderate, class scores are decisive for many
   classes, and the background's bias is searched so that the wanted number of detections survives;
 - mask logits are spread over about ±3, and heat maps over about ±6.

Not run on its own: the other scripts of this folder import it. Works for every torchvision `FasterRCNN` or
`MaskRCNN` with FPN, whatever the norm and the heads.
"""
import torch
from torch import nn
from torchvision.ops import FrozenBatchNorm2d

_NORMS = (nn.BatchNorm2d, FrozenBatchNorm2d, nn.GroupNorm)
_LAYERS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)

# RoIAlign and the RPN share their heads between levels, so higher levels with slightly larger features score
# more widely; without it nearly all proposals would be the many small ones of P2.
_LEVEL_GAIN = (1.0, 1.2, 1.5, 1.8)
_OBJECTNESS_SPREAD, _OBJECTNESS_MEAN = 1.5, -3.0
_RPN_DELTA_SPREAD = 0.25
_CLASS_SPREAD = 3.5
_BOX_DELTA_SPREAD = 0.8
_MASK_SPREAD = 1.7
_KEYPOINT_SPREAD = 3.0


@torch.no_grad()
def condition(model, images, seed, detections):
    """Sets every weight of `model` (put into eval mode).

    images: float tensors [3, h, w] in 0…1 on which the statistics are taken.
    detections: how many should survive the score threshold and NMS on average over the images, counted
    before the cut to the model's `detections_per_img`.
    """
    model.eval()
    generator = torch.Generator().manual_seed(seed)
    _draw(model, generator)
    inputs, _ = model.transform(images)

    hooks = _measure(model.backbone, generator)
    features = model.backbone(inputs.tensors)
    _remove(hooks)
    for block, gain in zip(model.backbone.fpn.layer_blocks, _LEVEL_GAIN):
        _scale_output(block[-1], gain)
    features = model.backbone(inputs.tensors)

    _condition_rpn(model.rpn.head, list(features.values()))
    proposals, _ = model.rpn(inputs, features)
    heads, sizes = model.roi_heads, inputs.image_sizes
    logits, deltas = _condition_box_branch(heads, features, proposals, sizes, generator)
    logits = _choose_background_bias(heads, logits, deltas, (proposals, sizes), detections)
    boxes, _, _ = heads.postprocess_detections(logits, deltas, proposals, sizes)
    if heads.has_mask():
        _condition_mask_branch(heads, features, boxes, sizes, generator)
    if heads.has_keypoint():
        _condition_keypoint_branch(heads, features, boxes, sizes, generator)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def _draw(model, generator):
    for module in model.modules():
        if not isinstance(module, _LAYERS):
            continue
        weight = module.weight
        fan_in = weight.shape[0] if isinstance(module, nn.ConvTranspose2d) else weight[0].numel()
        weight.copy_(torch.randn(weight.shape, generator=generator) * (2 / fan_in) ** 0.5)
        if module.bias is not None:
            module.bias.zero_()


def _measure(root, generator):
    """Hooks under `root` that set each layer when it first runs; the layers after it see the result."""
    last_of_block = {id(getattr(m, "bn3", getattr(m, "bn2", None))) for m in root.modules() if hasattr(m, "bn2")}
    hooks = []
    for module in root.modules():
        if isinstance(module, _NORMS):
            gain = 0.5 if id(module) in last_of_block else 1.0
            hooks.append(module.register_forward_pre_hook(_norm_hook(gain, generator)))
        elif isinstance(module, _LAYERS) and module.bias is not None:
            hooks.append(module.register_forward_hook(_layer_hook(generator)))
        elif isinstance(module, _LAYERS):
            # the norm that follows undoes this, exactly so only with the right epsilon
            channels = torch.rand(module.weight.shape[0], generator=generator)
            module.weight.mul_(_over_channels(0.01**channels, module.weight))
    return hooks


def _remove(hooks):
    for hook in hooks:
        hook.remove()


def _norm_hook(gain, generator):
    def hook(module, arguments):
        (x,) = arguments
        if x.numel() == 0:
            raise RuntimeError("no RoI to take statistics from")
        if not isinstance(module, nn.GroupNorm):
            module.running_mean.copy_(x.mean((0, 2, 3)))
            module.running_var.copy_(x.var((0, 2, 3), unbiased=False).clamp_min(1e-5))
        count = module.weight.shape
        module.weight.copy_(gain * (0.7 + 0.6 * torch.rand(count, generator=generator)))
        module.bias.copy_(gain * 0.3 * torch.randn(count, generator=generator))

    return hook


def _layer_hook(generator):
    def hook(module, _arguments, y):
        if y.numel() == y.shape[1]:
            # squeeze-and-excitation: one value for each channel has no statistics
            return y
        y = _standardise(module, [y], 1.0, 0.0)[0]
        shift = 0.1 * torch.randn(module.bias.shape, generator=generator)
        module.bias.add_(shift)
        return y + shift.view(1, -1, *[1] * (y.dim() - 2))

    return hook


def _standardise(module, outputs, spread, mean):
    """Rescales `module` so that each channel of its outputs (a list of [N, C, …]) has this spread and mean.
    Returns the outputs that it would have given."""
    flat = torch.cat([y.transpose(0, 1).flatten(1) for y in outputs], dim=1)
    scale = spread / flat.std(1).clamp_min(1e-3)
    shift = mean - flat.mean(1) * scale
    module.weight.mul_(_over_channels(scale, module.weight, isinstance(module, nn.ConvTranspose2d)))
    module.bias.copy_(module.bias * scale + shift)
    shape = [1, -1, *[1] * (outputs[0].dim() - 2)]
    return [y * scale.view(shape) + shift.view(shape) for y in outputs]


def _over_channels(values, weight, transposed=False):
    shape = [1] * weight.dim()
    shape[1 if transposed else 0] = -1
    return values.view(shape)


def _scale_output(module, gain):
    module.weight.mul_(gain)
    module.bias.mul_(gain)


def _condition_rpn(head, features):
    for block in head.conv:
        outputs = _standardise(block[0], [block[0](x) for x in features], 1.0, 0.0)
        features = [y.relu() for y in outputs]
    logits = [head.cls_logits(x) for x in features]
    _standardise(head.cls_logits, logits, _OBJECTNESS_SPREAD, _OBJECTNESS_MEAN)
    _standardise(head.bbox_pred, [head.bbox_pred(x) for x in features], _RPN_DELTA_SPREAD, 0.0)


def _condition_box_branch(heads, features, proposals, sizes, generator):
    hooks = _measure(heads.box_head, generator)
    x = heads.box_head(heads.box_roi_pool(features, proposals, sizes))
    _remove(hooks)
    predictor = heads.box_predictor
    (logits,) = _standardise(predictor.cls_score, [predictor.cls_score(x)], _CLASS_SPREAD, 0.0)
    (deltas,) = _standardise(predictor.bbox_pred, [predictor.bbox_pred(x)], _BOX_DELTA_SPREAD, 0.0)
    return logits, deltas


def _choose_background_bias(heads, logits, deltas, regions, wanted):
    """Bisects the bias of class 0 for the largest with at least the wanted number of detections.
    Returns the logits with it."""
    proposals, sizes = regions

    def with_bias(quarters):
        bias = torch.zeros_like(logits[0])
        bias[0] = quarters / 4
        return logits + bias

    limit, heads.detections_per_img = heads.detections_per_img, 10**6
    low, high = -40, 160  # in quarters: bisecting to the end would leave a score on the threshold
    while high - low > 1:
        middle = (low + high) // 2
        boxes, _, _ = heads.postprocess_detections(with_bias(middle), deltas, proposals, sizes)
        if sum(len(b) for b in boxes) / len(boxes) > wanted:
            low = middle
        else:
            high = middle
    heads.detections_per_img = limit
    heads.box_predictor.cls_score.bias[0] += low / 4
    return with_bias(low)


def _condition_mask_branch(heads, features, boxes, sizes, generator):
    hooks = _measure(heads.mask_head, generator)
    x = heads.mask_head(heads.mask_roi_pool(features, boxes, sizes))
    _remove(hooks)
    predictor = heads.mask_predictor
    y = _standardise(predictor.conv5_mask, [predictor.conv5_mask(x)], 1.0, 0.0)[0].relu()
    logits = predictor.mask_fcn_logits
    _standardise(logits, [logits(y)], _MASK_SPREAD, 0.0)


def _condition_keypoint_branch(heads, features, boxes, sizes, generator):
    hooks = _measure(heads.keypoint_head, generator)
    x = heads.keypoint_head(heads.keypoint_roi_pool(features, boxes, sizes))
    _remove(hooks)
    low = heads.keypoint_predictor.kps_score_lowres
    _standardise(low, [low(x)], _KEYPOINT_SPREAD, 0.0)
