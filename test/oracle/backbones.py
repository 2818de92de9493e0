"""Writes test/golden/backbones/NAME.safetensors: maps of narrow backbones, and gradients of some of their weights.

Run: /usr/bin/python3 test/oracle/backbones.py [NAME…]
Weights are hashes of their names and places, picture and cotangents are waves; test/contract/backbones.test.ts makes
them again. Batch norms
have constant statistics. In each file: `c2`, … (the maps, in double precision), `grad(WEIGHT)` of the sum over maps of
map · cotangent, and `noise(…)` for each, the relative L2 difference of torch's own single precision. The metadata has
`config`, the backbone's configuration.
"""
import json
import os
import sys

import torch
from torchvision.models.mobilenetv3 import MobileNetV3, _mobilenet_v3_conf
from torchvision.models.vgg import cfgs, make_layers
from torchvision.ops import FrozenBatchNorm2d

from efficientnet_lite import EPS, EfficientNetLite
from safetensors_io import write_safetensors
from waves import noise, wave

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "backbones")
PICTURE = (2, 3, 64, 96)


def norm(eps):
    return {"kind": "frozenBatchNorm", "eps": eps}


def efficientnet_lite0():
    net = EfficientNetLite("efficientnet_lite0", width=8)
    graded = ["_conv_stem.weight", "_blocks.0._depthwise_conv.weight", "_blocks.1._depthwise_conv.weight",
              "_blocks.3._depthwise_conv.weight", "_blocks.9._depthwise_conv.weight", "_blocks.15._project_conv.weight"]
    return net, net.maps, {"name": "efficientnet_lite0", "width": 8, "norm": norm(EPS)}, graded


def efficientnet_lite2():
    net = EfficientNetLite("efficientnet_lite2", width=8)
    graded = ["_conv_stem.weight", "_blocks.3._depthwise_conv.weight", "_blocks.14._depthwise_conv.weight",
              "_blocks.20._project_conv.weight"]
    return net, net.maps, {"name": "efficientnet_lite2", "width": 8, "norm": norm(EPS)}, graded


def mobilenet_v3_large():
    layers, last = _mobilenet_v3_conf("mobilenet_v3_large", width_mult=0.5)
    net = MobileNetV3(layers, last, norm_layer=FrozenBatchNorm2d).features
    graded = ["0.0.weight", "1.block.0.0.weight", "4.block.2.fc1.weight", "7.block.1.0.weight", "13.block.2.fc2.bias",
              "16.0.weight"]
    return net, maps_of(net, {3: "c2", 6: "c3", 12: "c4", 16: "c5"}), \
        {"name": "mobilenet_v3_large", "width": 8, "norm": norm(1e-5)}, graded


def maps_of(layers, ends):
    """A function from a picture to what the layers with these indices give."""

    def run(x):
        found = {}
        for i, layer in enumerate(layers):
            x = layer(x)
            if i in ends:
                found[ends[i]] = x
        return found

    return run


def vgg16():
    channels = [value if value == "M" else value // 8 for value in cfgs["D"]]
    net = make_layers(channels)
    return net, maps_of(net, {15: "c2", 22: "c3", 29: "c4", 30: "c5"}), \
        {"name": "vgg16", "width": 8, "norm": {"kind": "none"}}, ["0.weight", "0.bias", "14.weight", "28.bias"]


def vgg16_bn():
    channels = [value if value == "M" else value // 8 for value in cfgs["D"]]
    net = make_layers(channels, batch_norm=True)
    return net, maps_of(net, {22: "c2", 32: "c3", 42: "c4", 43: "c5"}), \
        {"name": "vgg16", "width": 8, "norm": norm(1e-5)}, ["0.weight", "20.weight", "20.bias", "40.weight"]


BACKBONES = {"efficientnet_lite0": efficientnet_lite0, "efficientnet_lite2": efficientnet_lite2,
             "mobilenet_v3_large": mobilenet_v3_large, "vgg16": vgg16, "vgg16_bn": vgg16_bn}


def seed_of(name):
    """Another one for nearly every name."""
    return sum((i + 1) * ord(letter) for i, letter in enumerate(name))


def set_weights(net):
    """Noise for each tensor, so scaled that activations neither vanish nor explode."""
    state = net.state_dict()
    for name, value in state.items():
        kind = name.rsplit(".", 1)[1]
        values = noise(value.shape, seed_of(name), torch.float64)
        is_norm = name.rsplit(".", 1)[0] + ".running_var" in state
        if kind == "running_var":
            values = 0.6 + 0.3 * values
        elif kind == "weight" and is_norm:
            values = 1 + 0.3 * values
        elif kind in ("running_mean", "bias"):
            values = 0.1 * values
        elif kind == "weight":
            values = values * 1.5 / value[0].numel() ** 0.5
        elif kind == "num_batches_tracked":
            continue
        # rounded once, so that both precisions and the test have equal weights
        state[name] = values.float()
    net.load_state_dict(state)


def run(net, maps_of, graded, dtype):
    net.to(dtype).eval()
    maps = maps_of(wave(PICTURE, 0.29, dtype))
    loss = sum((value * wave(value.shape, 0.17 + 0.1 * i, dtype)).sum() for i, value in enumerate(maps.values()))
    parameters = dict(net.named_parameters())
    gradients = torch.autograd.grad(loss, [parameters[name] for name in graded])
    results = {name: value.detach().clone() for name, value in maps.items()}
    return {**results, **{f"grad({name})": value for name, value in zip(graded, gradients)}}


def main():
    torch.set_num_threads(1)
    os.makedirs(OUT, exist_ok=True)
    for name in sys.argv[1:] or BACKBONES:
        net, maps_of, config, graded = BACKBONES[name]()
        set_weights(net)
        single = run(net, maps_of, graded, torch.float32)
        exact = run(net, maps_of, graded, torch.float64)
        tensors = {}
        for key, value in exact.items():
            tensors[key] = value.float().numpy()
            deviation = float((single[key].double() - value).norm() / value.norm())
            tensors[f"noise({key})"] = torch.tensor(deviation).numpy()
            print(f"{name} {key} {tuple(value.shape)}: deviation {float(value.std()):.3g}, noise {deviation:.1e}")
        path = os.path.join(OUT, f"{name}.safetensors")
        write_safetensors(path, tensors, {"config": json.dumps(config)})
        print(f"{path}: {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
