"""The three small networks of support/bench-networks.ts, layer by layer, for images of 32x32x3 and ten classes."""
import torch
import torch.nn.functional as F
from torch import nn

from layers import BatchNorm, activate, same_padding


class SameConvNorm(nn.Module):
    """Convolution with TensorFlow's 'same' padding of an even map, batch norm (epsilon 1e-3), ReLU6 unless told otherwise."""

    def __init__(self, kernel, c_in, c_out, stride=1, groups=1, act="relu6"):
        super().__init__()
        before, after = same_padding(32, kernel, stride)
        self.uneven = after - before
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, before, groups=groups, bias=False)
        self.bn = BatchNorm(c_out, eps=1e-3)
        self.act = act

    def forward(self, x):
        if self.uneven:
            x = F.pad(x, (0, 1, 0, 1))
        return activate(self.bn(self.conv(x)), self.act)


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        conv = SameConvNorm
        self.features = nn.Sequential(
            conv(3, 3, 16),
            conv(1, 16, 48), conv(3, 48, 48, 2, 48), conv(1, 48, 24, act=None),
            conv(1, 24, 72), conv(5, 72, 72, 2, 72), conv(1, 72, 32, act=None),
            conv(1, 32, 96),
        )
        self.head = nn.Linear(96, 10)

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


class Res(nn.Module):
    def __init__(self):
        super().__init__()
        conv = SameConvNorm
        self.stem = conv(3, 3, 32)
        self.block1 = nn.Sequential(conv(3, 32, 32), conv(3, 32, 32))
        self.down = conv(3, 32, 64, 2)
        self.block2 = nn.Sequential(conv(3, 64, 64), conv(3, 64, 64))
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        h = self.stem(x)
        h = h + self.block1(h)
        h = self.down(h)
        h = h + self.block2(h)
        return self.head(h.mean((2, 3)))


class Block(nn.Module):
    """Pre-norm attention and a hidden layer of four times the width."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.hidden, self.back = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, h):
        batch, tokens, width = h.shape
        qkv = self.qkv(self.norm1(h)).view(batch, tokens, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind()  # [batch, heads, tokens, width / heads]
        o = F.scaled_dot_product_attention(q, k, v)
        h = h + self.out(o.transpose(1, 2).reshape(batch, tokens, width))
        return h + self.back(F.relu_(self.hidden(self.norm2(h))))


class Attn(nn.Module):
    """64 patches of 4x4 pixels, width 96, 4 heads, 3 blocks."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Linear(48, 96)
        self.position = nn.Parameter(torch.randn(1, 64, 96) * 0.02)
        self.blocks = nn.Sequential(*(Block(96, 4) for _ in range(3)))
        self.head = nn.Linear(96, 10)

    def forward(self, x):
        patches = x.view(-1, 3, 8, 4, 8, 4).permute(0, 2, 4, 3, 5, 1).reshape(-1, 64, 48)
        return self.head(self.blocks(self.patch(patches) + self.position).mean(1))
