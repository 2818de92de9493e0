"""Writes `test/golden/train/losses.safetensors`: torchvision's five losses and the gradient of every trained weight
for a batch of two pictures, and the losses of 20 steps of SGD.

    /usr/bin/python3 test/oracle/losses.py

The model is `test/golden/inference/mask-v1.pth`, the pictures are those of `pictures.safetensors` beside it.
`torch.randperm` is replaced by `torch.arange`, so the samplers take the first of each kind. In the 20 steps they take
all anchors, and the RPN's proposals are left out, so that the heads see the true boxes alone: a proposal that
changes sides at a threshold, by rounding, would make the two runs part. (The seeded weights give large gradients,
hence the small learning rate; the sum of the losses still falls from 11 to 2.6.)
"""
import os

import torch

from inference_small import mask_v1
from safetensors_io import read_safetensors, write_safetensors

GOLDEN = os.path.join(os.path.dirname(__file__), "..", "golden")
STEPS = 20
# centre y, centre x, radius y, radius x in pixels, label
OBJECTS = {
    "enlarged": [(20, 25, 14, 18, 1), (40, 60, 20, 15, 3), (50, 20, 8, 10, 2)],
    "shrunk": [(30, 60, 22, 30, 4), (40, 150, 18, 35, 1)],
}


def truth(name, height, width):
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    masks, boxes, labels = [], [], []
    for cy, cx, ry, rx, label in OBJECTS[name]:
        mask = ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 < 1
        rows, columns = torch.where(mask.any(1))[0], torch.where(mask.any(0))[0]
        boxes.append([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
        masks.append(mask.to(torch.uint8))
        labels.append(label)
    return {"boxes": torch.tensor(boxes).float(), "labels": torch.tensor(labels), "masks": torch.stack(masks)}


def main():
    torch.randperm = lambda count, device=None: torch.arange(count)
    model = mask_v1()
    model.load_state_dict(torch.load(os.path.join(GOLDEN, "inference", "mask-v1.pth")))
    model.train()
    for name, parameter in model.named_parameters():
        if name.startswith(("backbone.body.conv1", "backbone.body.layer1")):
            parameter.requires_grad_(False)
    pictures = read_safetensors(os.path.join(GOLDEN, "inference", "pictures.safetensors"))
    images, targets, out = [], [], {}
    for name in OBJECTS:
        pixels = torch.tensor(pictures[name])
        images.append(pixels.permute(2, 0, 1).float() / 255)
        targets.append(truth(name, *pixels.shape[:2]))
        for key in ("masks", "boxes"):
            out[f"{name}.{key}"] = targets[-1][key]
        out[f"{name}.labels"] = targets[-1]["labels"].int()

    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=1e-6, momentum=0.9, weight_decay=1e-4)
    losses = model(images, targets)
    sum(losses.values()).backward()
    for name, loss in losses.items():
        out[name] = loss.detach().double().reshape(1)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            out[f"grad({name})"] = parameter.grad.clone()

    for sampler in (model.rpn.fg_bg_sampler, model.roi_heads.fg_bg_sampler):
        sampler.batch_size_per_image = 100_000
    model.rpn._post_nms_top_n["training"] = 0
    curve = []
    for _ in range(STEPS):
        losses = model(images, targets)
        curve.append({name: loss.item() for name, loss in losses.items()})
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
    print(curve[0], curve[-1])
    for name in losses:
        out[f"curve.{name}"] = torch.tensor([step[name] for step in curve], dtype=torch.float64)
    write_safetensors(os.path.join(GOLDEN, "train", "losses.safetensors"), out, {"script": "test/oracle/losses.py"})


if __name__ == "__main__":
    main()
