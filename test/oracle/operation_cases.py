"""One small case or more for every operation of the graph, as torch functions. Not run on its own:
operations.py and gradients.py write their golden files from it.

A case is (name, operation, parameters, inputs, function, symbols): `function(*inputs)` is what the operation
should give, and `symbols` names, for each input, the symbolic extent of its first axis, or is None where
the axis has a known extent.
"""
import torch
import torch.nn.functional as F
from torchvision.ops import roi_align, roi_pool

torch.manual_seed(7)
randn = torch.randn
cases = []

# their further inputs are weights
WEIGHTED = {"conv", "convTranspose", "batchNorm", "channelAffine", "linear"}


def case(name, op, parameters, inputs, function, symbols=None):
    if symbols is None:
        symbols = ["rows" if i == 0 or op not in WEIGHTED else None for i in range(len(inputs))]
    cases.append((name, op, parameters, inputs, function, symbols))


def conv(name, x, w, b, stride, padding, groups, dilation=1):
    inputs = [x, w] if b is None else [x, w, b]
    parameters = {"stride": stride, "padding": padding, "groups": groups}
    if dilation > 1:
        parameters["dilation"] = dilation
    case(name, "conv", parameters, inputs,
         lambda x, w, b=None: F.conv2d(x, w, b, stride, padding, dilation, groups))


conv("conv 3x3", randn(2, 5, 9, 7), randn(6, 5, 3, 3), randn(6), 1, 1, 1)
conv("conv 3x3 without padding", randn(2, 5, 6, 7), randn(6, 5, 3, 3), randn(6), 1, 0, 1)
conv("conv 3x3 stride 2", randn(2, 5, 8, 6), randn(6, 5, 3, 3), randn(6), 2, 1, 1)
conv("conv 3x3 stride 2 of odd extents", randn(2, 3, 7, 9), randn(2, 3, 3, 3), None, 2, 1, 1)
conv("conv 1x1 without bias", randn(1, 8, 6, 5), randn(4, 8, 1, 1), None, 1, 0, 1)
conv("conv 1x1 stride 2", randn(2, 4, 6, 8), randn(5, 4, 1, 1), None, 2, 0, 1)
conv("conv 3x3 with dilation", randn(2, 4, 7, 9), randn(5, 4, 3, 3), randn(5), 1, 2, 1, 2)
conv("conv 7x7 stride 2", randn(1, 3, 32, 64), randn(4, 3, 7, 7), randn(4), 2, 3, 1)
conv("conv 3x3 in groups", randn(2, 8, 6, 6), randn(8, 2, 3, 3), randn(8), 1, 1, 4)
conv("conv 3x3 stride 2 in groups", randn(1, 8, 6, 6), randn(8, 2, 3, 3), randn(8), 2, 1, 4)
conv("conv 5x5 stride 2 depthwise", randn(2, 4, 8, 8), randn(4, 1, 5, 5), None, 2, 2, 4)
conv("conv 3x3 of no RoIs", randn(0, 4, 14, 14), randn(4, 4, 3, 3), randn(4), 1, 1, 1)


def conv_transpose(name, x, w, b, stride, padding, groups, output_padding):
    inputs = [x, w] if b is None else [x, w, b]
    parameters = {"stride": stride, "padding": padding, "groups": groups, "outputPadding": output_padding}
    case(name, "convTranspose", parameters, inputs,
         lambda x, w, b=None: F.conv_transpose2d(x, w, b, stride, padding, output_padding, groups))


conv_transpose("convTranspose 2x2", randn(3, 6, 5, 4), randn(6, 5, 2, 2), randn(5), 2, 0, 1, [0, 0])
conv_transpose("convTranspose 3x3 stride 2", randn(2, 4, 3, 5), randn(4, 2, 3, 3), None, 2, 1, 2, [1, 0])

case("batchNorm", "batchNorm", {"eps": 1e-5},
     [randn(2, 4, 3, 5), randn(4), randn(4), randn(4), torch.rand(4) + 0.1],
     lambda x, w, b, m, v: (x - m[:, None, None]) * (v[:, None, None] + 1e-5) ** -0.5 * w[:, None, None] + b[:, None, None])

case("channelStatistics", "channelStatistics", {}, [randn(2, 4, 3, 5) * 2 + 5],
     lambda x: torch.stack([x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)]))
case("channelStatistics of no RoIs", "channelStatistics", {}, [randn(0, 4, 7, 7)], lambda x: x.new_zeros(2, 4))
case("channelAffine", "channelAffine", {}, [randn(2, 4, 3, 5), randn(4), randn(4)],
     lambda x, s, o: x * s[:, None, None] + o[:, None, None])

case("linear", "linear", {}, [randn(7, 12), randn(5, 12), randn(5)], F.linear)

case("matmul", "matmul", {}, [randn(3, 1, 6), randn(3, 6, 10)], torch.matmul)
case("matmul, second transposed", "matmul", {"transposeB": True}, [randn(4, 6), randn(5, 6)],
     lambda a, b: a @ b.T, ["rows", None])
case("matmul, first transposed", "matmul", {"transposeA": True}, [randn(6, 4), randn(6, 5)],
     lambda a, b: a.T @ b, ["rows", "rows"])
case("matmul, both transposed", "matmul", {"transposeA": True, "transposeB": True}, [randn(6, 4), randn(5, 6)],
     lambda a, b: a.T @ b.T, [None, "rows"])
case("matmul of many, second transposed", "matmul", {"transposeB": True}, [randn(3, 4, 6), randn(3, 5, 6)],
     lambda a, b: a @ b.transpose(1, 2))
case("matmul of many, first transposed", "matmul", {"transposeA": True}, [randn(3, 6, 4), randn(3, 6, 5)],
     lambda a, b: a.transpose(1, 2) @ b)


def window(name, x, kernel, stride, padding):
    parameters = {"kernel": kernel, "stride": stride, "padding": padding}
    pool = lambda x: F.max_pool2d(x, kernel, stride, padding)
    case(name, "maxPool", parameters, [x], pool)
    dy = torch.randn(pool(x).shape)

    def gradient(dy, x):
        x = x.detach().requires_grad_()
        return torch.autograd.grad(pool(x), x, dy)[0]

    case(f"gradient of {name}", "maxPoolGradient", parameters, [dy, x], gradient)


window("maxPool 3x3 stride 2", randn(2, 3, 11, 8), 3, 2, 1)
window("maxPool that subsamples", randn(1, 3, 11, 8), 1, 2, 0)
window("maxPool of equal values", torch.randint(0, 2, (2, 2, 8, 10)).float(), 3, 2, 1)

case("averagePool", "averagePool", {"factor": 2}, [randn(2, 3, 6, 8)], lambda x: F.avg_pool2d(x, 2))
case("upsampleNearest", "upsampleNearest", {"factor": 2}, [randn(1, 3, 4, 5)],
     lambda x: F.interpolate(x, scale_factor=2, mode="nearest"))

features = randn(2, 4, 12, 40)
corners = torch.rand(9, 2) * torch.tensor([310.0, 80.0]) - 10
boxes = torch.cat([corners, corners + torch.rand(9, 2) * torch.tensor([270.0, 70.0])], 1)
boxes[0, 2:] = boxes[0, :2]  # without extent
boxes[1] = torch.tensor([-40.0, -40.0, -20.0, -20.0])  # outside the picture
boxes[2] = torch.tensor([-9.0, -9.0, 330.0, 110.0])  # across its edges
batch = torch.tensor([0, 1, 0, 1, 1, 0, 0, 1, 0])


def pooling(name, boxes, batch, resolution, ratio, aligned):
    scale = 1 / 8
    parameters = {"resolution": resolution, "spatialScale": scale, "samplingRatio": ratio, "aligned": aligned}

    def pool(features, boxes, batch):
        rois = torch.cat([batch[:, None].to(boxes.dtype), boxes], 1)
        return roi_align(features, rois, resolution, scale, ratio, aligned)

    symbols = ["pictures", "rows", "rows"]
    case(name, "roiAlign", parameters, [features, boxes, batch], pool, symbols)

    def gradient(dy, boxes, batch):
        x = features.to(dy.dtype).requires_grad_()
        return torch.autograd.grad(pool(x, boxes, batch), x, dy)[0]

    dy = randn(len(boxes), 4, resolution, resolution)
    case(f"gradient of {name}", "roiAlignGradient", {**parameters, "shape": list(features.shape)},
         [dy, boxes, batch], gradient, ["rows", "rows", "rows"])


for resolution, ratio, aligned in [(7, 2, False), (3, 2, True), (2, 0, False), (2, 0, True), (2, 4, False)]:
    pooling(f"roiAlign {resolution}x{resolution}, ratio {ratio}, aligned {'yes' if aligned else 'no'}",
            boxes, batch, resolution, ratio, aligned)
pooling("roiAlign of no RoIs", boxes[:0], batch[:0], 7, 2, False)



def dropping_pool(features, boxes, batch, resolution, scale):
    """The article's RoIPool: both ends rounded down, bins of whole pixels, the remainder left out."""
    height, width = features.shape[2:]
    out = features.new_zeros(len(boxes), features.shape[1], resolution, resolution)
    for r, (box, picture) in enumerate(zip(boxes.float(), batch)):
        x1, y1, x2, y2 = torch.floor(box * scale).long().tolist()
        columns, rows = max(x2 - x1, 1) // resolution, max(y2 - y1, 1) // resolution
        for i in range(resolution):
            for j in range(resolution):
                top, left = y1 + i * rows, x1 + j * columns
                part = features[picture, :, max(top, 0):max(top + rows, 0), max(left, 0):max(left + columns, 0)]
                if part.numel():
                    out[r, :, i, j] = part.amax((1, 2))
    return out


def max_pooling(name, features, boxes, batch, resolution, form):
    scale = 1 / 8
    parameters = {"resolution": resolution, "spatialScale": scale, "form": form}

    def pool(features, boxes, batch):
        if form == "dropping":
            return dropping_pool(features, boxes, batch, resolution, scale)
        rois = torch.cat([batch[:, None].to(boxes.dtype), boxes], 1)
        return roi_pool(features, rois, resolution, scale)

    case(name, "roiPool", parameters, [features, boxes, batch], pool, ["pictures", "rows", "rows"])

    def gradient(dy, features, boxes, batch):
        x = features.detach().requires_grad_()
        return torch.autograd.grad(pool(x, boxes, batch), x, dy, allow_unused=True)[0]

    if len(boxes):
        case(f"gradient of {name}", "roiPoolGradient", parameters,
             [randn(len(boxes), features.shape[1], resolution, resolution), features, boxes, batch], gradient,
             ["rows", "pictures", "rows", "rows"])


for form in ["unequal", "dropping"]:
    for resolution in [7, 2]:
        max_pooling(f"roiPool {resolution}x{resolution}, {form}", features, boxes, batch, resolution, form)
    max_pooling(f"roiPool of no RoIs, {form}", features, boxes[:0], batch[:0], 7, form)
# torch's own form of the maximum's gradient shares it between equal values
max_pooling("roiPool of equal values", torch.randint(0, 2, (2, 2, 12, 40)).float(), boxes, batch, 3, "unequal")

x = randn(2, 3, 4, 5)
case("relu", "relu", {}, [x], F.relu)
case("sigmoid", "sigmoid", {}, [x], torch.sigmoid)
case("softmax", "softmax", {"axis": 1}, [randn(4, 9) * 5], lambda x: F.softmax(x, dim=1))
case("logSoftmax", "logSoftmax", {"axis": 1}, [randn(4, 9) * 20], lambda x: F.log_softmax(x, dim=1))
case("exp", "exp", {}, [x], torch.exp)
case("step", "step", {}, [torch.tensor([[-1.0, 0.0, 1e-30, -1e-30, 3.0]])], lambda x: (x > 0).to(x.dtype))
case("clamp", "clamp", {"min": -0.5, "max": 0.25}, [x], lambda x: torch.clamp(x, -0.5, 0.25))
case("round", "round", {}, [torch.tensor([[-1.5, -0.5, 0.4, 0.5, 1.5, 2.6]])], torch.round)
case("power", "power", {"exponent": -0.5}, [torch.rand(3, 4) + 0.1], lambda x: x ** -0.5)
case("square", "power", {"exponent": 2}, [x], lambda x: x ** 2)
case("affine", "affine", {"scale": -2.5, "offset": 1.5}, [x], lambda x: -2.5 * x + 1.5)

x, y = randn(2, 3, 4, 5), randn(2, 3, 4, 5)
small, column = randn(5, 1, 8), randn(5, 3, 1)
for op, function in [("add", torch.add), ("sub", torch.sub), ("mul", torch.mul)]:
    case(op, op, {}, [x, y], function)
    case(f"{op} with broadcasting", op, {}, [small, column], function)
    case(f"{op} with one for all", op, {}, [randn(4, 3), randn(1, 3)], function, ["rows", None])

logits = torch.cat([randn(3, 8) * 3, torch.tensor([[0.0, 0.0, 30.0, -30.0, 30.0, -30.0, 200.0, -200.0]])])
targets = torch.cat([torch.rand(3, 8), torch.tensor([[0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]])])
case("binaryCrossEntropy", "binaryCrossEntropy", {}, [logits, targets],
     lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"))

case("reduceSum", "reduceSum", {"axes": [0, 2]}, [randn(3, 4, 5)], lambda x: x.sum((0, 2), keepdim=True))
case("countAlong", "countAlong", {"axes": [0, 2]}, [randn(3, 4, 5)], lambda x: torch.full((1, 1, 1), 15.0))
case("expand", "expand", {"shape": [2, 4, 3]}, [randn(2, 1, 1)], lambda x: x.expand(2, 4, 3), [None])
case("concat", "concat", {"axis": 0}, [randn(2, 3, 2, 2), randn(0, 3, 2, 2), randn(4, 3, 2, 2)],
     lambda *parts: torch.cat(parts, 0), ["rows0", "rows1", "rows2"])
case("concat of channels", "concat", {"axis": 1}, [randn(2, 3, 2), randn(2, 1, 2), randn(2, 4, 2)],
     lambda *parts: torch.cat(parts, 1))

x = randn(3, 4, 2, 5)
case("reshape", "reshape", {"shape": ["rest", 40]}, [x], lambda x: x.reshape(-1, 40))
case("reshape of no RoIs", "reshape", {"shape": ["rest", 40]}, [x[:0]], lambda x: x.reshape(0, 40))
case("reshapeTo", "reshapeTo", {"shape": [6, 20]}, [x], lambda x: x.reshape(6, 20), [None])
case("shapeOf", "shapeOf", {}, [x], lambda x: torch.tensor(x.shape))
case("extentOf", "extentOf", {"axis": 1}, [x], lambda x: torch.tensor([x.shape[1]]))
case("transpose", "transpose", {"order": [2, 0, 3, 1]}, [x], lambda x: x.permute(2, 0, 3, 1))
case("pad", "pad", {"before": [0, 1, 0, -1], "after": [0, 0, 2, 3]}, [x], lambda x: F.pad(x, (-1, 3, 0, 2, 1, 0)))
case("sliceBetween", "sliceBetween", {"axis": 1, "extent": 2}, [x, torch.tensor([1]), torch.tensor([3])],
     lambda x, start, end: x[:, 1:3], ["rows", None, None])
case("reverse", "reverse", {"axes": [1, 3]}, [x], lambda x: x.flip(1, 3))
case("reverse of kernels", "reverse", {"axes": [2, 3]}, [randn(4, 3, 3, 2)], lambda x: x.flip(2, 3), [None])

data, rows = randn(6, 4, 1, 1), torch.tensor([5, 0, 0, 3])
case("gatherRows", "gatherRows", {}, [data, rows], lambda data, rows: data[rows], [None, "rows"])
case("gatherRows of single numbers", "gatherRows", {}, [randn(6), rows], lambda data, rows: data[rows], [None, "rows"])
case("scatterAddRows", "scatterAddRows", {"shape": [6, 2, 3]}, [randn(4, 2, 3), rows],
     lambda updates, rows: torch.zeros(6, 2, 3, dtype=updates.dtype).index_add(0, rows, updates), ["rows", "rows"])
case("oneHot", "oneHot", {"depth": 7}, [rows], lambda rows: F.one_hot(rows, 7).float())
case("constant", "constant", {"shape": [2, 3], "value": 1.5}, [], lambda: torch.full((2, 3), 1.5))
case("stepDown", "stepDown", {"limit": 6}, [torch.tensor([[-1.0, 5.9999995, 6.0, 6.0000005, 1e30]])],
     lambda x: (x < 6).to(x.dtype))
case("clamp of relu6", "clamp", {"min": 0, "max": 6}, [randn(2, 3, 4, 5) * 6], F.relu6)
conv("conv 3x3 depthwise", randn(2, 6, 7, 5), randn(6, 1, 3, 3), None, 1, 1, 6)
conv("conv 3x3 stride 2 depthwise without padding", randn(1, 6, 9, 7), randn(6, 1, 3, 3), None, 2, 0, 6)


def weight_gradient(name, x, w, stride, padding, groups, dilation=1, symbol=None):
    """The gradient of a convolution's weight as an operation."""
    convolve = lambda x, w: F.conv2d(x, w, None, stride, padding, dilation, groups)

    def gradient(x, dy):
        weight = w.to(dy.dtype).requires_grad_()
        return torch.autograd.grad(convolve(x.detach(), weight), weight, dy)[0]

    parameters = {"kernel": list(w.shape[2:]), "stride": stride, "padding": padding, "groups": groups}
    if dilation > 1:
        parameters["dilation"] = dilation
    case(f"gradient of the weight of {name}", "convWeightGradient", parameters,
         [x, randn(convolve(x, w).shape)], gradient, [symbol, symbol])


def depthwise(name, x, kernel, stride, padding):
    """A depthwise convolution of a known number of pictures, and the gradient of its weight."""
    channels = x.shape[1]
    weight = randn(channels, 1, kernel, kernel)
    case(name, "conv", {"stride": stride, "padding": padding, "groups": channels}, [x, weight],
         lambda x, w: F.conv2d(x, w, None, stride, padding, 1, channels), [None, None])
    weight_gradient(name, x, weight, stride, padding, channels)


depthwise("depthwise conv 3x3 of two pictures", randn(2, 6, 7, 5), 3, 1, 1)
depthwise("depthwise conv 5x5 stride 2", randn(2, 4, 9, 11), 5, 2, 0)
depthwise("depthwise conv 5x5 stride 2 of even extents", randn(1, 4, 8, 6), 5, 2, 2)
depthwise("depthwise conv 3x3 stride 2 that leaves a row out", randn(2, 4, 10, 9), 3, 2, 0)
conv("conv 3x3 in groups that change the channels", randn(2, 8, 6, 5), randn(12, 2, 3, 3), randn(12), 1, 1, 4)


def bilinear(x, factor):
    return F.interpolate(x, scale_factor=float(factor), mode="bilinear", align_corners=False,
                         recompute_scale_factor=False)


def bilinear_gradient(dy, factor, extents):
    x = torch.zeros(*dy.shape[:2], *extents, dtype=dy.dtype, requires_grad=True)
    return torch.autograd.grad(bilinear(x, factor), x, dy.detach())[0]


for factor, extents in ((2, (4, 5)), (8, (3, 2)), (3, (1, 4))):
    case(f"upsampleBilinear by {factor}", "upsampleBilinear", {"factor": factor}, [randn(2, 3, *extents)],
         lambda x, factor=factor: bilinear(x, factor))
case("upsampleBilinear of no RoIs", "upsampleBilinear", {"factor": 2}, [randn(0, 3, 4, 5)],
     lambda x: F.interpolate(x, size=(8, 10), mode="bilinear") if len(x) else x.new_zeros(0, 3, 8, 10) + x.sum())
case("upsampleBilinearGradient", "upsampleBilinearGradient", {"factor": 2}, [randn(2, 3, 8, 10)],
     lambda dy: bilinear_gradient(dy, 2, (4, 5)))
conv_transpose("convTranspose 4x4 stride 2", randn(2, 6, 5, 4), randn(6, 3, 4, 4), randn(3), 2, 1, 1, [0, 0])
case("hardSigmoid", "hardSigmoid", {}, [randn(2, 3, 4, 5) * 4], F.hardsigmoid)



def to_bytes(x, scale, zero_point):
    return torch.quantize_per_tensor(x.detach().float(), scale, zero_point, torch.quint8).int_repr()


case("toBytes", "toBytes", {"scale": 0.25, "zeroPoint": 100}, [randn(2, 3, 4, 5) * 20], lambda x: to_bytes(x, 0.25, 100))
case("toBytes of an activation", "toBytes", {"scale": 0.03125, "zeroPoint": 0}, [F.relu6(randn(2, 3, 4, 5) * 4)],
     lambda x: to_bytes(x, 0.03125, 0))
case("fromBytes", "fromBytes", {"scale": 0.25, "zeroPoint": 100}, [torch.arange(256).to(torch.uint8).reshape(4, 4, 4, 4)],
     lambda x: torch._make_per_tensor_quantized_tensor(x, 0.25, 100).dequantize())
case("scaleRows", "scaleRows", {}, [torch.randint(-127, 128, (5, 3, 2, 2), dtype=torch.int8), torch.rand(5)],
     lambda x, scales: x * scales.detach()[:, None, None, None], [None, None])
case("scaleRows of sums", "scaleRows", {}, [torch.randint(-9999, 10000, (6,), dtype=torch.int32), torch.rand(6)],
     lambda x, scales: x * scales.detach(), [None, None])

depthwise("depthwise conv 5x5", randn(2, 3, 6, 9), 5, 1, 2)
depthwise("depthwise conv 3x3 without padding", randn(1, 4, 6, 5), 3, 1, 0)
depthwise("depthwise conv 3x3 of a long map", randn(1, 2, 3, 130), 3, 1, 1)

for pictures, symbol in ((1, None), (2, None), (3, "rows")):
    kind = "several pictures" if symbol else f"{pictures} pictures" if pictures > 1 else "a picture"
    weight_gradient(f"conv 3x3 of {kind}", randn(pictures, 4, 7, 6), randn(5, 4, 3, 3), 1, 1, 1, symbol=symbol)
    weight_gradient(f"conv 3x3 stride 2 of {kind}", randn(pictures, 4, 8, 6), randn(5, 4, 3, 3), 2, 1, 1, symbol=symbol)
    weight_gradient(f"conv 1x1 of {kind}", randn(pictures, 4, 3, 5), randn(5, 4, 1, 1), 1, 0, 1, symbol=symbol)
weight_gradient("conv 3x3 in groups of two pictures", randn(2, 8, 6, 5), randn(12, 2, 3, 3), 1, 1, 4)
weight_gradient("conv 3x2 with dilation", randn(2, 4, 9, 8), randn(5, 4, 3, 2), 1, 1, 1, dilation=2)
weight_gradient("conv 1x1 with padding", randn(2, 3, 4, 5), randn(2, 3, 1, 1), 1, 1, 1)
weight_gradient("conv 2x2 with wide padding", randn(2, 3, 4, 5), randn(2, 3, 2, 2), 1, 2, 1)
