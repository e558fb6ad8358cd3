"""Layers that several networks share."""
import torch.nn.functional as F
from torch import nn


class BatchNorm(nn.BatchNorm2d):
    """nn.BatchNorm2d without its counting of batches, one small op a layer: `training.Trainer` counts them all at once."""

    def forward(self, x):
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, self.training, self.momentum, self.eps)


class ConvNorm(nn.Module):
    """Convolution and batch norm under the names `conv` and `bn`, then `act` ('relu', 'relu6', 'sigmoid' or nothing)."""

    def __init__(self, c_in, c_out, kernel=1, stride=1, groups=1, act=None, norm=BatchNorm):
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = norm(c_out)
        self.act = act

    def forward(self, x):
        return activate(self.bn(self.conv(x)), self.act)


def activate(x, act):
    """In place: the norm before it needs its input for its gradient, not its output."""
    if act == "relu":
        return F.relu_(x)
    if act == "relu6":
        return F.relu6(x, inplace=True)
    if act == "sigmoid":
        return x.sigmoid_()
    return x


def same_padding(size, kernel, stride, dilation=1):
    """TensorFlow's 'same' padding of one axis: (before, after)."""
    out = -(-size // stride)
    total = max(0, (out - 1) * stride + dilation * (kernel - 1) + 1 - size)
    return total // 2, total - total // 2
