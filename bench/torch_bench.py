"""simple-cnn in PyTorch on the CPU, as bench_trainer runs it: batch 256, forward, backward and Adam, f32.

    torch_bench.py [--seconds 4] [--runs 3]

Prints images per CPU-second, the best of the runs. Run it with OMP_NUM_THREADS=1 and, for its best speed, with
MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ at 1000000000, as compare_pytorch does.
"""
import argparse
import time

import torch
from torch import nn

CLASSES, BATCH = 100, 256


def simple_cnn():
    layers, channels = [], 1
    for width in (16, 32, 64):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels = width
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(576, 128), nn.ReLU(), nn.Linear(128, CLASSES))


def measure(seconds):
    torch.manual_seed(0)
    net = simple_cnn().to(memory_format=torch.channels_last)
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
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    best = max(measure(options.seconds) for _ in range(options.runs))
    print(f"simple-cnn {best:.0f} images per CPU-second", flush=True)
