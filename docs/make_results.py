#!/usr/bin/env python3
"""Measures localization on real photographs and writes docs/results.md.

Runs `stnet-coord sweep` with every method, on every network with real weights, and reads the summaries that the runs leave;
the words are in results.template.md. Standard library only.

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
METHODS = {
    "reference": ("`reference`", {"preset": "reference"}),
    "sharp": ("`sharp`", {"preset": "sharp"}),
    "cam": ("CAM", {"method": "cam"}),
    "gradcam": ("Grad-CAM", {"method": "gradcam"}),
    "hirescam": ("HiResCAM", {"method": "hirescam"}),
    "layercam": ("LayerCAM", {"method": "layercam"}),
    "gradient-blur": ("input gradient, blur 16", {"method": "gradient", "component-blur": 16}),
    "guided-blur": ("guided backpropagation, blur 16", {"method": "guided", "component-blur": 16}),
}
RESIDUAL = ["split", "winner", "branch"]
# Whose input the squares are shown for.
SQUARES = "squeezenet1_1-caffe"


class Runs:
    """Evaluations by network, method, set of photographs and half of it: a sweep for each set and half."""

    def __init__(self, options, data):
        self.options, self.data, self.swept, self.summaries = options, data, set(), {}

    def halves(self, network, method, photographs):
        """Both halves together, as one run over all of them would say it: no image is evaluated twice."""
        parts = [self.summary(network, method, photographs, half) for half in ("even", "odd")]
        ious = []
        for half in ("even", "odd"):
            lines = (self.directory(network, method, photographs, half) / "images.jsonl").read_text().splitlines()
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

    def directory(self, network, method, photographs, half=None):
        return self.sweep(photographs, half) / f"{network}-{method}"

    def sweep(self, photographs, half):
        return self.options.out / "-".join(filter(None, [photographs, half]))

    def summary(self, network, method, photographs, half=None):
        if (photographs, half) not in self.swept:
            self.run(photographs, half)
            self.swept.add((photographs, half))
        path = self.directory(network, method, photographs, half) / "summary.json"
        if path not in self.summaries:
            self.summaries[path] = json.loads(path.read_text())
        return self.summaries[path]

    def jobs(self, photographs, half):
        """Of a half every method; its maps are measured, those of the odd half at the thresholds of the even one too."""
        methods = METHODS if half else {key: METHODS[key] for key in ("reference", "sharp", "cam")}
        if photographs == "photos-227" and not half:
            # For labels and squares alone.
            methods = {"reference": METHODS["reference"]}
        for network, (_, weights) in NETWORKS.items():
            common = {"network": network, "weights": str(self.data / "weights" / weights)}
            for key, (_, options) in methods.items():
                job = {"name": f"{network}-{key}", **common, **options}
                if half:
                    job["map-metrics"] = True
                if half == "odd":
                    job["threshold-from"] = str(self.directory(network, key, photographs, "even"))
                yield job
            if half == "even" and network == "efficientnet_lite0":
                for preset in ("reference", "sharp"):
                    # The first rule is the default: its run is there already.
                    for rule in RESIDUAL[1:]:
                        yield {"name": f"{network}-{preset}-{rule}", **common, "preset": preset,
                               "residual": rule}  # fmt: skip

    def run(self, photographs, half):
        if half == "odd" and (photographs, "even") not in self.swept:
            self.summary("googlenet-caffe", "reference", photographs, "even")
        folder, out = self.data / photographs, self.sweep(photographs, half)
        self.options.out.mkdir(parents=True, exist_ok=True)
        jobs = out.with_suffix(".json")
        jobs.write_text(json.dumps({"jobs": list(self.jobs(photographs, half))}, indent=1))
        command = [
            self.options.stnet, "sweep", jobs, "--images", folder / "images", "--annotations", folder / "annotations",
            "--out", out, "--resume" if self.options.reuse else "--force", "--progress", "plain",
        ]  # fmt: skip
        if half:
            ids = sorted(path.stem for path in (folder / "images").iterdir())
            lists = out.with_suffix(".txt")
            lists.write_text("\n".join(ids[1 if half == "odd" else 0 :: 2]) + "\n")
            command += ["--ids", lists]
        print(photographs, half or "all", file=sys.stderr, flush=True)
        finished = subprocess.run(command, stdout=subprocess.DEVNULL)
        if finished.returncode != 0:
            sys.exit(f"stnet-coord sweep ended with {finished.returncode}")


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


def all_methods(runs, photographs, methods, summary):
    """`summary` gives that of a network and method. The baselines are the reference runs'."""
    rows = [
        (f"{name}, {METHODS[method][0]}", summary(network, method, photographs))
        for network, (name, _) in NETWORKS.items() for method in methods
    ]  # fmt: skip
    return localization(rows, runs.summary(SQUARES, "reference", photographs)["baselines"])


def one_half(runs, half):
    rows = [
        (f"{name}, {title}", runs.summary(network, method, "photos-227", half))
        for network, (name, _) in NETWORKS.items() for method, (title, _) in METHODS.items()
    ]  # fmt: skip
    return localization(rows, runs.summary(SQUARES, "sharp", "photos-227", half)["baselines"])


def maps(runs):
    """The maps of the odd half: boxes at the threshold that the even half chose, and at the best one of the odd half itself."""
    head = ["", "MaxBoxAcc", "oracle", "MaxBoxAccV2", "oracle", "pointing game", "mass in the box"]
    rows = []
    for network, (name, _) in NETWORKS.items():
        for method, (title, _) in METHODS.items():
            found = runs.summary(network, method, "photos-227", "odd")["metrics"]["score_maps"]
            given = found["given_thresholds"]
            # The blur is the box's alone.
            rows.append([f"{name}, {title.removesuffix(', blur 16')}", *map_row(given, found)])
    for baseline in found["baselines"]:
        rows.append([baseline["name"], *map_row(None, baseline)])
    return table(head, rows)


def map_row(given, found):
    def mean(metric):
        low, high = metric["interval"]
        return f"{percent(metric['value'])} ({percent(low)}-{percent(high)})"

    return [
        rate(given["max_box_acc"]) if given else "-", rate(found["max_box_acc"]),
        mean(given["max_box_acc_v2"]) if given else "-", mean(found["max_box_acc_v2"]),
        rate(found["pointing_game"]), mean(found["mass_in_box"]),
    ]  # fmt: skip


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
            name = preset if rule == RESIDUAL[0] else f"{preset}-{rule}"
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
    default = runs.summary("googlenet-caffe", "reference", "photos-227", "odd")["protocol"]["options"]
    page = string.Template((ROOT / "docs/results.template.md").read_text()).substitute(
        weights="\n".join(f"* {name} (`{network}`): `weights/{path}`" for network, (name, path) in NETWORKS.items()),
        preset=" ".join(f"--{name} {value}" for name, value in sharp.items() if value != default[name]),
        labels_650=labels(runs, "photos-227"),
        all_650=all_methods(runs, "photos-227", METHODS, runs.halves),
        maps=maps(runs),
        verdicts=verdicts(runs),
        residual=residual(runs),
        odd=one_half(runs, "odd"),
        even=one_half(runs, "even"),
        labels_17=labels(runs, "photos-original"),
        all_17=all_methods(runs, "photos-original", ["reference", "sharp", "cam"], runs.summary),
    )
    (ROOT / "docs/results.md").write_text(page)
    print("docs/results.md")


if __name__ == "__main__":
    main()
