"""A dense prediction cell on MobileNet-v2 at output stride 16, with logits at the features' size (spec sections 4 and 5).

The published code is TensorFlow's: 'same' padding, which on even maps pads only at the end. `official_names` tells its names.
"""
import torch
import torch.nn.functional as F
from torch import nn

from golden import fill
from layers import BatchNorm, activate, same_padding

# expansion, channels, stride; the cancelled stride of the sixth group shows as a dilation of 2 from its second unit on
UNITS = [(1, 16, 1, 1), (6, 24, 2, 1), (6, 24, 1, 1), (6, 32, 2, 1), (6, 32, 1, 1), (6, 32, 1, 1), (6, 64, 2, 1)]
UNITS += [(6, 64, 1, 1)] * 3 + [(6, 96, 1, 1)] * 3 + [(6, 160, 1, 1)] + [(6, 160, 1, 2)] * 2 + [(6, 320, 1, 2)]


class SameConv(nn.Module):
    """Convolution padded as TensorFlow does, norm, activation."""

    def __init__(self, c_in, c_out, kernel=1, stride=1, rate=(1, 1), depthwise=False, act=None, eps=1e-5, decay=0.9997):
        super().__init__()
        self.kernel, self.stride, self.rate = kernel, stride, rate
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, dilation=rate, groups=c_in if depthwise else 1, bias=False)
        self.bn = BatchNorm(c_out, eps=eps, momentum=1 - decay)
        self.act = act

    def forward(self, x):
        (top, bottom), (left, right) = (
            same_padding(size, self.kernel, self.stride, rate) for size, rate in zip(x.shape[2:], self.rate)
        )
        if top == bottom and left == right:
            conv = self.conv
            y = F.conv2d(x, conv.weight, None, conv.stride, (top, left), conv.dilation, conv.groups)
        else:
            y = self.conv(F.pad(x, (left, right, top, bottom)))
        return activate(self.bn(y), self.act)


class InvertedResidual(nn.Module):
    def __init__(self, c_in, expansion, c_out, stride, rate):
        super().__init__()
        hidden, norm = c_in * expansion, {"eps": 1e-3, "decay": 0.997}
        if expansion > 1:
            self.expand = SameConv(c_in, hidden, act="relu6", **norm)
        self.depthwise = SameConv(hidden, hidden, 3, stride, (rate, rate), depthwise=True, act="relu6", **norm)
        self.project = SameConv(hidden, c_out, **norm)
        self.is_residual = stride == 1 and c_in == c_out

    def forward(self, x):
        h = self.expand(x) if hasattr(self, "expand") else x
        h = self.project(self.depthwise(h))
        return x + h if self.is_residual else h


class Branch(nn.Module):
    """Atrous separable convolution, 1x1 convolution, or a sliding average whose result is enlarged again."""

    def __init__(self, spec, c_in, filters, pooled):
        super().__init__()
        self.input, self.pooled = spec["input"], pooled
        if spec["op"] == "conv" and spec["kernel"] == 3:
            self.depthwise = SameConv(c_in, c_in, 3, rate=tuple(spec["rate"]), depthwise=True, act="relu")
        self.pointwise = SameConv(c_in, filters, act="relu")

    def forward(self, x):
        size = x.shape[2:]
        if self.pooled is not None:
            x = self.pointwise(F.avg_pool2d(x, self.pooled, 1))
            return F.interpolate(x, size, mode="bilinear", align_corners=True)
        return self.pointwise(self.depthwise(x) if hasattr(self, "depthwise") else x)


def scaled(size, factor):
    return int((size - 1) * factor + 1)


class Dpc(nn.Module):
    """Scores [batch, classes, height / 16, width / 16] from images in [-1, 1)."""

    def __init__(self, golden):
        super().__init__()
        filters, multiplier, crop = golden["filters"], golden["rateMultiplier"], golden["cropSize"]
        self.stem = SameConv(3, 32, 3, 2, act="relu6", eps=1e-3, decay=0.997)
        units, channels = [], 32
        for expansion, c_out, stride, rate in UNITS:
            units.append(InvertedResidual(channels, expansion, c_out, stride, rate))
            channels = c_out
        self.units = nn.Sequential(*units)
        branches = []
        for spec in golden["architecture"]:
            pooled = None
            if spec["op"] == "pyramid_pooling":
                pooled = tuple(scaled(side, 1 / (golden["outputStride"] * grid)) for side, grid in zip(crop, spec["grid_size"]))
            else:
                spec = {**spec, "rate": [multiplier * r for r in spec.get("rate", [1, 1])]}
            branches.append(Branch(spec, channels if spec["input"] < 0 else filters, filters, pooled))
        self.branches = nn.ModuleList(branches)
        self.projection = SameConv(len(branches) * filters, filters, act="relu")
        self.logits = nn.Conv2d(filters, golden["classes"], 1)

    def forward(self, x):
        features = self.units(self.stem(x))
        outs = []
        for branch in self.branches:
            outs.append(branch(features if branch.input < 0 else outs[branch.input]))
        return self.logits(self.projection(torch.cat(outs, 1)))


def official_names(net):
    """Our names by the official ones, in the official order of creation."""
    scopes = {"MobilenetV2/Conv": "stem"}
    for i, unit in enumerate(net.units):
        for part in ("expand", "depthwise", "project"):
            if hasattr(unit, part):
                scopes[f"MobilenetV2/expanded_conv{f'_{i}' if i else ''}/{part}"] = f"units.{i}.{part}"
    for i, branch in enumerate(net.branches):
        if hasattr(branch, "depthwise"):
            scopes[f"meta_architecture/branch{i}_depthwise"] = f"branches.{i}.depthwise"
        scopes[f"meta_architecture/branch{i}{'_pointwise' if hasattr(branch, 'depthwise') else ''}"] = f"branches.{i}.pointwise"
    scopes["meta_architecture/concat_projection"] = "projection"
    names = {}
    for official, ours in scopes.items():
        kernel = "depthwise_weights" if official.endswith("depthwise") else "weights"
        names[f"{official}/{kernel}"] = f"{ours}.conv.weight"
        for theirs, mine in (("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"), ("moving_variance", "running_var")):
            names[f"{official}/BatchNorm/{theirs}"] = f"{ours}.bn.{mine}"
    names["logits/semantic/weights"], names["logits/semantic/biases"] = "logits.weight", "logits.bias"
    return names


def load_filled(net, golden):
    """Gives every weight the golden file's value; kernels are filled in TensorFlow's layout and then turned."""
    names, state = official_names(net), net.state_dict()
    for name, shape, kind in golden["parameters"]:
        if kind in ("conv_weight", "depthwise_weight"):
            # the layouts of sparse kernels have the same rule: fan-in is all but the last axis
            value = fill(name, shape, "sparse_weight") if kind == "conv_weight" else fill(name, [*shape[:2], shape[3], shape[2]], "sparse_weight")
            turned = torch.from_numpy(value.reshape(shape))
            state[names[name]] = turned.permute((3, 2, 0, 1) if kind == "conv_weight" else (2, 3, 0, 1))
        else:
            state[names[name]] = torch.from_numpy(fill(name, tuple(shape), kind))
    net.load_state_dict(state)
