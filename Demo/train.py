"""Trains one of the demo's networks on generated pictures and writes its weights.

    python Demo/train.py --train DIR --validation DIR --out Demo/demo.safetensors
    python Demo/train.py --network Demo/residual.json --train DIR --validation DIR --out Demo/residual.safetensors

Each DIR holds `images/*.JPEG` and `annotations/*.xml`, as the demo's generator writes them. Needs PyTorch, Pillow,
NumPy and safetensors. Only the class of a picture is learned from; the boxes are never read.

The network is built from its description. It is trained with batch normalisation after each convolution and with a
small penalty on the last feature map's activity, so that background stays silent.
"""

import argparse
import json
import math
import pathlib
import re
import time

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def load_picture(path, side):
    """Shorter side to `side` (Pillow's bilinear), then the centred square: the preset `stnet`."""
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    if width <= height:
        size = (side, side * height // width)
    else:
        size = (side * width // height, side)
    picture = picture.resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
    return numpy.asarray(picture.crop((left, top, left + side, top + side)))


def load_set(directory, classes, side):
    """[count, side, side, 3] uint8 (kept beside the pictures for the next run) and the labels."""
    directory = pathlib.Path(directory)
    paths = sorted((directory / "images").glob("*.JPEG"))
    labels = []
    for path in paths:
        text = (directory / "annotations" / (path.stem + ".xml")).read_text()
        labels.append(classes.index(re.search(r"<name>(\w+)</name>", text)[1]))
    cache = directory / f"pictures{side}.npy"
    if not cache.exists():
        pictures = numpy.lib.format.open_memmap(
            cache, mode="w+", dtype=numpy.uint8, shape=(len(paths), side, side, 3)
        )
        for index, path in enumerate(paths):
            pictures[index] = load_picture(path, side)
        pictures.flush()
    return numpy.load(cache, mmap_mode="r"), torch.tensor(labels)


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def padded(x, padding, value=0.0):
    """`padding`: a number, [rows, columns] or [top, left, bottom, right]."""
    top, left, *rest = pair(padding)
    bottom, right = rest or (top, left)
    if (top, left, bottom, right) == (0, 0, 0, 0):
        return x
    return nn.functional.pad(x, (left, right, top, bottom), value=value)


def rectified(x, layer):
    if not layer.get("relu"):
        return x
    return torch.clamp(x, 0, layer["ceiling"]) if "ceiling" in layer else torch.relu(x)


class Network(nn.Module):
    """The layers of a description, in order. Every convolution is followed by a batch normalisation: the described one,
    or, where none is described, one that `tensors` folds into the convolution's weights and bias.

    Dropout is in front of every linear layer but the last."""

    KINDS = ("convolution", "linear", "maxPool", "globalAveragePool", "add")

    @torch.no_grad()
    def __init__(self, description):
        super().__init__()
        self.size = description["input"]["size"]
        self.layers = description["layers"]
        self.learned = nn.ModuleDict()
        # A picture of zeros tells the shapes.
        values, before = {"image": torch.zeros(1, 3, self.size, self.size)}, "image"
        for layer in self.layers:
            name, kind = layer["name"], layer["kind"]
            if kind not in self.KINDS:
                raise SystemExit(f"layer {name}: the kind is {kind}, expected one of {', '.join(self.KINDS)}")
            layer.setdefault("from", [before])
            inputs = [values[name] for name in layer["from"]]
            _, channels, height, width = inputs[0].shape
            if kind == "convolution":
                self.learned[self.key(name)] = nn.Conv2d(
                    channels, layer["out"], pair(layer["kernel"]), pair(layer.get("stride", 1)),
                    groups=layer.get("groups", 1), bias=layer.get("bias", True))
                epsilon = layer.get("batch_normalization", {}).get("epsilon", 1e-5)
                self.learned[self.key(name + ".norm")] = nn.BatchNorm2d(layer["out"], eps=epsilon)
            elif kind == "linear":
                self.learned[self.key(name)] = nn.Linear(channels * height * width, layer["out"])
            self.eval()
            values[name], before = self.output(layer, inputs), name
        self.linears = [layer["name"] for layer in self.layers if layer["kind"] == "linear"]
        self.train()
        self.bridge = next(layer for layer in self.layers if layer.get("bridge"))["from"][0]

    @staticmethod
    def key(name):
        # A module's name may hold no dot.
        return name.replace(".", "/")

    def output(self, layer, inputs):
        kind, x = layer["kind"], inputs[0]
        if kind == "convolution":
            convolution = self.learned[self.key(layer["name"])]
            norm = self.learned[self.key(layer["name"] + ".norm")]
            x = norm(convolution(padded(x, layer.get("padding", 0))))
        elif kind == "linear":
            x = self.learned[self.key(layer["name"])](x.flatten(1))[:, :, None, None]
        elif kind == "maxPool":
            x = nn.functional.max_pool2d(padded(x, layer.get("padding", 0), -math.inf), pair(layer["kernel"]),
                                         pair(layer["stride"]), ceil_mode=layer.get("ceil", False))
        elif kind == "globalAveragePool":
            x = x.mean((2, 3), keepdim=True)
        elif kind == "add":
            x = sum(inputs[1:], x)
        return rectified(x, layer)

    def forward(self, x, dropout=0.0):
        """The scores, and the map below the bridge."""
        values = {"image": x}
        for layer in self.layers:
            inputs = [values[name] for name in layer["from"]]
            if layer["name"] in self.linears[:-1]:
                inputs = [nn.functional.dropout(inputs[0].flatten(1), dropout, self.training)]
            values[layer["name"]] = self.output(layer, inputs)
        return values[self.layers[-1]["name"]].flatten(1), values[self.bridge]

    def tensors(self):
        """The tensors under the description's names. What is folded is folded in double and rounded once."""
        tensors = {}
        for layer in self.layers:
            prefix = layer.get("tensors", layer["name"])
            if layer["kind"] == "linear":
                module = self.learned[self.key(layer["name"])]
                tensors |= {f"{prefix}.weight": module.weight, f"{prefix}.bias": module.bias}
            if layer["kind"] != "convolution":
                continue
            convolution = self.learned[self.key(layer["name"])]
            norm = self.learned[self.key(layer["name"] + ".norm")]
            weight, bias = convolution.weight, convolution.bias
            if described := layer.get("batch_normalization"):
                for part in ("weight", "bias", "running_mean", "running_var"):
                    tensors[f"{described['tensors']}.{part}"] = getattr(norm, part)
            else:
                scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
                weight = weight.double() * scale.view(-1, 1, 1, 1)
                bias = (bias.double() - norm.running_mean.double()) * scale + norm.bias.double()
            tensors[f"{prefix}.weight"] = weight
            if bias is not None:
                tensors[f"{prefix}.bias"] = bias
        return {name: tensor.detach().float().contiguous().clone() for name, tensor in tensors.items()}


def batch_of(pictures, indices):
    """[count, 3, side, side] uint8."""
    return torch.from_numpy(pictures[numpy.sort(indices)]).permute(0, 3, 1, 2).contiguous()


def augmented(batch, generator):
    """0...1: a flip and a shift of the whole batch; brightness, contrast and the order of colours of each picture."""
    if torch.rand((), generator=generator) < 0.5:
        batch = batch.flip(3)
    reach, side = 16, batch.shape[3]
    x, y = torch.randint(0, 2 * reach + 1, (2,), generator=generator).tolist()
    order = torch.stack([torch.randperm(3, generator=generator) for _ in range(len(batch))])
    contrast = 0.7 + 0.6 * torch.rand((len(batch), 1, 1, 1), generator=generator)
    brightness = 0.2 * torch.rand((len(batch), 1, 1, 1), generator=generator) - 0.1
    planes = (order + 3 * torch.arange(len(batch)).view(-1, 1)).flatten()
    batch = batch.flatten(0, 1)[planes].view(batch.shape).float()
    batch = nn.functional.pad(batch, (reach,) * 4, mode="reflect")[:, :, y:y + side, x:x + side]
    return (batch * (contrast / 255)).add_(0.5 + brightness - 0.5 * contrast).clamp_(0, 1)


def normalised(batch):
    return ((batch - MEAN) / STD).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def accuracy(network, pictures, labels):
    network.eval()
    right, active = 0, 0.0
    for start in range(0, len(labels), 100):
        indices = numpy.arange(start, min(start + 100, len(labels)))
        scores, map = network(normalised(batch_of(pictures, indices).float() / 255))
        right += int((scores.argmax(1) == labels[indices]).sum())
        active += float((map > 0).float().mean()) * len(indices)
    network.train()
    return right / len(labels), active / len(labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default=pathlib.Path(__file__).with_name("network.json"), help="its description")
    parser.add_argument("--train", required=True)
    parser.add_argument("--validation", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--sparsity", type=float, default=0.05)
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    generator = torch.Generator().manual_seed(options.seed)

    description = json.loads(pathlib.Path(options.network).read_text())
    names, side = description["classes"], description["input"]["size"]
    pictures, labels = load_set(options.train, names, side)
    held_out, held_out_labels = load_set(options.validation, names, side)
    network = Network(description).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.02)
    steps = options.epochs * (len(labels) // options.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=steps, pct_start=0.2)
    started = time.monotonic()
    for epoch in range(options.epochs):
        order = torch.randperm(len(labels), generator=generator).numpy()
        total = 0.0
        for step in range(len(labels) // options.batch):
            indices = numpy.sort(order[step * options.batch:(step + 1) * options.batch])
            scores, map = network(normalised(augmented(batch_of(pictures, indices), generator)), options.dropout)
            loss = nn.functional.cross_entropy(scores, labels[indices], label_smoothing=0.02)
            (loss + options.sparsity * map.mean()).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            schedule.step()
            total += float(loss.detach())
            if step % 50 == 49:
                speed = (epoch * len(labels) + (step + 1) * options.batch) / (time.monotonic() - started)
                print(f"  step {step + 1}: loss {total / (step + 1):.3f}, {speed:.0f} pictures/s", flush=True)
        share, active = accuracy(network, held_out, held_out_labels)
        print(f"epoch {epoch + 1}: loss {total / (step + 1):.3f}, held-out accuracy {100 * share:.2f} %, "
              f"{100 * active:.1f} % of the last map active, {time.monotonic() - started:.0f} s", flush=True)
        save_file(network.tensors(), options.out)


if __name__ == "__main__":
    main()
