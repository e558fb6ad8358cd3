"""Golden files: the networks that they define, filled by name, and their inputs and losses."""
import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

REFERENCE = Path(__file__).resolve().parents[2] / "fixtures" / "reference"
sys.path.insert(0, str(REFERENCE))
from fill import fill, input_array, uniforms  # noqa: E402


def read(name):
    return json.loads((REFERENCE / f"{name}.json").read_text())


def load_filled(net, golden):
    """Gives every parameter and buffer of a PyTorch system's network the golden file's value."""
    kinds = {name: kind for name, _, kind in golden["parameters"]}
    values = {name: torch.from_numpy(fill(name, tuple(t.shape), kinds[name])) for name, t in net.state_dict().items()}
    net.load_state_dict(values)


def images(shape, dpc=False):
    """Images [batch, channels, height, width] in [-1, 1); those of a DPC file are 255 u, drawn over NHWC and then scaled."""
    if not dpc:
        return torch.from_numpy(input_array(shape))
    batch, channels, height, width = shape
    raw = (255 * uniforms("input", batch * channels * height * width)).astype("float32")
    return torch.from_numpy(raw / 127.5 - 1).view(batch, height, width, channels).permute(0, 3, 1, 2)


def cross_entropy(scores):
    """Labels i % classes at flat position i: batch, then rows, then columns (or tokens). Scores [batch, classes, ...]."""
    labels = torch.arange(scores.numel() // scores.shape[1]) % scores.shape[1]
    labels = labels.view(scores.shape[0], *scores.shape[2:])
    return lambda y: F.cross_entropy(y, labels)


def squared_error(maps):
    """Targets ((i % 7) - 3) / 10 at flat position i of [batch, channels, height, width]."""
    targets = ((torch.arange(maps.numel()) % 7) - 3).double().div_(10).view(maps.shape)
    targets = targets.to(maps.dtype).contiguous(memory_format=torch.channels_last)
    return lambda y: F.mse_loss(y, targets)
