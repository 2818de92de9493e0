"""Writes the golden files of src/weights and src/config with torch and torchvision.

    /usr/bin/python3 test/oracle/weights.py [golden | keys | full DIR | read FILE | load MODEL FILE]

golden  test/golden/weights/*: small .pth and .safetensors files, and the values they hold (values.json).
keys    test/golden/weights/keys.json.gz: names and shapes of torchvision's real models.
full    DIR/maskrcnn_legacy.pth (178 MB): a full-size model in the layout of the files published in 2019.
read    prints what torch.load finds in FILE, with weights_only and without.
load    loads FILE strictly into torchvision's MODEL and prints the sum of every tensor.
No argument: golden and keys. The .safetensors goldens need the `safetensors` package and are left alone without it.
"""
import collections
import gzip
import json
import os
import pickle
import struct
import sys
import zipfile

import torch
import torchvision

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "..", "golden", "weights")


def tensors():
    """Every dtype, and every way in which a tensor can lie in its storage."""
    generator = torch.Generator().manual_seed(7)
    base = torch.randn(4, 6, generator=generator)
    shared = torch.randn(20, generator=generator)
    out = collections.OrderedDict()
    out["plain"] = base
    out["transposed"] = base.t()
    out["strided"] = base[1:, ::2]
    out["offset"] = base[2]
    out["expanded"] = base[0:1].expand(3, 6)
    out["permuted"] = torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1)
    out["sharedHead"] = shared[:5]
    out["sharedTail"] = shared[5:]
    out["scalar"] = torch.tensor(3.25)
    out["empty"] = torch.zeros(0, 3)
    out["parameter"] = torch.nn.Parameter(torch.randn(2, 2, generator=generator))
    out["float64"] = torch.randn(3, generator=generator).double()
    out["float16"] = torch.randn(5, generator=generator).half()
    out["bfloat16"] = torch.randn(5, generator=generator).bfloat16()
    out["channelsLast"] = torch.randn(2, 3, 2, 2, generator=generator).to(memory_format=torch.channels_last)
    out["num_batches_tracked"] = torch.tensor(12345)
    out["int32"] = torch.tensor([-7, 7], dtype=torch.int32)
    out["int16"] = torch.tensor([-300, 300], dtype=torch.int16)
    out["int8"] = torch.tensor([-128, 127], dtype=torch.int8)
    out["uint8"] = torch.tensor([0, 255], dtype=torch.uint8)
    out["bool"] = torch.tensor([True, False])
    return out


def values_of(state):
    def entry(tensor):
        values = tensor.detach().float().reshape(-1).tolist()
        return {"shape": list(tensor.shape), "dtype": str(tensor.dtype).split(".")[1], "values": values}

    return {key: entry(tensor) for key, tensor in state.items()}


def write_values(state):
    with open(os.path.join(GOLDEN, "values.json"), "w") as file:
        json.dump(values_of(state), file)
        file.write("\n")


def print_read(path):
    loaded = {str(only): values_of(torch.load(path, weights_only=only)) for only in (False, True)}
    assert loaded["False"] == loaded["True"]
    json.dump(loaded["True"], sys.stdout)


def print_loaded(name, path):
    model = next(model for candidate, model in models() if candidate == name)
    model.load_state_dict(torch.load(path, weights_only=True), strict=True)
    json.dump({key: tensor.double().sum().item() for key, tensor in model.state_dict().items()}, sys.stdout)


def write_pth(state):
    def save(name, value, **options):
        torch.save(value, os.path.join(GOLDEN, name), **options)

    save("zip.pth", state)
    save("legacy.pth", state, _use_new_zipfile_serialization=False)
    save("protocol4.pth", state, pickle_protocol=4)
    weight = {"a.weight": torch.arange(6.0).reshape(2, 3)}
    module = torch.nn.Linear(3, 2)
    with torch.no_grad():
        module.weight.copy_(weight["a.weight"])
        module.bias.zero_()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[3, 5])
    training = {
        "model": module.state_dict(),
        "optimizer": optimizer.state_dict(),
        "lr_scheduler": schedule.state_dict(),
        "args": __import__("argparse").Namespace(lr=0.1, device="cpu", opts=[1, None, True]),
        "epoch": 7,
        "big": 2**70,
        "note": "tr\u00e4ning",
    }
    save("checkpoint.pth", training)
    save("checkpoint-legacy.pth", training, _use_new_zipfile_serialization=False)
    save("no-state-dict.pth", {"epoch": 3, "optimizer": {}})
    save("module.pth", module)


class Malicious:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def write_malicious():
    marker = "touch mask-rcnn-was-executed"
    evil = {"a.weight": torch.zeros(2), "b": Malicious(os.system, marker)}
    torch.save(evil, os.path.join(GOLDEN, "evil-zip.pth"))
    torch.save(evil, os.path.join(GOLDEN, "evil-legacy.pth"), _use_new_zipfile_serialization=False)
    torch.save({"b": Malicious(eval, "1")}, os.path.join(GOLDEN, "evil-eval.pth"))
    with zipfile.ZipFile(os.path.join(GOLDEN, "compressed.pth"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}, protocol=2) + bytes(10_000_000))
        archive.writestr("archive/version", "3\n")


def write_halves():
    """float32 bits and the float16 bits that torch rounds them to: edges, ties, then random."""
    edges = [0.0, -0.0, 1.0, 65504.0, 65519.99, 65520.0, -65520.0, 1e9, float("inf"), -float("inf")]
    edges += [2.0**-24, 2.0**-25, 2.0**-25 * 1.0001, 2.0**-26, 2.0**-14, 2.0**-14 - 2.0**-25, 1e-40]
    edges += [1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-11 + 2.0**-20, 2049.0, 2051.0]
    generator = torch.Generator().manual_seed(11)
    random = torch.randn(400, generator=generator) * torch.exp(torch.randn(400, generator=generator) * 6)
    values = torch.cat([torch.tensor(edges), random])
    pairs = {
        "float32": [struct.unpack("<I", struct.pack("<f", v))[0] for v in values.tolist()],
        "float16": [bits & 0xFFFF for bits in values.half().view(torch.int16).tolist()],
    }
    with open(os.path.join(GOLDEN, "float16.json"), "w") as file:
        json.dump(pairs, file)
        file.write("\n")


def write_safetensors(state):
    try:
        from safetensors.torch import save_file
    except ImportError:
        print("safetensors is not installed: its golden file stays as it is", file=sys.stderr)
        return
    dense = {key: tensor.detach().contiguous().clone() for key, tensor in state.items()}
    save_file(dense, os.path.join(GOLDEN, "plain.safetensors"), metadata={"format": "pt", "title": "h\u00e9llo"})


def legacy_name(key):
    """The name that a key of a model with plain heads had before torchvision 0.12, which still loads it."""
    for block in ("inner_blocks", "layer_blocks"):
        for level in range(4):
            key = key.replace(f"fpn.{block}.{level}.0.", f"fpn.{block}.{level}.")
    key = key.replace("rpn.head.conv.0.0.", "rpn.head.conv.")
    for layer in range(4):
        key = key.replace(f"mask_head.{layer}.0.", f"mask_head.mask_fcn{layer + 1}.")
    return key


def models():
    """Name → model without weights. Those named `frozen` have the norm layers of the published v1 files."""
    detection = torchvision.models.detection
    frozen = torchvision.ops.misc.FrozenBatchNorm2d
    fpn = detection.backbone_utils.resnet_fpn_backbone
    plain = dict(weights=None, weights_backbone=None)
    yield "maskrcnn_resnet50_fpn", detection.maskrcnn_resnet50_fpn(**plain)
    yield "maskrcnn_resnet50_fpn_v2", detection.maskrcnn_resnet50_fpn_v2(**plain)
    yield "fasterrcnn_resnet50_fpn", detection.fasterrcnn_resnet50_fpn(**plain)
    yield "fasterrcnn_resnet50_fpn_v2", detection.fasterrcnn_resnet50_fpn_v2(**plain)
    published = detection.MaskRCNN(fpn(backbone_name="resnet50", weights=None, norm_layer=frozen), 91)
    yield "maskrcnn_resnet50_fpn frozen", published
    names = ["resnet18", "resnet34", "resnet101", "resnet152"]
    names += ["resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"]
    for name in names:
        yield f"maskrcnn_{name}_fpn frozen", detection.MaskRCNN(fpn(backbone_name=name, weights=None), 5)
    yield "wide_resnet50_2", detection.MaskRCNN(fpn(backbone_name="wide_resnet50_2", weights=None), 5)
    yield "keypointrcnn_resnet50_fpn", detection.keypointrcnn_resnet50_fpn(**plain)
    yield "retinanet_resnet50_fpn", detection.retinanet_resnet50_fpn(**plain)
    yield "fasterrcnn_mobilenet_v3_large_fpn", detection.fasterrcnn_mobilenet_v3_large_fpn(**plain)
    yield "resnet18", torchvision.models.resnet18(weights=None)


def loads_strictly(model, state):
    model.load_state_dict(state, strict=True)


def write_keys():
    out = {}
    for name, model in models():
        state = model.state_dict()
        entry = {"shapes": {key: list(tensor.shape) for key, tensor in state.items()}}
        if name == "maskrcnn_resnet50_fpn frozen":
            legacy = collections.OrderedDict((legacy_name(key), tensor) for key, tensor in state.items())
            loads_strictly(model, legacy)  # torchvision itself accepts these names
            entry["legacyNames"] = {legacy_name(key): key for key in state}
        out[name] = entry
    categories = torchvision.models._meta._COCO_CATEGORIES
    text = json.dumps({"cocoCategories": categories, "models": out}, separators=(",", ":"))
    with open(os.path.join(GOLDEN, "keys.json.gz"), "wb") as file:
        file.write(gzip.compress(text.encode(), mtime=0))


def write_full(folder):
    torch.manual_seed(0)
    model = next(model for name, model in models() if name == "maskrcnn_resnet50_fpn frozen")
    state = collections.OrderedDict((legacy_name(key), tensor) for key, tensor in model.state_dict().items())
    torch.save(state, os.path.join(folder, "maskrcnn_legacy.pth"), _use_new_zipfile_serialization=False)


def main(arguments):
    if arguments[:1] == ["full"]:
        write_full(arguments[1])
        return
    if arguments[:1] == ["read"]:
        print_read(arguments[1])
        return
    if arguments[:1] == ["load"]:
        print_loaded(arguments[1], arguments[2])
        return
    os.makedirs(GOLDEN, exist_ok=True)
    if arguments[:1] in ([], ["golden"]):
        state = tensors()
        write_values(state)
        write_pth(state)
        write_malicious()
        write_halves()
        write_safetensors(state)
    if arguments[:1] in ([], ["keys"]):
        write_keys()


if __name__ == "__main__":
    main(sys.argv[1:])
