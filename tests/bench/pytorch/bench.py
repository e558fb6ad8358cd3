"""`bench.py NAME [--batch N] [--threads N]`: reads a number of steps a line, answers in JSON a line (../support/step-protocol.ts)."""
import argparse
import json
import sys
import time
from pathlib import Path

import torch


def bytes_of(field):
    """VmHWM or VmRSS of this process; what getrusage tells includes the process that started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise LookupError(field)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--layout", choices=("nchw", "nhwc"), help="for trying; each network has the faster one")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)

    from catalogue import networks
    from training import Trainer
    import golden

    start_bytes = bytes_of("VmRSS")
    network = networks()[options.name]
    net = network.build()
    shape = (options.batch, *network.input)
    x = golden.images(shape, dpc=network.name.startswith("dpc")) if network.golden else torch.randn(shape)
    if network.golden:
        network.fill(net)
    if network.channels_last if options.layout is None else options.layout == "nhwc":
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    net.train()
    with torch.no_grad():
        loss_of = network.loss(net(x))  # makes the labels
    trainer = Trainer(net, network)
    parameters, first_loss = sum(p.numel() for p in net.parameters()), None
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            loss = trainer.step(x, loss_of)
            times.append((time.perf_counter() - start) * 1e3)
            first_loss = loss if first_loss is None else first_loss
        answer = {"ms": times, "firstLoss": first_loss, "parameters": parameters, "peakBytes": bytes_of("VmHWM"), "startBytes": start_bytes}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
