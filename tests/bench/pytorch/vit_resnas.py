"""ViT-ResNAS: a multi-stage vision transformer with residual spatial reductions, and a patch head in training (spec section 1)."""
import torch
import torch.nn.functional as F
from torch import nn

from layers import ConvNorm


class PatchEmbed(nn.Module):
    """Three convolutions with a skip, then patches of 7x7 of their map. [batch, tokens, width]"""

    def __init__(self, width, mid=24):
        super().__init__()
        self.conv1 = ConvNorm(3, mid, 3, 2, act="relu")
        self.conv2, self.conv3 = ConvNorm(mid, mid, 3, act="relu"), ConvNorm(mid, mid, 3, act="relu")
        self.conv_proj = nn.Conv2d(mid, width, 7, 7)

    def forward(self, x):
        h = self.conv1(x)
        h = h + self.conv3(self.conv2(h))
        return self.conv_proj(h).flatten(2).transpose(1, 2)


class Attention(nn.Module):
    def __init__(self, width, heads, head_width):
        super().__init__()
        self.heads, self.head_width = heads, head_width
        self.qkv = nn.Linear(width, 3 * heads * head_width)
        self.proj = nn.Linear(heads * head_width, width)

    def forward(self, x):
        batch, tokens, _ = x.shape
        q, k, v = self.qkv(x).view(batch, tokens, 3, self.heads, self.head_width).permute(2, 0, 3, 1, 4).unbind()
        o = F.scaled_dot_product_attention(q, k, v)  # [batch, heads, tokens, head width]
        return self.proj(o.transpose(1, 2).reshape(batch, tokens, -1))


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    """Pre-norm; no drop path, as the golden files are made without."""

    def __init__(self, width, heads, head_width, hidden):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, 1e-6), Attention(width, heads, head_width)
        self.norm2, self.mlp = nn.LayerNorm(width, 1e-6), Mlp(width, hidden)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class SpatialReduction(nn.Module):
    """Half the grid, more channels: a convolution of the normed tokens beside their plain averages, padded with zero channels."""

    def __init__(self, c_in, c_out, side):
        super().__init__()
        self.side, self.more = side, c_out - c_in
        self.pos_embed = nn.Parameter(torch.zeros(1, (side // 2) ** 2, c_out))
        self.norm = nn.LayerNorm(c_in, 1e-6)
        self.patch_reduce = nn.Conv2d(c_in, c_out, 3, 2, 1)
        self.token_transform = nn.Linear(c_in, c_out)

    def grid(self, patches):
        return patches.transpose(1, 2).unflatten(2, (self.side, self.side))  # [batch, channels, side, side], channels last in memory

    def forward(self, x):
        y = self.norm(x)
        patches = self.patch_reduce(self.grid(y[:, 1:])).flatten(2).transpose(1, 2) + self.pos_embed
        means = F.avg_pool2d(self.grid(x[:, 1:]), 2).flatten(2).transpose(1, 2)
        main = F.pad(torch.cat((x[:, :1], means), 1), (0, self.more))
        return main + torch.cat((self.token_transform(y[:, :1]), patches), 1)


class VitResNas(nn.Module):
    """Class scores; in training also those of every patch, [batch, classes, patches]."""

    def __init__(self, golden):
        super().__init__()
        definition, side = golden["networkDef"], golden["imageSize"] // 14
        width = definition[0][1]
        self.tokens = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, side**2 + 1, width))
        self.patch_embed = PatchEmbed(width)
        blocks = []
        for code, *entry in definition[1:-1]:
            if code == 1:
                (width, heads, head_width), (_, hidden), exists = entry
                if exists:
                    blocks.append(Block(width, heads, head_width, hidden))
            else:
                blocks.append(SpatialReduction(*entry, side))
                side //= 2
        self.blocks = nn.Sequential(*blocks)
        _, width, classes = definition[-1]
        self.norm = nn.LayerNorm(width, 1e-6)
        self.cls_head, self.patch_head = nn.Linear(width, classes), nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat((self.tokens.expand(x.shape[0], -1, -1), x), 1) + self.pos_embed
        x = self.blocks(x)
        if not self.training:
            return self.cls_head(self.norm(x[:, 0]))
        x = self.norm(x)
        return self.cls_head(x[:, 0]), self.patch_head(x[:, 1:]).transpose(1, 2)
