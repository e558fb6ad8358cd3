"""Networks by name: what is built, from what inputs, and how it is trained."""
from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn.functional as F

import dpc
import golden
import small
from hr_nas import HrNas
from lite_hrnet import LiteHrNet
from vit_resnas import VitResNas


@dataclass(frozen=True)
class Recipe:
    """The optimiser: `decays` says which parameters the weight decay applies to (added to the gradient, apart from AdamW's)."""

    optimizer: type
    options: dict
    decays: Callable[[str, torch.Tensor], bool] = lambda name, parameter: False


@dataclass(frozen=True)
class Network:
    name: str
    build: Callable[[], torch.nn.Module]
    # [channels, height, width]
    input: tuple
    # output in training mode -> loss of it
    loss: Callable
    recipe: Recipe
    channels_last: bool = True
    golden: str | None = None
    # gives a network the golden file's weights
    fill: Callable | None = None


def labels_of_images(scores):
    return golden.cross_entropy(scores)


def loss_of_tokens(outputs):
    of_class, of_patches = (golden.cross_entropy(scores) for scores in outputs)
    return lambda ys: of_class(ys[0]) + 0.5 * of_patches(ys[1])


def is_matrix(name, parameter):
    """Matrices, convolutions and the classifier's bias (HR-NAS spec 4.2)."""
    return parameter.dim() in (2, 4) or "classifier" in name


def is_kernel(name, parameter):
    """All kernels but the depthwise ones (DPC spec section 4)."""
    return parameter.dim() == 4 and parameter.shape[1] > 1


def is_weight_of_vit(name, parameter):
    """Everything but vectors and the class token (ViT-ResNAS spec section 3)."""
    return parameter.dim() > 1 and name != "tokens"


def sgd(rate):
    return Recipe(torch.optim.SGD, {"lr": rate, "momentum": 0.9})


HR_NAS = Recipe(torch.optim.Adam, {"lr": 1e-3, "eps": 1e-3, "weight_decay": 1e-5}, is_matrix)
LITE_HRNET = Recipe(torch.optim.Adam, {"lr": 2e-3, "eps": 1e-8})
VIT = Recipe(torch.optim.AdamW, {"lr": 1e-4, "eps": 1e-8, "weight_decay": 0.05}, is_weight_of_vit)
DPC = Recipe(torch.optim.SGD, {"lr": 1e-2, "momentum": 0.9, "weight_decay": 4e-5}, is_kernel)


def of_golden(name, file, build, recipe, loss, load_filled=golden.load_filled):
    content = golden.read(file)
    if "eval" in content:
        shape = tuple(content["eval"][0]["inputShape"][1:])
    else:
        _, height, width, channels = content["input"]["shape"]
        shape = (channels, height, width)
    return Network(name, lambda: build(content), shape, loss, recipe, golden=file, fill=lambda net: load_filled(net, content))


def networks():
    image = (3, 32, 32)
    return {
        network.name: network
        for network in (
            Network("mobile", small.Mobile, image, labels_of_images, sgd(0.05)),
            Network("res", small.Res, image, labels_of_images, sgd(0.05)),
            Network("attn", small.Attn, image, labels_of_images, sgd(0.002), channels_last=False),
            of_golden("hr-nas-supernet", "hr-nas/cityscapes-supernet", HrNas, HR_NAS, golden.cross_entropy),
            of_golden("hr-nas-transformer", "hr-nas/cityscapes-supernet-transformer", HrNas, HR_NAS, golden.cross_entropy),
            of_golden("hr-nas-cs2", "hr-nas/cityscapes-cs2", HrNas, HR_NAS, golden.cross_entropy),
            of_golden("lite-hrnet-18", "lite-hrnet/lite-hrnet-18-coco", LiteHrNet, LITE_HRNET, golden.squared_error),
            of_golden("vit-resnas-tiny", "vit-resnas/tiny-112", VitResNas, VIT, loss_of_tokens),
            of_golden("dpc-mobilenet-v2", "dpc/mobilenet-v2-os16", dpc.Dpc, DPC, golden.cross_entropy, dpc.load_filled),
        )
    }
