"""`check.py [NAMES]`: proves that the networks here are those of the golden files.

Names, order, shapes and counts of all weights; outputs at the file's positions and their statistics, in float32 as they are timed; losses of
three steps, gradients of the first and weights after the third, in float64, as the files were made. Prints the largest deviations beside what is allowed and ends with 1 when one is exceeded.
"""
import sys

import torch

import dpc
import golden
from catalogue import networks

FORWARD_FLOOR, DPC_ABSOLUTE = 2e-5, 2e-5
# in float64: what nine digits and float32 constants of the official code leave
LOSS, GRADIENT, STATE = 1e-6, 1e-5, 1e-6


class Report:
    def __init__(self):
        self.failed = 0

    def exact(self, what, expected, actual):
        ok = expected == actual
        self.failed += not ok
        print(f"  {'ok ' if ok else 'BAD'} {what}{'' if ok else f': expected {expected}, got {actual}'}")

    def near(self, what, deviation, allowed):
        ok = deviation <= allowed
        self.failed += not ok
        print(f"  {'ok ' if ok else 'BAD'} {what}: {deviation:.2e} (allowed {allowed:.1e})")


def output_deviation(expected, values, indices):
    """The largest difference of a value or statistic, in standard deviations."""
    values = values.double().flatten()
    pairs = list(zip(expected["values"], values[indices].tolist()))
    pairs += [(expected["mean"], values.mean().item()), (expected["std"], values.std(correction=0).item())]
    pairs += [(expected["min"], values.min().item()), (expected["max"], values.max().item())]
    return max(abs(a - b) for a, b in pairs)


def check_structure(report, net, content):
    expected = [[name, list(shape)] for name, shape, _ in content["parameters"]]
    actual = [[name, list(value.shape)] for name, value in net.state_dict().items()]
    wrong = next(((e, a) for e, a in zip(expected, actual) if e != a), None)
    report.exact("names, order and shapes", (len(expected), None), (len(actual), wrong))
    report.exact("parameters", content["paramCount"], sum(p.numel() for p in net.parameters()))
    report.exact("buffers", content["bufferCount"], sum(b.numel() for n, b in net.state_dict().items() if n in dict(net.named_buffers())))


def check_forward(report, network, content):
    net = network.build()
    check_structure(report, net, content)
    golden.load_filled(net, content)
    net = net.to(memory_format=torch.channels_last).eval()
    for figures in content["eval"]:
        x = golden.images(figures["inputShape"]).contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            y = net(x)
        expected = figures["outputs"][0]
        size = "x".join(map(str, figures["inputShape"][2:]))
        report.exact(f"output shape at {size}", expected["shape"], list(y.shape))
        deviation = output_deviation(expected, y, expected["indices"]) / expected["std"]
        report.near(f"output at {size}, in standard deviations", deviation, max(10 * figures["float32MaxDiffOverStd"], FORWARD_FLOOR))


def check_training(report, network, content, part):
    figures = content.get(part)
    if figures is None:
        return
    net = network.build()
    golden.load_filled(net, content)
    net = net.double().train()
    x = golden.images(figures["inputShape"]).double()
    options = figures["optimizer"]
    optimizer = torch.optim.SGD(net.parameters(), lr=options["lr"], momentum=options["momentum"])
    loss_of, losses = None, []
    for step in range(len(figures["losses"])):
        optimizer.zero_grad()
        y = net(x)
        loss_of = loss_of or network.loss(y)
        loss = loss_of(y)
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            gradients = {one["name"]: net.get_parameter(one["name"]).grad.clone() for one in figures.get("gradientsStep1", [])}
        optimizer.step()
    # at the larger rate the later steps magnify the last bit of a float32 constant; float32 itself shows by how much
    for step, (loss, expected, natural) in enumerate(zip(losses, figures["losses"], figures["float32"]["lossDiffs"]), 1):
        report.near(f"{part}: loss {step}, relative", abs(loss - expected) / expected, max(natural / expected, LOSS))
    if gradients:
        report.near(f"{part}: {len(gradients)} gradients, in standard deviations", worst_of(figures["gradientsStep1"], gradients), GRADIENT)
    if part == "trainSmallStep":
        report.near(f"{part}: state after step 3, in standard deviations", worst_of(figures["afterStep3"], net.state_dict()), STATE)


def worst_of(figures, values):
    """The largest deviation of a mean, standard deviation or first element."""
    worst = 0
    for one in figures:
        value = values[one["name"]].double()
        pairs = [(value.mean().item(), one["mean"]), (value.std(correction=0).item(), one["std"])]
        pairs += [(value.flatten()[0].item(), one["first"])] if "first" in one else []
        worst = max(worst, *(abs(a - b) / one["std"] for a, b in pairs))
    return worst


def check_dpc(report, file):
    content = golden.read(file)
    net = dpc.Dpc(content).eval()
    names = dpc.official_names(net)
    state = net.state_dict()
    report.exact("names", [name for name, _, _ in content["parameters"]], list(names))
    report.exact("parameters", content["paramCount"], sum(p.numel() for p in net.parameters()))
    dpc.load_filled(net, content)
    report.exact("running values", content["runningCount"], sum(v.numel() for n, v in state.items() if "running_" in n))
    _, height, width, channels = content["input"]["shape"]
    with torch.no_grad():
        y = net(golden.images((1, channels, height, width), dpc=True)).permute(0, 2, 3, 1)
    expected = content["outputs"]["logits"]
    report.exact("output shape", expected["shape"], list(y.shape))
    report.near("logits, absolute", output_deviation(expected, y.contiguous(), expected["at"]), DPC_ABSOLUTE)


def main():
    report = Report()
    for name, network in networks().items():
        if network.golden is None or sys.argv[1:] and name not in sys.argv[1:]:
            continue
        print(name)
        if name.startswith("dpc"):
            for file in (network.golden, network.golden + "-even"):
                check_dpc(report, file)
            continue
        content = golden.read(network.golden)
        check_forward(report, network, content)
        check_training(report, network, content, "train")
        check_training(report, network, content, "trainSmallStep")
    print("all as in the golden files" if report.failed == 0 else f"{report.failed} figures deviate")
    sys.exit(report.failed > 0)


if __name__ == "__main__":
    main()
