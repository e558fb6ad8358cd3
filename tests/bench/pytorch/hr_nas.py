"""HR-NAS for dense prediction in its search form: parallel branches of mixed depthwise blocks, with lightweight Transformers where asked for.

Built from a golden file's configuration and architecture; names and shapes are those of the official code.
"""
import math
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from layers import BatchNorm, activate


class ConvNormPair(nn.Sequential):
    """Convolution '0', norm '1', ReLU."""

    def __init__(self, c_in, c_out, kernel, stride, groups, norm):
        super().__init__(nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False), norm(c_out))

    def forward(self, x):
        return activate(self[1](self[0](x)), "relu")


class Attention(nn.Module):
    """One head, no biases. [batch, tokens, width]; the projections of equal inputs are one product."""

    def __init__(self, width):
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.out_proj = nn.Linear(width, width, bias=False)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def forward(self, queries, memory):
        if queries is memory:
            q, k, v = F.linear(memory, self.in_proj_weight).chunk(3, -1)
        else:
            width = memory.shape[-1]
            of_query, of_memory = self.in_proj_weight.split((width, 2 * width))
            q = F.linear(queries, of_query).expand(memory.shape[0], -1, -1)
            k, v = F.linear(memory, of_memory).chunk(2, -1)
        return self.out_proj(F.scaled_dot_product_attention(q, k, v))


class EncoderLayer(nn.Module):
    """Attention among the tokens and a hidden layer, each added and normed. No dropout: the golden files are made without."""

    attention = "self_attn"

    def __init__(self, width):
        super().__init__()
        setattr(self, self.attention, Attention(width))
        self.linear1, self.linear2 = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, tokens, queries=None):
        attended = getattr(self, self.attention)(tokens if queries is None else queries, tokens)
        u = self.norm1(tokens + attended)
        return self.norm2(u + self.linear2(F.relu_(self.linear1(u))))


class DecoderLayer(EncoderLayer):
    """Learned queries attend to the tokens; the sum keeps the tokens, not the queries."""

    attention = "multihead_attn"


class Transformer(nn.Module):
    """What a block adds from 8x8 maps of tokens (spec section 3, steps 1 to 9)."""

    side = 8

    def __init__(self, channels, tokens):
        super().__init__()
        width = self.side**2
        self.input_proj = nn.Conv2d(channels + 2, tokens, 1, bias=False)
        self.input_norm = BatchNorm(tokens)
        self.encoder = EncoderLayer(width)
        self.query_embed = nn.Embedding(tokens, width)
        self.decoder = DecoderLayer(width)
        self.reverse_proj = nn.Conv2d(tokens, channels, 1, bias=False)
        self.reverse_norm = BatchNorm(channels)
        line = torch.arange(self.side, dtype=torch.float64)
        line = ((line - line.mean()) / line.std(correction=0)).float()
        position = torch.stack((line.expand(self.side, -1), line[:, None].expand(-1, self.side)))
        self.register_buffer("position", position[None], persistent=False)

    def forward(self, x):
        batch, _, height, width = x.shape
        small = F.interpolate(x, (self.side, self.side), mode="bilinear")
        small = torch.cat((small, self.position.expand(batch, -1, -1, -1)), 1)
        tokens = self.input_norm(self.input_proj(small)).flatten(2)  # [batch, tokens, 64]
        tokens = self.encoder(tokens)
        tokens = self.decoder(tokens, self.query_embed.weight)
        maps = self.reverse_norm(self.reverse_proj(tokens.unflatten(2, (self.side, self.side))))
        return F.interpolate(maps, (height, width), mode="bilinear")


class SearchBlock(nn.Module):
    """Sum of expand-depthwise-project paths, one for each kernel that is left, with one norm, beside a residual path."""

    def __init__(self, c_in, c_out, stride, kernels, norm, tokens):
        super().__init__()
        self.ops = nn.ModuleList(
            nn.Sequential(
                ConvNormPair(c_in, hidden, 1, 1, 1, norm),
                ConvNormPair(hidden, hidden, kernel, stride, hidden, norm),
                nn.Conv2d(hidden, c_out, 1, bias=False),
            )
            for kernel, hidden in kernels
        )
        self.pw_bn = norm(c_out)
        self.is_residual = stride == 1 and c_in == c_out
        if not self.is_residual:
            self.residual = nn.Conv2d(c_in, c_out, 1, stride, groups=math.gcd(c_in, c_out), bias=False)
        if tokens > 0:
            self.transformer = Transformer(c_in, tokens)

    def forward(self, x):
        y = x if self.is_residual else self.residual(x)
        if self.is_residual and hasattr(self, "transformer"):
            y = y + self.transformer(x)
        if len(self.ops) == 0:
            return y
        paths = self.ops[0](x)
        for op in self.ops[1:]:
            paths += op(x)
        return y + self.pw_bn(paths)


class Up(nn.Sequential):
    """A block '0' at the lower resolution, then twice its size by repetition."""

    def forward(self, x):
        return F.interpolate(self[0](x), scale_factor=2, mode="nearest")


class Fusion(nn.Module):
    """Every branch hears its neighbours; new branches grow from the last one."""

    def __init__(self, c_in, c_out, make):
        super().__init__()
        self.inputs, outputs = len(c_in), len(c_out)
        rows = []
        for i in range(outputs):
            if i >= self.inputs:
                rows.append(nn.ModuleList([make(c_out[i - 1], c_out[i], 2)]))
                continue
            row = {}
            for j in range(max(0, i - 1), min(self.inputs, i + 2)):
                block = make(c_in[j], c_out[i], 2 if j < i else 1)
                row[str(j)] = block if j == i else Up(block) if j > i else nn.Sequential(block)
            rows.append(nn.ModuleDict(row))
        self.fuse_layers = nn.ModuleList(rows)

    def forward(self, xs):
        outs = []
        for row in self.fuse_layers[: self.inputs]:
            y = None
            for j, path in row.items():
                term = path(xs[int(j)])
                if y is None:
                    y = term
                    continue
                if term.shape[2:] != y.shape[2:]:
                    term = F.interpolate(term, y.shape[2:], mode="bilinear")
                y = y + term
            outs.append(F.relu_(y))
        for row in self.fuse_layers[self.inputs :]:
            outs.append(row[0](outs[-1]))
        return outs


class Parallel(nn.Module):
    def __init__(self, channels, blocks, make):
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(*(make(c, c, 1) for _ in range(n))) for c, n in zip(channels, blocks))

    def forward(self, xs):
        return [branch(x) for branch, x in zip(self.branches, xs)]


class HrNas(nn.Module):
    """Maps of class scores at a quarter of the input's size."""

    def __init__(self, golden):
        super().__init__()
        config, architecture = golden["config"], golden["architecture"]
        norm = partial(BatchNorm, eps=config["bn_epsilon"], momentum=config["bn_momentum"])
        make = BlockMaker(config, architecture, norm)
        stem = config["input_channel"]
        self.downsamples = nn.Sequential(ConvNormPair(3, stem[0], 3, 2, 1, norm), ConvNormPair(stem[0], stem[1], 3, 2, 1, norm))
        features, before = [], stem[1:]
        for _, blocks, channels in config["inverted_residual_setting"]:
            features += [Fusion(before, channels, make), Parallel(channels, blocks, make)]
            before = channels
        # registered in the official order, which is not that of the blocks in an architecture
        self.transform = make(sum(before), config["last_channel"], 1)
        self.classifier = nn.Conv2d(config["last_channel"], config["num_classes"], 1)
        self.features = nn.Sequential(*features)

    def forward(self, x):
        xs = self.features([self.downsamples(x)])
        size = xs[0].shape[2:]
        merged = torch.cat([xs[0], *(F.interpolate(x, size, mode="bilinear") for x in xs[1:])], 1)
        return self.classifier(self.transform(merged))


class BlockMaker:
    """Makes blocks in the order of an architecture's lists: hidden channels of every block, tokens of every residual one."""

    def __init__(self, config, architecture, norm):
        self.config, self.norm = config, norm
        blocks, tokens = architecture["blocks"], architecture.get("tokens", 0)
        self.hidden = iter(blocks) if isinstance(blocks, list) else None
        self.tokens = iter(tokens) if isinstance(tokens, list) else None
        self.tokens_everywhere = int(str(tokens).split()[0]) if self.tokens is None else 0

    def __call__(self, c_in, c_out, stride):
        kernels = self.config["kernel_sizes"]
        hidden = [round(self.config["expand_ratio"] * c_in)] * len(kernels) if self.hidden is None else next(self.hidden)
        tokens = 0
        if stride == 1 and c_in == c_out:
            tokens = self.tokens_everywhere if self.tokens is None else next(self.tokens)
        return SearchBlock(c_in, c_out, stride, [pair for pair in zip(kernels, hidden) if pair[1] > 0], self.norm, tokens)
