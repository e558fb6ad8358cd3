"""Lite-HRNet with conditional channel weighting and its key point head, as the official code runs it (spec sections 2 to 4)."""
import torch
import torch.nn.functional as F
from torch import nn

from layers import BatchNorm, ConvNorm


def shuffle(x1, x2):
    """The channels of both in turn; one copy that stays channels-last."""
    both = torch.stack((x1.permute(0, 2, 3, 1), x2.permute(0, 2, 3, 1)), -1)
    return both.flatten(3).permute(0, 3, 1, 2)


class Stem(nn.Module):
    """A quarter of the input's size."""

    def __init__(self, channels, out):
        super().__init__()
        half = channels // 2
        self.conv1 = ConvNorm(3, channels, 3, 2, act="relu")
        self.branch1 = nn.Sequential(ConvNorm(half, half, 3, 2, half), ConvNorm(half, out // 2, act="relu"))
        self.expand_conv = ConvNorm(half, channels, act="relu")
        self.depthwise_conv = ConvNorm(channels, channels, 3, 2, channels)
        self.linear_conv = ConvNorm(channels, out // 2, act="relu")

    def forward(self, x):
        x1, x2 = self.conv1(x).chunk(2, 1)
        return shuffle(self.branch1(x1), self.linear_conv(self.depthwise_conv(self.expand_conv(x2))))


class CrossResolutionWeighting(nn.Module):
    """Factors for all branches from all of them, computed at the lowest resolution."""

    def __init__(self, channels, ratio):
        super().__init__()
        self.channels, total = channels, sum(channels)
        self.conv1 = ConvNorm(total, total // ratio, act="relu")
        self.conv2 = ConvNorm(total // ratio, total, act="sigmoid")

    def forward(self, xs):
        size = xs[-1].shape[2:]
        pooled = [F.adaptive_avg_pool2d(x, size) for x in xs[:-1]]
        factors = self.conv2(self.conv1(torch.cat([*pooled, xs[-1]], 1))).split(self.channels, 1)
        return [x * F.interpolate(f, x.shape[2:], mode="nearest") for x, f in zip(xs, factors)]


class Pointwise(nn.Module):
    """A 1x1 convolution with bias under the name `conv`."""

    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, 1)


class SpatialWeighting(nn.Module):
    def __init__(self, channels, ratio):
        super().__init__()
        self.conv1, self.conv2 = Pointwise(channels, channels // ratio), Pointwise(channels // ratio, channels)

    def forward(self, x):
        hidden = F.relu_(self.conv1.conv(x.mean((2, 3), keepdim=True)))
        return x * self.conv2.conv(hidden).sigmoid_()


class ChannelWeightingBlock(nn.Module):
    """Half of the channels of every branch is weighted and filtered, the other half passes."""

    def __init__(self, channels, ratio):
        super().__init__()
        halves = [c // 2 for c in channels]
        self.cross_resolution_weighting = CrossResolutionWeighting(halves, ratio)
        self.depthwise_convs = nn.ModuleList(ConvNorm(c, c, 3, 1, c) for c in halves)
        # of the half, so that its hidden layer has 1 / ratio of the branch
        self.spatial_weighting = nn.ModuleList(SpatialWeighting(c, ratio // 2) for c in halves)

    def forward(self, xs):
        halves = [x.chunk(2, 1) for x in xs]
        weighted = self.cross_resolution_weighting([second for _, second in halves])
        filtered = [sw(conv(x)) for x, conv, sw in zip(weighted, self.depthwise_convs, self.spatial_weighting)]
        return [shuffle(first, second) for (first, _), second in zip(halves, filtered)]


def separable(c_in, c_out, stride, act):
    """Depthwise 3x3 and 1x1, each with a norm, named '0' to '3'."""
    parts = [nn.Conv2d(c_in, c_in, 3, stride, 1, groups=c_in, bias=False), BatchNorm(c_in), nn.Conv2d(c_in, c_out, 1, bias=False), BatchNorm(c_out)]
    return nn.Sequential(*parts, *([nn.ReLU(inplace=True)] if act else []))


class Up(nn.Sequential):
    """1x1 convolution '0', norm '1'; the sum enlarges."""

    def __init__(self, c_in, c_out, factor):
        super().__init__(nn.Conv2d(c_in, c_out, 1, bias=False), BatchNorm(c_out), nn.Upsample(scale_factor=factor, mode="nearest"))


def fuse_path(c_in, c_out, i, j):
    if i == j:
        return nn.Identity()
    if j > i:
        return Up(c_in, c_out, 2 ** (j - i))
    steps = i - j
    return nn.Sequential(*(separable(c_in, c_out if step == steps - 1 else c_in, 2, step < steps - 1) for step in range(steps)))


class Module(nn.Module):
    """Blocks over all branches, then their fusion."""

    def __init__(self, channels, blocks, ratio):
        super().__init__()
        self.layers = nn.Sequential(*(ChannelWeightingBlock(channels, ratio) for _ in range(blocks)))
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(fuse_path(c_in, c_out, i, j) for j, c_in in enumerate(channels)) for i, c_out in enumerate(channels)
        )

    def forward(self, xs):
        """Branch 0 counts twice everywhere, and the others see it after its own sum but before its ReLU (spec 4.3)."""
        xs = self.layers(xs)
        z = 2 * xs[0]
        for path, x in zip(self.fuse_layers[0][1:], xs[1:]):
            z += path(x)
        outs = []
        for i, row in enumerate(self.fuse_layers[1:], 1):
            # two runs: each of them moves the running statistics
            y = row[0](z) + row[0](z)
            for j, path in enumerate(row[1:], 1):
                y += xs[i] if j == i else path(xs[j])
            outs.append(F.relu_(y))
        return [F.relu(z), *outs]


class Transition(nn.ModuleList):
    """To the widths of the next stage; each new branch comes from the last one."""

    def __init__(self, before, after):
        rows = []
        for i, channels in enumerate(after):
            if i >= len(before):
                rows.append(nn.Sequential(separable(before[-1], channels, 2, True)))
            else:
                rows.append(nn.Identity() if before[i] == channels else separable(before[i], channels, 1, True))
        super().__init__(rows)

    def forward(self, xs):
        return [row(xs[min(i, len(xs) - 1)]) for i, row in enumerate(self)]


class Project(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.depthwise_conv = ConvNorm(c_in, c_in, 3, 1, c_in)
        self.pointwise_conv = ConvNorm(c_in, c_out, act="relu")

    def forward(self, x):
        return self.pointwise_conv(self.depthwise_conv(x))


class IterativeHead(nn.Module):
    """From the lowest resolution upwards; the map of the highest comes out."""

    def __init__(self, channels):
        super().__init__()
        falling = channels[::-1]
        self.projects = nn.ModuleList(Project(c, falling[min(i + 1, len(falling) - 1)]) for i, c in enumerate(falling))

    def forward(self, xs):
        y = None
        for x, project in zip(xs[::-1], self.projects):
            if y is not None:
                x = x + F.interpolate(y, x.shape[2:], mode="bilinear", align_corners=True)
            y = project(x)
        return y


class Backbone(nn.Module):
    def __init__(self, config):
        super().__init__()
        stem, spec = config["extra"]["stem"], config["extra"]["stages_spec"]
        self.stem = Stem(stem["stem_channels"], stem["out_channels"])
        before = [stem["out_channels"]]
        for stage, channels in enumerate(spec["num_channels"]):
            setattr(self, f"transition{stage}", Transition(before, channels))
            modules, blocks, ratio = (spec[key][stage] for key in ("num_modules", "num_blocks", "reduce_ratios"))
            setattr(self, f"stage{stage}", nn.Sequential(*(Module(channels, blocks, ratio) for _ in range(modules))))
            before = channels
        self.stages = len(spec["num_channels"])
        self.head_layer = IterativeHead(before)

    def forward(self, x):
        xs = [self.stem(x)]
        for stage in range(self.stages):
            xs = getattr(self, f"stage{stage}")(getattr(self, f"transition{stage}")(xs))
        return self.head_layer(xs)


class KeypointHead(nn.Module):
    def __init__(self, channels, joints):
        super().__init__()
        self.final_layer = nn.Conv2d(channels, joints, 1)

    def forward(self, x):
        return self.final_layer(x)


class LiteHrNet(nn.Module):
    """Heat maps at a quarter of the input's size."""

    def __init__(self, golden):
        super().__init__()
        config = golden["config"]
        head = config["keypoint_head"]
        self.backbone = Backbone(config["backbone"])
        self.keypoint_head = KeypointHead(head["in_channels"], head["out_channels"])

    def forward(self, x):
        return self.keypoint_head(self.backbone(x))
