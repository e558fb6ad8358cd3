"""The networks of support/bench-networks.ts in PyTorch, one thread: reads a number of steps a line, answers with a JSON list of ms."""
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
BATCH = 32


class ConvNorm(nn.Module):
    """Convolution with TensorFlow's 'same' padding of an even map, batch norm, optional ReLU6."""

    def __init__(self, size, c_in, c_out, stride=1, groups=1, activation=True):
        super().__init__()
        total = 0 if size == 1 else size - stride
        self.uneven = total % 2
        self.conv = nn.Conv2d(c_in, c_out, size, stride, total // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(c_out, eps=1e-3)
        self.activation = activation

    def forward(self, x):
        if self.uneven:
            x = F.pad(x, (0, 1, 0, 1))
        x = self.norm(self.conv(x))
        return F.relu6(x) if self.activation else x


class Mobile(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            ConvNorm(3, 3, 16),
            ConvNorm(1, 16, 48), ConvNorm(3, 48, 48, 2, 48), ConvNorm(1, 48, 24, activation=False),
            ConvNorm(1, 24, 72), ConvNorm(5, 72, 72, 2, 72), ConvNorm(1, 72, 32, activation=False),
            ConvNorm(1, 32, 96),
        )
        self.head = nn.Linear(96, 10)

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


class Res(nn.Module):
    def __init__(self):
        super().__init__()
        self.s, self.a, self.b = ConvNorm(3, 3, 32), ConvNorm(3, 32, 32), ConvNorm(3, 32, 32)
        self.c, self.d, self.e = ConvNorm(3, 32, 64, 2), ConvNorm(3, 64, 64), ConvNorm(3, 64, 64)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        h = self.s(x)
        h = h + self.b(self.a(h))
        h = self.c(h)
        h = h + self.e(self.d(h))
        return self.head(h.mean((2, 3)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.q, self.k, self.v, self.out = (nn.Linear(width, width) for _ in range(4))
        self.hidden, self.back = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, h):
        batch, tokens, width = h.shape
        n = self.norm1(h)
        q, k, v = (f(n).view(batch, tokens, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        o = F.scaled_dot_product_attention(q, k, v)
        h = h + self.out(o.transpose(1, 2).reshape(batch, tokens, width))
        return h + self.back(F.relu(self.hidden(self.norm2(h))))


class Attn(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Linear(48, 96)
        self.position = nn.Parameter(torch.randn(1, 64, 96) * 0.02)
        self.blocks = nn.Sequential(*(Block(96, 4) for _ in range(3)))
        self.head = nn.Linear(96, 10)

    def forward(self, x):
        patches = x.view(-1, 3, 8, 4, 8, 4).permute(0, 2, 4, 3, 5, 1).reshape(-1, 64, 48)
        return self.head(self.blocks(self.patch(patches) + self.position).mean(1))


def main():
    name = sys.argv[1]
    net = {"mobile": Mobile, "res": Res, "attn": Attn}[name]().train()
    if name != "attn":
        net = net.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.002 if name == "attn" else 0.05, momentum=0.9)
    x = torch.randn(BATCH, 3, 32, 32)
    if name != "attn":
        x = x.contiguous(memory_format=torch.channels_last)
    labels = torch.arange(BATCH) % 10
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(net(x), labels)
            loss.backward()
            optimizer.step()
            loss.item()
            times.append((time.perf_counter() - start) * 1e3)
        print(json.dumps(times), flush=True)


main()
