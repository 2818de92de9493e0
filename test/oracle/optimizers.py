"""Writes `test/golden/train/optimizers.safetensors`: what torch's optimisers, gradient clipping, schedules and
averaging make of a fixed series of gradients.

    /usr/bin/python3 test/oracle/optimizers.py
"""
import os

import torch
from torch.optim import lr_scheduler
from torch.optim.swa_utils import AveragedModel

from safetensors_io import write_safetensors

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "train", "optimizers.safetensors")
STEPS = 50
SHAPES = {"weight": (3, 4), "bias": (3,)}
DECAY = {"weight": 0.01, "bias": 0.0}

OPTIMIZERS = {
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.05),
    "momentum": lambda groups: torch.optim.SGD(groups, lr=0.05, momentum=0.9),
    "nesterov": lambda groups: torch.optim.SGD(groups, lr=0.05, momentum=0.9, nesterov=True),
    "adamW": lambda groups: torch.optim.AdamW(groups, lr=0.02, betas=(0.9, 0.99)),
}


class Pair(torch.nn.Module):
    def __init__(self, start):
        super().__init__()
        for name, value in start.items():
            setattr(self, name, torch.nn.Parameter(value.clone()))


def run(optimizer_of, start, gradients, clip):
    model = Pair(start)
    groups = [{"params": [getattr(model, name)], "weight_decay": DECAY[name]} for name in SHAPES]
    optimizer = optimizer_of(groups)
    average = AveragedModel(model, avg_fn=lambda mean, now, n: mean + (1 - min(0.9, (1 + n) / (10 + n))) * (now - mean))
    average.update_parameters(model)
    norms = []
    for step in range(STEPS):
        for name in SHAPES:
            getattr(model, name).grad = gradients[name][step].clone()
        if clip:
            norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), 3.0))
        optimizer.step()
        average.update_parameters(model)
    return model, average.module, norms


def schedules(out):
    def factors(make):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        schedulers = make(optimizer)
        values = []
        for _ in range(60):
            values.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            for scheduler in schedulers:
                scheduler.step()
        return torch.tensor(values, dtype=torch.float64)

    out["schedule.multiStep"] = factors(
        lambda o: [lr_scheduler.LinearLR(o, 0.001, 1.0, 10), lr_scheduler.MultiStepLR(o, [30, 48], 0.1)]
    )
    out["schedule.cosine"] = factors(
        lambda o: [
            lr_scheduler.SequentialLR(
                o,
                [lr_scheduler.LinearLR(o, 0.001, 1.0, 10), lr_scheduler.CosineAnnealingLR(o, 50, eta_min=0.05)],
                [10],
            )
        ]
    )


def main():
    generator = torch.Generator().manual_seed(1)
    start = {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}
    gradients = {name: torch.randn((STEPS, *shape), generator=generator) for name, shape in SHAPES.items()}
    out = {f"start.{name}": value for name, value in start.items()}
    out.update({f"gradients.{name}": value for name, value in gradients.items()})
    for kind, optimizer_of in OPTIMIZERS.items():
        for clip in (False, True) if kind == "momentum" else (False,):
            model, average, norms = run(optimizer_of, start, gradients, clip)
            prefix = f"{kind}.clipped" if clip else kind
            for name in SHAPES:
                out[f"{prefix}.{name}"] = getattr(model, name).detach()
                out[f"{prefix}.average.{name}"] = getattr(average, name).detach()
            if clip:
                out[f"{prefix}.norms"] = torch.stack(norms)
    schedules(out)
    write_safetensors(OUT, out, {"script": "test/oracle/optimizers.py"})


if __name__ == "__main__":
    main()
