"""The whole evaluation of selective tuning for AlexNet as one would write it in PyTorch: JPEG files to boxes and IoU.

    selective_tuning.py --images DIR --annotations DIR --weights FILE.safetensors [--out FILE.jsonl] [--limit N]
                        [--batch 32] [--threads N] [--class-source label|predicted]

DIR of annotations: the WSOL benchmark's text files. Prints the label accuracy, the share of images with an IoU of at
least a half, and the images a second; --out takes one line an image, with the box in the network's input.
"""

import argparse
import json
import os
import time
from collections import defaultdict
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from PIL import Image

import networks
import top_down

SIDE = 224
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
# features.N: stride, padding, whether a 3x3 max pooling of stride 2 follows
CONVOLUTIONS = [(0, 4, 2, True), (3, 1, 2, True), (6, 1, 1, False), (8, 1, 1, False), (10, 1, 1, True)]


class AlexNet:
    """torchvision's AlexNet that keeps what the top-down pass needs."""

    def __init__(self, tensors):
        self.tensors = {name: torch.from_numpy(numpy.array(value)) for name, value in tensors.items()}

    def weights(self, layer):
        return self.tensors[layer + ".weight"], self.tensors[layer + ".bias"]

    def forward(self, x):
        self.inputs, self.pools = {}, {}
        for number, stride, padding, pooled in CONVOLUTIONS:
            self.inputs[number] = x
            x = F.relu(F.conv2d(x, *self.weights(f"features.{number}"), stride, padding))
            if pooled:
                shape = x.shape
                x, indices = F.max_pool2d(x, 3, 2, return_indices=True)
                self.pools[number] = indices, shape
        self.map = x
        self.first = F.relu(F.linear(x.flatten(1), *self.weights("classifier.1")))
        self.second = F.relu(F.linear(self.first, *self.weights("classifier.4")))
        return F.linear(self.second, *self.weights("classifier.6"))

    def top_down(self, labels):
        """The gating of the picture, [batch, 3, 224, 224], from one class of each image on."""
        gating = F.one_hot(labels, 1000).float()
        gating = top_down.linear(gating, self.second, self.weights("classifier.6")[0])
        gating = top_down.linear(gating, self.first, self.weights("classifier.4")[0])
        gating = top_down.bridge(gating)
        weight = self.weights("classifier.1")[0].view(-1, *self.map.shape[1:])
        gating = top_down.convolution(gating[:, :, None, None], self.map, weight)
        for number, stride, padding, pooled in reversed(CONVOLUTIONS):
            if pooled:
                gating = top_down.max_pool(gating, *self.pools[number])
            weight = self.weights(f"features.{number}")[0]
            gating = top_down.convolution(gating, self.inputs[number], weight, stride, padding)
        return gating

    @torch.inference_mode()
    def localize(self, pictures, labels=None):
        """Predicted labels [batch] and boxes [batch, 4]; without `labels` from the predicted class on."""
        predicted = self.forward(pictures).argmax(1)
        return predicted, top_down.boxes(self.top_down(predicted if labels is None else labels))


def crop_of(width, height):
    """Size after the resize, shorter side 224, and the centred crop's corner."""
    short = min(width, height)
    size = (SIDE * width // short, SIDE * height // short)
    return size, tuple(round((side - SIDE) / 2) for side in size)


def picture(path):
    """The normalised input, and the original's size."""
    with Image.open(path) as file:
        image = file.convert("RGB")
    original = image.size
    size, (left, top) = crop_of(*original)
    if image.size != size:
        image = image.resize(size, Image.BILINEAR)
    image = image.crop((left, top, left + SIDE, top + SIDE))
    values = torch.from_numpy(numpy.asarray(image).transpose(2, 0, 1).copy())
    return (values / 255 - MEAN) / DEVIATION, original


class Photographs(torch.utils.data.Dataset):
    def __init__(self, paths, labels):
        self.paths, self.labels = paths, labels

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        values, (width, height) = picture(self.paths[index])
        return values, self.labels[index], torch.tensor([width, height])


def overlap(box, truth):
    """Intersection over union with both end pixels counted, 0 for boxes that only touch."""
    if box[0] >= truth[2] or box[2] <= truth[0] or box[1] >= truth[3] or box[3] <= truth[1]:
        return 0.0
    area = lambda x0, y0, x1, y1: (x1 - x0 + 1) * (y1 - y0 + 1)
    common = area(max(box[0], truth[0]), max(box[1], truth[1]), min(box[2], truth[2]), min(box[3], truth[3]))
    return common / (area(*box) + area(*truth) - common)


def in_crop(box, width, height):
    size, corner = crop_of(width, height)
    scale = size[0] / width, size[1] / height
    return [min(max(box[i] * scale[i % 2] - corner[i % 2], 0), SIDE) for i in range(4)]


def evaluate(model, paths, labels, truths, batch, workers, class_source):
    """A dictionary an image: label, predicted label, box in the input, IoU."""
    loader = torch.utils.data.DataLoader(Photographs(paths, labels), batch_size=batch, num_workers=workers)
    records = []
    for pictures, wanted, sizes in loader:
        predicted, found = model.localize(pictures, wanted if class_source == "label" else None)
        for label, size, box in zip(predicted.tolist(), sizes.tolist(), found.tolist()):
            at = len(records)
            iou = max((overlap(box, in_crop(truth, *size)) for truth in truths[at]), default=0.0)
            records.append({"id": paths[at].stem, "label": labels[at], "predicted": label, "box": box, "iou": iou})
    return records


def annotations(folder):
    """File names, labels and boxes of the WSOL benchmark's text files."""
    labels = dict(line.rsplit(",", 1) for line in (folder / "class_labels.txt").read_text().split())
    truths = defaultdict(list)
    for line in (folder / "localization.txt").read_text().split():
        name, *box = line.split(",")
        truths[name].append([float(value) for value in box])
    return {name: (int(label), truths[name]) for name, label in labels.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("images", "annotations", "weights"):
        parser.add_argument("--" + name, type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--class-source", choices=("label", "predicted"), default="label")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    known = annotations(options.annotations)
    paths = sorted(path for path in options.images.iterdir() if path.name in known)[:options.limit]
    labels, truths = zip(*(known[path.name] for path in paths))
    model = AlexNet(networks.read_safetensors(options.weights))
    start = time.perf_counter()
    records = evaluate(model, paths, labels, truths, options.batch, options.threads, options.class_source)
    seconds = time.perf_counter() - start
    if options.out:
        options.out.write_text("".join(json.dumps(record) + "\n" for record in records))
    share = lambda test: 100 * sum(map(test, records)) / len(records)
    print(f"{len(records)} images, top-1 {share(lambda r: r['label'] == r['predicted']):.2f} %, "
          f"IoU >= .5 {share(lambda r: r['iou'] >= 0.5):.2f} %, {len(records) / seconds:.2f} images/s")


if __name__ == "__main__":
    main()
