"""Trains the two networks of this folder on Fashion-MNIST and exports them as ONNX, weights in fp32.

    apt-get install --no-install-recommends dataset-fashion-mnist libopenblas0-pthread python3-torch
    python3 models/train.py residual
    python3 models/train.py vit

Inputs are N x 1 x 28 x 28 images with pixels from 0 to 1, outputs N x 10 logits. The last tenth of the training
images takes no part in the training: the program prints its accuracy while it runs. The test images are read once,
at the end, for the accuracy that it prints.
"""

import argparse
import gzip
import math
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
HERE = pathlib.Path(__file__).parent
BATCH = 128


def images(name):
    """N x 1 x 28 x 28 floats from 0 to 1."""
    raw = gzip.decompress((DATA / f"{name}-images-idx3-ubyte.gz").read_bytes())
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=16).astype(np.float32).reshape(-1, 1, 28, 28) / 255)


def labels(name):
    raw = gzip.decompress((DATA / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=8).astype(np.int64))


class Block(nn.Module):
    """Two 3 x 3 convolutions and a shortcut, which is a 1 x 1 convolution where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.first_norm(self.first(x)))
        return F.relu(self.second_norm(self.second(y)) + self.shortcut(x))


class Residual(nn.Module):
    """A residual network: 16 channels at 28 x 28, 32 at 14 x 14, 64 at 7 x 7."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.blocks = nn.Sequential(
            Block(16, 16, 1), Block(16, 32, 2), Block(32, 32, 1), Block(32, 64, 2), Block(64, 64, 1)
        )
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


class Attention(nn.Module):
    def __init__(self, tokens, width, heads):
        super().__init__()
        self.shape = (-1, tokens, heads, width // heads)
        self.flat = (-1, tokens, width)
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        query = self.query(x).reshape(self.shape).permute(0, 2, 1, 3) / math.sqrt(self.shape[3])
        key = self.key(x).reshape(self.shape).permute(0, 2, 3, 1)
        value = self.value(x).reshape(self.shape).permute(0, 2, 1, 3)
        mixed = (query @ key).softmax(-1) @ value
        return self.out(mixed.permute(0, 2, 1, 3).reshape(self.flat))


class Layer(nn.Module):
    """A transformer layer, normalised before each part."""

    def __init__(self, tokens, width, heads, hidden):
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = Attention(tokens, width, heads)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        return x + self.mlp(self.mlp_norm(x))


class Vit(nn.Module):
    """A vision transformer on 4 x 4 patches; the classifier reads the mean of the tokens."""

    TOKENS, WIDTH, HEADS, HIDDEN, DEPTH = 49, 64, 4, 192, 5

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, self.WIDTH, 4, 4)
        self.position = nn.Parameter(torch.randn(1, self.TOKENS, self.WIDTH) * 0.02)
        self.layers = nn.Sequential(
            *(Layer(self.TOKENS, self.WIDTH, self.HEADS, self.HIDDEN) for _ in range(self.DEPTH))
        )
        self.norm = nn.LayerNorm(self.WIDTH)
        self.head = nn.Linear(self.WIDTH, 10)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).permute(0, 2, 1) + self.position
        return self.head(self.norm(self.layers(tokens)).mean(1))


def augmented(batch):
    """Mirrored at random, and moved by up to two pixels."""
    mirrored = torch.where(torch.rand(len(batch), 1, 1, 1) < 0.5, batch.flip(3), batch)
    padded = F.pad(mirrored, (2, 2, 2, 2))
    down, right = torch.randint(0, 5, (2,)).tolist()
    return padded[:, :, down : down + 28, right : right + 28].contiguous()


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        right = sum((model(part).argmax(1) == want).sum().item() for part, want in zip(x.split(500), y.split(500)))
    return 100 * right / len(x)


def train(model, epochs, rate, decay):
    x, y = images("train"), labels("train")
    held_out = len(x) // 10
    x, y, check_x, check_y = x[:-held_out], y[:-held_out], x[-held_out:], y[-held_out:]
    optimizer = torch.optim.AdamW(model.parameters(), rate, weight_decay=decay)
    steps = epochs * math.ceil(len(x) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps)
    for epoch in range(epochs):
        start, total = time.time(), 0.0
        model.train()
        for part in torch.randperm(len(x)).split(BATCH):
            loss = F.cross_entropy(model(augmented(x[part])), y[part], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(part)
        held = accuracy(model, check_x, check_y)
        seconds = time.time() - start
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(x):.4f}, held out {held:.2f} %, {seconds:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["residual", "vit"])
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    torch.manual_seed(2022)
    if options.network == "residual":
        model, epochs, rate, decay = Residual(), options.epochs or 10, 5e-3, 0.02
    else:
        model, epochs, rate, decay = Vit(), options.epochs or 20, 2e-3, 0.05
    print(f"{options.network}: {sum(p.numel() for p in model.parameters())} parameters", flush=True)
    train(model, epochs, rate, decay)
    print(f"test images: {accuracy(model, images('t10k'), labels('t10k')):.2f} %")
    torch.onnx.export(
        model.eval(),
        torch.zeros(1, 1, 28, 28),
        options.out or HERE / f"{options.network}.onnx",
        opset_version=17,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )


if __name__ == "__main__":
    main()
