"""A training step as someone would write it for speed: fused optimiser, no gradients kept, the moving average in a few calls."""
import torch


class Trainer:
    """One network with its optimiser and the moving average of all weights and running statistics."""

    def __init__(self, net, network, average_decay=0.999):
        self.net = net.train()
        self.optimizer = optimizer_of(net, network.recipe)
        buffers = [(name, buffer) for name, buffer in net.named_buffers() if "running_" in name]
        self.live = [parameter.detach() for parameter in net.parameters()] + [buffer for _, buffer in buffers]
        self.average = [value.clone(memory_format=torch.preserve_format) for value in self.live]
        self.counters = [buffer for name, buffer in net.named_buffers() if name.endswith("num_batches_tracked")]
        self.average_decay = average_decay

    def step(self, x, loss_of):
        self.optimizer.zero_grad(set_to_none=True)
        loss = loss_of(self.net(x))
        loss.backward()
        self.optimizer.step()
        if self.counters:
            torch._foreach_add_(self.counters, 1)
        torch._foreach_lerp_(self.average, self.live, 1 - self.average_decay)
        return loss.item()


def optimizer_of(net, recipe):
    decayed = [parameter for name, parameter in net.named_parameters() if recipe.decays(name, parameter)]
    others = [parameter for name, parameter in net.named_parameters() if not recipe.decays(name, parameter)]
    groups = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
    return recipe.optimizer([group for group in groups if group["params"]], **recipe.options, fused=True)
