"""Trains the demo's network on generated pictures and writes its weights.

    python Demo/train.py --train DIR --validation DIR --out Demo/demo.safetensors

Each DIR holds `images/*.JPEG` and `annotations/*.xml`, as the demo's generator writes them. Needs PyTorch, Pillow,
NumPy and safetensors. Only the class of a picture is learned from; the boxes are never read.

The network has AlexNet's form with narrow channels. It is trained with batch normalisation after each convolution,
which is folded into the convolution's weights and bias at the end, and with a small penalty on the last feature map's
activity, so that background stays silent.
"""

import argparse
import json
import pathlib
import re
import time

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

SIZE = 224
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def load_picture(path):
    """Shorter side to 224 (Pillow's bilinear), then the centred square: the preset `stnet`."""
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    if width <= height:
        size = (SIZE, SIZE * height // width)
    else:
        size = (SIZE * width // height, SIZE)
    picture = picture.resize(size, Image.Resampling.BILINEAR)
    left, top = round((size[0] - SIZE) / 2), round((size[1] - SIZE) / 2)
    return numpy.asarray(picture.crop((left, top, left + SIZE, top + SIZE)))


def load_set(directory, classes):
    """[count, 224, 224, 3] uint8 (kept beside the pictures for the next run) and the labels."""
    directory = pathlib.Path(directory)
    paths = sorted((directory / "images").glob("*.JPEG"))
    labels = []
    for path in paths:
        text = (directory / "annotations" / (path.stem + ".xml")).read_text()
        labels.append(classes.index(re.search(r"<name>(\w+)</name>", text)[1]))
    cache = directory / "pictures224.npy"
    if not cache.exists():
        pictures = numpy.lib.format.open_memmap(
            cache, mode="w+", dtype=numpy.uint8, shape=(len(paths), SIZE, SIZE, 3)
        )
        for index, path in enumerate(paths):
            pictures[index] = load_picture(path)
        pictures.flush()
    return numpy.load(cache, mmap_mode="r"), torch.tensor(labels)


class Network(nn.Module):
    """AlexNet's kernels, strides and poolings; torchvision's numbering of the layers."""

    CHANNELS = {"0": (3, 16, 11, 4, 2), "3": (16, 32, 5, 1, 2), "6": (32, 48, 3, 1, 1),
                "8": (48, 48, 3, 1, 1), "10": (48, 32, 3, 1, 1)}

    def __init__(self, class_count):
        super().__init__()
        self.convolutions = nn.ModuleDict(
            {name: nn.Conv2d(i, o, k, stride=s, padding=p) for name, (i, o, k, s, p) in self.CHANNELS.items()}
        )
        self.norms = nn.ModuleDict({name: nn.BatchNorm2d(o) for name, (_, o, *_) in self.CHANNELS.items()})
        self.linears = nn.ModuleDict(
            {"1": nn.Linear(32 * 36, 128), "4": nn.Linear(128, 128), "6": nn.Linear(128, class_count)}
        )

    def features(self, x):
        for name in self.CHANNELS:
            x = torch.relu(self.norms[name](self.convolutions[name](x)))
            if name in ("0", "3", "10"):
                x = nn.functional.max_pool2d(x, 3, 2)
        return x

    def forward(self, x, dropout=0.0):
        map = self.features(x)
        x = nn.functional.dropout(map.flatten(1), dropout, self.training)
        x = nn.functional.dropout(torch.relu(self.linears["1"](x)), dropout, self.training)
        x = torch.relu(self.linears["4"](x))
        return self.linears["6"](x), map

    def folded(self):
        """The tensors under torchvision's names, batch normalisation folded in double and rounded once."""
        tensors = {}
        for name, layer in self.convolutions.items():
            norm = self.norms[name]
            scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
            weight = layer.weight.double() * scale.view(-1, 1, 1, 1)
            bias = (layer.bias.double() - norm.running_mean.double()) * scale + norm.bias.double()
            tensors[f"features.{name}.weight"] = weight.float().contiguous()
            tensors[f"features.{name}.bias"] = bias.float()
        for name, layer in self.linears.items():
            tensors[f"classifier.{name}.weight"] = layer.weight.detach().contiguous()
            tensors[f"classifier.{name}.bias"] = layer.bias.detach()
        return {name: tensor.detach().clone() for name, tensor in tensors.items()}


def batch_of(pictures, indices):
    block = torch.from_numpy(pictures[numpy.sort(indices)]).permute(0, 3, 1, 2)
    return block.float().div_(255)


def augmented(batch, generator):
    """A flip and a shift of the whole batch; brightness, contrast and the order of the colours of each picture."""
    if torch.rand((), generator=generator) < 0.5:
        batch = batch.flip(3)
    reach = 16
    batch = nn.functional.pad(batch, (reach,) * 4, mode="reflect")
    x, y = torch.randint(0, 2 * reach + 1, (2,), generator=generator).tolist()
    batch = batch[:, :, y:y + SIZE, x:x + SIZE]
    order = torch.stack([torch.randperm(3, generator=generator) for _ in range(len(batch))])
    batch = torch.gather(batch, 1, order.view(-1, 3, 1, 1).expand_as(batch))
    contrast = 0.7 + 0.6 * torch.rand((len(batch), 1, 1, 1), generator=generator)
    brightness = 0.2 * torch.rand((len(batch), 1, 1, 1), generator=generator) - 0.1
    return ((batch - 0.5) * contrast + 0.5 + brightness).clamp_(0, 1)


def normalised(batch):
    return ((batch - MEAN) / STD).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def accuracy(network, pictures, labels):
    network.eval()
    right, active = 0, 0.0
    for start in range(0, len(labels), 100):
        indices = numpy.arange(start, min(start + 100, len(labels)))
        scores, map = network(normalised(batch_of(pictures, indices)))
        right += int((scores.argmax(1) == labels[indices]).sum())
        active += float((map > 0).float().mean()) * len(indices)
    network.train()
    return right / len(labels), active / len(labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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

    names = json.loads(pathlib.Path(__file__).with_name("network.json").read_text())["classes"]
    pictures, labels = load_set(options.train, names)
    held_out, held_out_labels = load_set(options.validation, names)
    network = Network(len(names)).to(memory_format=torch.channels_last)
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
        save_file(network.folded(), options.out)


if __name__ == "__main__":
    main()
