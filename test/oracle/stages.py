"""Records what torchvision's own detector computes at each stage, by hooks on the running model.

Not run on its own: `inference.py` and `inference_small.py` import it.
"""
import numpy as np
import torch
from torchvision.models.detection.roi_heads import expand_boxes
from torchvision.ops import box_iou

LEVELS = ("p2", "p3", "p4", "p5", "p6")


@torch.no_grad()
def run_stages(model, image):
    """Runs `model` on one picture, uint8 RGB [h, w, 3]. Returns its stages by name, as torch tensors:

    input [1, 3, H, W] resized, normalised, padded with 0 · resizedSize [2] height, width before padding ·
    p2…p6 [1, C, h, w] · objectness.p2… [1, A, h, w] logits · deltas.p2… [1, 4A, h, w] ·
    proposals [R, 4], proposals.scores [R] · box.pooled [R, C, 7, 7] · box.logits [R, classes] ·
    box.deltas [R, 4·classes] · detections.boxes [D, 4] in the resized picture, .scores [D], .labels [D] ·
    mask.pooled [D, C, 14, 14] · mask.logits [D, classes, 28, 28] · mask.probabilities [D, 28, 28] of the
    detected class · keypoint.heatMaps [D, K, 56, 56] logits · keypoints.points [D, K, 2] in the resized picture,
    .scores [D, K] · result.boxes [D, 4] in the original picture · result.masks [D, h, w] pasted, 0…1 ·
    result.keypoints [D, K, 2] in the original picture.
    """
    stages = {}
    restore = _record(model, stages)
    try:
        dtype = next(model.parameters()).dtype
        (result,) = model([to_input(image, dtype)])
    finally:
        restore()
    stages["result.boxes"] = result["boxes"]
    if "masks" in result:
        stages["result.masks"] = result["masks"][:, 0]
    if "keypoints" in result:
        stages["result.keypoints"] = result["keypoints"][..., :2]
    return {name: value.clone() for name, value in stages.items()}


def to_input(image, dtype=torch.float32):
    """uint8 RGB [h, w, 3] as torchvision's `to_tensor` makes it: [3, h, w] in 0…1."""
    return torch.from_numpy(image).permute(2, 0, 1).contiguous().to(dtype).div(255)


def _record(model, stages):
    rpn, heads = model.rpn, model.roi_heads

    def on_transform(_module, _arguments, output):
        images, _ = output
        stages["input"] = images.tensors
        stages["resizedSize"] = torch.tensor(images.image_sizes[0], dtype=torch.int32)

    def on_backbone(_module, _arguments, output):
        stages.update(zip(LEVELS, output.values()))

    def on_rpn_head(_module, _arguments, output):
        for level, logits, deltas in zip(LEVELS, *output):
            stages[f"objectness.{level}"] = logits
            stages[f"deltas.{level}"] = deltas

    def on_box_predictor(_module, _arguments, output):
        stages["box.logits"], stages["box.deltas"] = output

    def on_heads(_module, _arguments, output):
        ((detections,), _losses) = output
        for name in ("boxes", "scores", "labels"):
            stages[f"detections.{name}"] = detections[name].clone()
        if "masks" in detections:
            stages["mask.probabilities"] = detections["masks"][:, 0].clone()
        if "keypoints" in detections:
            stages["keypoints.points"] = detections["keypoints"][..., :2].clone()
            stages["keypoints.scores"] = detections["keypoints_scores"].clone()

    def keep(name):
        return lambda _module, _arguments, output: stages.__setitem__(name, output)

    def filter_proposals(*arguments):
        boxes, scores = type(rpn).filter_proposals(rpn, *arguments)
        stages["proposals"], stages["proposals.scores"] = boxes[0], scores[0]
        return boxes, scores

    hooks = [
        model.transform.register_forward_hook(on_transform),
        model.backbone.register_forward_hook(on_backbone),
        rpn.head.register_forward_hook(on_rpn_head),
        heads.box_roi_pool.register_forward_hook(keep("box.pooled")),
        heads.box_predictor.register_forward_hook(on_box_predictor),
        heads.register_forward_hook(on_heads),
    ]
    if heads.has_mask():
        hooks.append(heads.mask_roi_pool.register_forward_hook(keep("mask.pooled")))
        hooks.append(heads.mask_predictor.register_forward_hook(keep("mask.logits")))
    if heads.has_keypoint():
        hooks.append(heads.keypoint_predictor.register_forward_hook(keep("keypoint.heatMaps")))
    rpn.filter_proposals = filter_proposals

    def restore():
        del rpn.filter_proposals
        for hook in hooks:
            hook.remove()

    return restore


def encode_runs(masks):
    """COCO RLE counts of bool masks [D, h, w]: for each, column by column, the lengths of alternating runs
    of 0 and 1, beginning with 0. Returns all of them in one int32 array and the number of runs of each."""
    runs = []
    for mask in np.asarray(masks):
        flat = mask.T.reshape(-1)
        edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
        bounds = np.concatenate(([0], edges, [flat.size]))
        if flat.size and flat[0]:
            bounds = np.concatenate(([0], bounds))
        runs.append(np.diff(bounds).astype(np.int32))
    lengths = np.array([len(r) for r in runs], np.int32)
    return np.concatenate(runs) if runs else np.zeros(0, np.int32), lengths


def _levels(stages):
    """Those that the RPN has; a pyramid on two maps has three."""
    return [level for level in LEVELS if f"objectness.{level}" in stages]


@torch.no_grad()
def margins(model, stages):
    """How far each discrete decision was from going the other way. Small numbers are places where an
    implementation that rounds differently may rightly disagree.

    rpnTopK: gap in objectness logit at the cut before NMS, smallest of the levels · rpnNms: smallest
    |IoU − threshold| of a proposal with a better kept one on its level · rpnPostNms: gap in score at the
    cut after NMS · score: smallest |score − threshold| · boxNms: like rpnNms, within each class · topDetections:
    gap at the cut to `detections_per_img` (null where nothing was cut) · order: smallest gap between two
    consecutive detections · detectionsBeforeCut: how many there were · maskPixels: pixels of the pasted masks
    within 1e-3 of the threshold 0.5 · pasteEdges: detections whose box, expanded for pasting and then cut to whole
    pixels, has an edge within 0.01 of a whole pixel, so that the mask may come out one row or column larger.
    """
    rpn, heads = model.rpn, model.roi_heads
    levels = [stages[f"objectness.{level}"].permute(0, 2, 3, 1).flatten() for level in _levels(stages)]
    count = rpn.pre_nms_top_n()
    cuts = []
    for level in levels:
        if level.numel() > count:
            top = level.topk(count + 1).values
            cuts.append(float(top[count - 1] - top[count]))

    wide = _wide_open(model, stages)
    size = tuple(int(v) for v in stages["resizedSize"])
    scores = stages["box.logits"].softmax(-1)[:, 1:]
    near = (scores - heads.score_thresh).abs()
    all_boxes, all_scores, all_labels = wide["detections"]
    limit = heads.detections_per_img
    kept = all_scores[:limit]
    masks = stages.get("result.masks")
    return {
        "rpnTopK": min(cuts) if cuts else None,
        "rpnNms": wide["rpnNms"],
        "rpnPostNms": wide["rpnPostNms"],
        "score": float(near.min()),
        "boxNms": _nms_margin(*_candidates(heads, stages, size), heads.nms_thresh),
        "topDetections": float(all_scores[limit - 1] - all_scores[limit]) if len(all_scores) > limit else None,
        "order": float((kept[:-1] - kept[1:]).min()) if len(kept) > 1 else None,
        "detectionsBeforeCut": len(all_scores),
        "maskPixels": int(((masks - 0.5).abs() < 1e-3).sum()) if masks is not None else None,
        "pasteEdges": _near_whole(stages["result.boxes"]) if masks is not None else None,
    }


def _near_whole(boxes):
    edges = expand_boxes(boxes, (28 + 2) / 28)
    return int(((edges - edges.round()).abs() < 0.01).any(1).sum())


def _wide_open(model, stages):
    """The same filters again with the last cuts lifted, to see what they cut."""
    rpn, heads = model.rpn, model.roi_heads
    size = tuple(int(v) for v in stages["resizedSize"])
    anchors = rpn.anchor_generator(
        _Images(stages["input"], [size]), [stages[level] for level in _levels(stages)]
    )
    per_level = [stages[f"objectness.{level}"].numel() for level in _levels(stages)]
    objectness = [stages[f"objectness.{level}"].permute(0, 2, 3, 1).reshape(-1) for level in _levels(stages)]
    deltas = [stages[f"deltas.{level}"].permute(0, 2, 3, 1).reshape(-1, 4) for level in _levels(stages)]
    boxes = rpn.box_coder.decode(torch.cat(deltas), anchors)[:, 0]

    # the candidates of each level's top-k, as filter_proposals sees them before NMS
    chosen, level_of = [], []
    start = 0
    for i, (logits, n) in enumerate(zip(objectness, per_level)):
        top = logits.topk(min(rpn.pre_nms_top_n(), n)).indices
        chosen.append(top + start)
        level_of.append(torch.full_like(top, i))
        start += n
    chosen, level_of = torch.cat(chosen), torch.cat(level_of)
    candidates = boxes[chosen].clone()
    candidates[:, 0::2] = candidates[:, 0::2].clamp(0, size[1])
    candidates[:, 1::2] = candidates[:, 1::2].clamp(0, size[0])
    scores = torch.cat(objectness)[chosen].sigmoid()

    before = dict(rpn._post_nms_top_n)
    rpn._post_nms_top_n["testing"] = 10**6
    (_, (all_scores,)) = type(rpn).filter_proposals(
        rpn, boxes[None], torch.cat(objectness)[None, :, None].flatten(1), [size], per_level
    )
    rpn._post_nms_top_n.update(before)
    count = rpn.post_nms_top_n()

    limit, heads.detections_per_img = heads.detections_per_img, 10**6
    detections = heads.postprocess_detections(
        stages["box.logits"], stages["box.deltas"], [stages["proposals"]], [size]
    )
    heads.detections_per_img = limit
    return {
        "rpnNms": _nms_margin(candidates, scores, level_of, rpn.nms_thresh),
        "rpnPostNms": float(all_scores[count - 1] - all_scores[count]) if len(all_scores) > count else None,
        "detections": [d[0] for d in detections],
    }


class _Images:
    """What `AnchorGenerator` reads of an image list."""

    def __init__(self, tensors, image_sizes):
        self.tensors = tensors
        self.image_sizes = image_sizes


def _candidates(heads, stages, size):
    logits, proposals = stages["box.logits"], stages["proposals"]
    boxes = heads.box_coder.decode(stages["box.deltas"], [proposals])
    scores = logits.softmax(-1)
    boxes[..., 0::2] = boxes[..., 0::2].clamp(0, size[1])
    boxes[..., 1::2] = boxes[..., 1::2].clamp(0, size[0])
    row, label = torch.where(scores[:, 1:] > heads.score_thresh)
    label = label + 1
    return boxes[row, label], scores[row, label], label


def _nms_margin(boxes, scores, groups, threshold):
    """Smallest |IoU − threshold| between a kept box and a worse one of its group that no better kept box
    has removed already: the comparisons on which the outcome of NMS hangs."""
    smallest = float("inf")
    for group in groups.unique():
        of_group = torch.where(groups == group)[0]
        of_group = of_group[scores[of_group].argsort(descending=True)]
        overlap = box_iou(boxes[of_group], boxes[of_group])
        alive = torch.ones(len(of_group), dtype=torch.bool)
        for i in range(len(of_group)):
            if not alive[i]:
                continue
            rest = alive.clone()
            rest[: i + 1] = False
            if rest.any():
                smallest = min(smallest, float((overlap[i][rest] - threshold).abs().min()))
            alive &= ~(overlap[i] > threshold) | (torch.arange(len(of_group)) <= i)
    return smallest if smallest != float("inf") else None
