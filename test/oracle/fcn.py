"""Writes `test/golden/semantic/`: a tiny torchvision FCN (dilated ResNet-50 of width 2, main and auxiliary head, five
classes), what it predicts for a picture, and in training mode its losses and the gradient of every parameter.

Run: /usr/bin/python3 test/oracle/fcn.py

- `fcn.pth`: the state_dict · `fcn.safetensors`: `image` [1, 3, 56, 72] normalised · `logits` [1, 5, 7, 9] of the main
  head before it is enlarged · `classes` [56, 72], of torchvision's own output · `truth` [2, 48, 64], 255 is unknown ·
  `batch` [2, 3, 48, 64] · `loss_out`, `loss_aux` (already halved) · `grad(NAME)` and `noise(NAME)`, the relative L2
  difference of torch's single precision · `iou` [5] and `accuracy` of `classes` against `otherClasses`.
Batch norms use the batch's statistics in training; dropout is off.
"""
import copy
import os

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.models.segmentation.fcn import FCN, FCNHead

from inference_small import NarrowResNet
from safetensors_io import write_safetensors
from waves import wave

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "semantic")
CLASSES, WIDTH = 5, 2


class DilatedResNet(NarrowResNet):
    def __init__(self):
        self._width = WIDTH
        ResNet.__init__(self, Bottleneck, [3, 4, 6, 3], num_classes=1,
                        replace_stride_with_dilation=[False, True, True])
        self.conv1 = nn.Conv2d(3, WIDTH, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTH)


def build():
    body = IntermediateLayerGetter(DilatedResNet(), {"layer4": "out", "layer3": "aux"})
    return FCN(body, FCNHead(32 * WIDTH, CLASSES), FCNHead(16 * WIDTH, CLASSES))


def losses_of(model, batch, truth):
    output = model(batch)
    losses = {name: F.cross_entropy(value, truth, ignore_index=255) for name, value in output.items()}
    return {"loss_out": losses["out"], "loss_aux": 0.5 * losses["aux"]}


def gradients_of(model, batch, truth, dtype):
    model = copy.deepcopy(model).to(dtype).train()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.eval()
    losses = losses_of(model, batch.to(dtype), truth)
    sum(losses.values()).backward()
    return losses, {name: parameter.grad.double() for name, parameter in model.named_parameters()}


def main():
    """The first seed with which no ReLU is so close to zero that rounding decides, and several classes are predicted."""
    torch.set_num_threads(1)
    os.makedirs(OUT, exist_ok=True)
    for seed in range(200):
        if attempt(seed):
            return
    raise SystemExit("no seed fits")


def attempt(seed):
    torch.manual_seed(seed)
    model = build()
    with torch.no_grad():
        model.classifier[4].weight.mul_(6)
        model.classifier[4].bias.zero_()
        for name, value in model.named_parameters():
            if value.dim() == 1 and name.endswith("weight"):
                value.uniform_(0.6, 1.4)
        # real statistics, so that prediction is not a constant
        model.train()
        for _ in range(20):
            model(torch.randn(2, 3, 56, 72))
        model.eval()

    image = wave((1, 3, 56, 72), 0.31, torch.float32) + 0.3 * torch.randn(1, 3, 56, 72)
    with torch.no_grad():
        logits = model.classifier(model.backbone(image)["out"])
        scores = model(image)["out"][0]
    classes = scores.argmax(0)
    other = classes.roll(3, 1)
    counts = torch.bincount(CLASSES * other.flatten() + classes.flatten(), minlength=CLASSES**2).reshape(CLASSES, -1)
    counts = counts.double()
    iou = counts.diag() / (counts.sum(1) + counts.sum(0) - counts.diag())

    batch = torch.randn(2, 3, 48, 64)
    truth = torch.randint(0, CLASSES, (2, 6, 8)).repeat_interleave(8, 1).repeat_interleave(8, 2)
    truth[0, :5] = 255
    losses, exact = gradients_of(model, batch, truth, torch.float64)
    _, single = gradients_of(model, batch, truth, torch.float32)
    tensors = {
        "image": image, "logits": logits, "classes": classes.to(torch.uint8), "otherClasses": other.to(torch.uint8),
        "iou": iou.float(), "accuracy": (counts.diag().sum() / counts.sum()).float().reshape(1),
        "batch": batch, "truth": truth.to(torch.uint8),
        **{name: loss.detach().float().reshape(1) for name, loss in losses.items()},
    }
    best = scores.topk(2, 0).values
    noise = {name: (single[name] - value).norm() / value.norm() for name, value in exact.items()}
    if max(noise.values()) > 1e-4 or len(classes.unique()) < 3 or (best[0] - best[1]).min() < 1e-5:
        return False
    for name, value in exact.items():
        tensors[f"grad({name})"] = value.float()
        tensors[f"noise({name})"] = noise[name].float().reshape(1)
    torch.save(model.state_dict(), os.path.join(OUT, "fcn.pth"))
    write_safetensors(os.path.join(OUT, "fcn.safetensors"), {k: v.numpy() for k, v in tensors.items()},
                      {"script": "test/oracle/fcn.py"})
    print(f"seed {seed}", {name: float(loss) for name, loss in losses.items()}, "noise", float(max(noise.values())),
          "classes", classes.unique().tolist(), "margin", float((best[0] - best[1]).min()))
    return True


if __name__ == "__main__":
    main()
