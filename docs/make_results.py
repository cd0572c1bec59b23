#!/usr/bin/env python3
"""Measures localization on real photographs and writes docs/results.md.

Runs stnet-coord for every network with real weights, both presets and class activation maps, and reads the summaries that the runs leave; the
words are in results.template.md. Standard library only.

    STNET_DATA=DIR docs/make_results.py [--reuse] [--stnet .build/release/stnet-coord] [--out results/page]
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import string
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
THRESHOLDS = ["0.25", "0.30", "0.50", "0.70", "0.75"]
# Of the normal distribution, for 95 %.
DEVIATIONS = 1.959963984540054
NETWORKS = {
    "googlenet-caffe": ("GoogLeNet", "googlenet-caffe/googlenet.safetensors"),
    "squeezenet1_0-caffe": ("SqueezeNet 1.0", "squeezenet1_0-caffe/squeezenet_v1.0_deepcompressed.safetensors"),
    "squeezenet1_1-caffe": ("SqueezeNet 1.1", "squeezenet1_1-caffe/squeezenet_v1.1.safetensors"),
    "efficientnet_lite0": ("EfficientNet-Lite0", "efficientnet-lite0/efficientnet-lite0-57934424.pth"),
}
RESIDUAL = ["split", "winner", "branch"]
# Whose input the squares are shown for.
SQUARES = "squeezenet1_1-caffe"


class Runs:
    """Evaluations by network, preset (or the method `cam`, or a preset + the rule of residual sums), set of photographs and
    half of it; each is run once."""

    def __init__(self, options, data):
        self.options, self.data, self.summaries = options, data, {}

    def halves(self, network, preset, photographs):
        """Both halves together, as one run over all of them would say it: no image is evaluated twice."""
        parts = [self.summary(network, preset, photographs, half) for half in ("even", "odd")]
        ious = []
        for half in ("even", "odd"):
            lines = (self.directory(network, preset, photographs, half) / "images.jsonl").read_text().splitlines()
            ious += [json.loads(line)["iou"] for line in lines]
        known = [part["metrics"]["gt_known"] for part in parts]
        mean = statistics.fmean(ious)
        spread = DEVIATIONS * statistics.stdev(ious) / math.sqrt(len(ious))
        return {
            "protocol": parts[0]["protocol"],
            "metrics": {
                "gt_known": {threshold: together([part[threshold] for part in known]) for threshold in THRESHOLDS},
                "mean_iou": {"value": mean, "interval": [mean - spread, mean + spread]},
            },
        }

    def directory(self, network, preset, photographs, half=None):
        return self.options.out / "-".join(filter(None, [photographs, half, network, preset]))

    def summary(self, network, preset, photographs, half=None):
        out = self.directory(network, preset, photographs, half)
        if out not in self.summaries:
            path = out / "summary.json"
            if not (self.options.reuse and path.exists()):
                self.run(network, preset, photographs, half, out)
            summary = json.loads(path.read_text())
            if not summary["valid"]:
                sys.exit(f"{path}: the run is not valid: {summary['reasons']}")
            self.summaries[out] = summary
        return self.summaries[out]

    def run(self, network, preset, photographs, half, out):
        folder = self.data / photographs
        command = [
            self.options.stnet, "--images", folder / "images", "--annotations", folder / "annotations",
            "--network", network, "--weights", self.data / "weights" / NETWORKS[network][1],
            "--method" if preset == "cam" else "--preset", preset.split("+")[0], "--out", out, "--force",
        ]  # fmt: skip
        if "+" in preset:
            command += ["--residual", preset.split("+")[1]]
        if half:
            ids = sorted(path.stem for path in (folder / "images").iterdir())
            lists = self.options.out / f"{photographs}-{half}.txt"
            lists.parent.mkdir(parents=True, exist_ok=True)
            lists.write_text("\n".join(ids[1 if half == "odd" else 0 :: 2]) + "\n")
            command += ["--ids", lists]
        print(photographs, half or "all", network, preset, file=sys.stderr, flush=True)
        out.mkdir(parents=True, exist_ok=True)
        # An evaluation that was cut off leaves a journal, and the next one would not begin without asking.
        for rest in out.iterdir():
            rest.unlink()
        finished = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if finished.returncode != 0:
            sys.exit(f"stnet-coord ended with {finished.returncode}: {finished.stderr.strip()[-2000:]}")


def together(metrics):
    """The rate over several sets of images, with Wilson's interval."""
    count, of = sum(metric["count"] for metric in metrics), sum(metric["of"] for metric in metrics)
    rate, z2 = count / of, DEVIATIONS**2
    centre = (rate + z2 / (2 * of)) / (1 + z2 / of)
    half = DEVIATIONS * math.sqrt(rate * (1 - rate) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return {"count": count, "of": of, "rate": rate, "interval": [centre - half, centre + half]}


def percent(value):
    return f"{100 * value:.1f}"


def rate(metric):
    low, high = metric["interval"]
    return f"{percent(metric['rate'])} ({percent(low)}-{percent(high)})"


def table(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def localization_row(name, result):
    mean = result["mean_iou"]
    low, high = mean["interval"]
    rates = [rate(result["gt_known"][threshold]) for threshold in THRESHOLDS]
    return [name, *rates, f"{mean['value']:.3f} ({low:.3f}-{high:.3f})"]


def localization(summaries, baselines):
    """One table: the runs, then the baselines that all of them share (the input's size moves them by a rounding)."""
    head = ["", *[f"IoU >= .{threshold[2:]}" for threshold in THRESHOLDS], "mean IoU"]
    rows = [localization_row(name, summary["metrics"]) for name, summary in summaries]
    return table(head, rows + [localization_row(entry["name"], entry) for entry in baselines])


def all_methods(runs, photographs, sharp):
    """`sharp` gives a network's summary with that preset. The baselines are the reference runs'."""
    rows, baselines = [], []
    for network, (name, _) in NETWORKS.items():
        reference = runs.summary(network, "reference", photographs)
        rows += [(f"{name}, `reference`", reference), (f"{name}, `sharp`", sharp(network, "sharp", photographs))]
        rows.append((f"{name}, class activation maps", runs.summary(network, "cam", photographs)))
        if network == SQUARES:
            baselines = reference["baselines"]
    return localization(rows, baselines)


def one_half(runs, half):
    summaries = []
    for network, (name, _) in NETWORKS.items():
        for preset, title in (("sharp", "`sharp`"), ("cam", "class activation maps")):
            summaries.append((f"{name}, {title}", runs.summary(network, preset, "photos-227", half)))
    return localization(summaries, runs.summary(SQUARES, "sharp", "photos-227", half)["baselines"])


def labels(runs, photographs):
    rows = []
    for network, (name, _) in NETWORKS.items():
        metrics = runs.summary(network, "reference", photographs)["metrics"]
        rows.append([name, rate(metrics["label_top1"]), rate(metrics["label_top5"])])
    return table(["", "top-1", "top-5"], rows)


def residual(runs):
    """The rules of residual sums, on the half that chooses."""
    summaries = []
    for preset in ("reference", "sharp"):
        for rule in RESIDUAL:
            # The first rule is the default: its run is there already.
            name = preset if rule == RESIDUAL[0] and preset == "sharp" else f"{preset}+{rule}"
            summary = runs.summary("efficientnet_lite0", name, "photos-227", "even")
            summaries.append((f"`{preset}`, `{rule}`", summary))
    return localization(summaries, [])


def verdicts(runs):
    """Held-out half: each network against the best square of that same half, in words."""
    lines = []
    for network, (name, _) in NETWORKS.items():
        summary = runs.summary(network, "sharp", "photos-227", "odd")
        for threshold in ("0.50", "0.75"):
            found = summary["metrics"]["gt_known"][threshold]
            square = max((entry["gt_known"][threshold] for entry in summary["baselines"]), key=lambda m: m["rate"])
            above = "above" if found["rate"] > square["rate"] else "not above"
            overlap = found["interval"][0] <= square["interval"][1] and square["interval"][0] <= found["interval"][1]
            lines.append(
                f"* {name} at .{threshold[2:]}: {rate(found)}, best square {rate(square)}: {above}; "
                f"the intervals {'overlap' if overlap else 'do not overlap'}."
            )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stnet", type=pathlib.Path, default=ROOT / ".build/release/stnet-coord")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "results/page", help="where the runs go")
    parser.add_argument("--reuse", action="store_true", help="take the summaries that an earlier call left")
    options = parser.parse_args()
    data = pathlib.Path(os.environ.get("STNET_DATA", ROOT / "../shared/data")).resolve()
    for path in (options.stnet, data / "photos-227", data / "photos-original", data / "weights"):
        if not path.exists():
            sys.exit(f"{path} is not there (build with `make`; STNET_DATA names the directory with the data)")
    runs = Runs(options, data)
    sharp = runs.summary("googlenet-caffe", "sharp", "photos-227", "odd")["protocol"]["options"]
    default = runs.summary("googlenet-caffe", "reference", "photos-227")["protocol"]["options"]
    page = string.Template((ROOT / "docs/results.template.md").read_text()).substitute(
        weights="\n".join(f"* {name} (`{network}`): `weights/{path}`" for network, (name, path) in NETWORKS.items()),
        preset=" ".join(f"--{name} {value}" for name, value in sharp.items() if value != default[name]),
        labels_650=labels(runs, "photos-227"),
        all_650=all_methods(runs, "photos-227", runs.halves),
        verdicts=verdicts(runs),
        residual=residual(runs),
        odd=one_half(runs, "odd"),
        even=one_half(runs, "even"),
        labels_17=labels(runs, "photos-original"),
        all_17=all_methods(runs, "photos-original", runs.summary),
    )
    (ROOT / "docs/results.md").write_text(page)
    print("docs/results.md")


if __name__ == "__main__":
    main()
