"""The networks of bench_trainer in PyTorch on the CPU: batch 256, forward, backward and Adam, f32.

    torch_bench.py [network...] [--seconds 4] [--runs 3]

Prints images per CPU-second, the best of the runs. Run it with OMP_NUM_THREADS=1 and, for its best speed, with
MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ at 1000000000, as compare_pytorch does.
"""
import argparse
import time

import torch
from torch import nn

CLASSES, BATCH = 100, 256


class GlobalAveragePool(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def simple_trunk():
    layers, channels = [], 1
    for width in (16, 32, 64):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels = width
    return layers


def simple_cnn():
    return nn.Sequential(*simple_trunk(), nn.Flatten(), nn.Linear(576, 128), nn.ReLU(), nn.Linear(128, CLASSES))


def simple_gap():
    return nn.Sequential(*simple_trunk(), GlobalAveragePool(), nn.Linear(64, CLASSES))


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Flatten(), nn.Linear(400, 300), nn.ReLU(), nn.Linear(300, 200), nn.ReLU(),
                         nn.Linear(200, CLASSES))


def conv_norm(inputs, outputs, kernel, groups=1, relu=True):
    layers = [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=False),
              nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU()) if relu else nn.Sequential(*layers)


class Separable(nn.Module):
    def __init__(self, inputs, outputs, residual=False):
        super().__init__()
        self.depthwise = conv_norm(inputs, inputs, 3, inputs)
        self.pointwise = conv_norm(inputs, outputs, 1, relu=False)
        self.residual = residual

    def forward(self, x):
        y = self.pointwise(self.depthwise(x))
        return nn.functional.relu(y + x if self.residual else y)


def mobile():
    return nn.Sequential(conv_norm(1, 32, 3), nn.MaxPool2d(2), Separable(32, 64), nn.MaxPool2d(2),
                         Separable(64, 128), Separable(128, 128, True), Separable(128, 128, True),
                         Separable(128, 256), GlobalAveragePool(), nn.Linear(256, CLASSES))


NETWORKS = {"simple-cnn": simple_cnn, "simple-gap": simple_gap, "lenet": lenet, "mobile": mobile}


def measure(make, seconds):
    torch.manual_seed(0)
    net = make().to(memory_format=torch.channels_last)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3, foreach=True)
    pictures = [torch.rand(BATCH, 1, 28, 28).to(memory_format=torch.channels_last) for _ in range(8)]
    labels = [torch.randint(0, CLASSES, (BATCH,)) for _ in range(8)]

    def step(i):
        adam.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(net(pictures[i % 8]), labels[i % 8]).backward()
        adam.step()

    for i in range(5):
        step(i)
    steps, wall, cpu = 0, time.monotonic(), time.process_time()
    while time.monotonic() - wall < seconds:
        step(steps)
        steps += 1
    return steps * BATCH / (time.process_time() - cpu)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", choices=[[], *NETWORKS], metavar="network")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.networks or NETWORKS:
        best = max(measure(NETWORKS[name], options.seconds) for _ in range(options.runs))
        print(f"{name} {best:.0f} images per CPU-second", flush=True)
