#!/usr/bin/env python3
"""Writes docs/performance.md and its plots from what `make bench` and `make bench-growth` left.

The words are in performance.template.md; the goals stand here. Standard library only.

    docs/make_performance.py [--bench results/bench.json] [--growth results/growth.json]
"""

import argparse
import json
import pathlib
import string
import sys

import svg_plots

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLOTS = "performance"
# Names of the stages: (seeded weights, trained weights), what the table calls the network.
NETWORKS = [("alexnet", "alexnet, trained", "AlexNet"),
            ("squeezenet1_1", "squeezenet1_1-caffe, trained", "SqueezeNet 1.1"),
            ("googlenet", "googlenet-caffe, trained", "GoogLeNet"), ("vgg16", "vgg16, trained", "VGG-16")]
GOAL_NETWORKS = ("AlexNet", "GoogLeNet", "VGG-16")
# The curves, and the words of the template that they stand for.
WANTED = {
    "coordinator": "images", "coordinator, memory": "images_memory", "forward alexnet": "batch",
    "top-down alexnet": "batch", "forward alexnet, threads": "thread_counts",
    "top-down alexnet, threads": "thread_counts", "whole evaluation alexnet, threads": "thread_counts",
    "demo evaluation": "nodes", "coordinator, nodes": "fleet", "makespan, nodes": "makespan",
}
EXACT, SKIPPING, FAST, DECODE, TOP_DOWN, WHOLE, CACHED, SHARE = 1.0, 1.2, 1.8, 3.0, 50.0, 20.0, 0.9, 0.88


class Bench:
    def __init__(self, figures):
        self.figures = figures
        self.stages = {stage["stage"]: stage for stage in figures["stages"]}

    def rate(self, stage):
        return self.stages[stage]["images_per_second"] if stage in self.stages else None

    def peer(self, stage):
        """Name and images a second of the faster peer of a stage."""
        peers = self.stages[stage]["peers"] if stage in self.stages else {}
        rates = [(peer["images_per_second"], name) for name, peer in peers.items() if peer["rounds"]]
        return max(rates) if rates else (None, None)

    def ratio(self, stage, against=None):
        """The stage's speed over the better peer's, its own or another stage's; nil where one is missing."""
        rate, peer = self.rate(stage), self.peer(against or stage)[0]
        return rate / peer if rate and peer else None

    def spread(self, stage):
        return self.stages[stage]["spread"]


def number(value, digits=2):
    return "" if value is None else f"{value:.{digits}f}"


def verdict(value, goal):
    return "not measured" if value is None else "met" if value >= goal else f"missed by {100 * (1 - value / goal):.0f} %"


def goals(bench):
    """(what, against, measured, goal): ratios, but for the share of the peak."""
    rows = []
    for seeded, trained, name in NETWORKS:
        if name in GOAL_NETWORKS:
            against = bench.peer(f"forward {seeded}")[1] or "peer"
            rows.append((f"forward {name}, `exact`, every product made", against,
                         bench.ratio(f"forward {seeded}, dense", f"forward {seeded}"), EXACT))
            rows.append((f"forward {name}, `exact`, trained weights on photographs",
                         bench.peer(f"forward {trained}")[1] or "peer", bench.ratio(f"forward {trained}"), SKIPPING))
            rows.append((f"forward {name}, `fast`", against,
                         bench.ratio(f"forward {seeded}, fast", f"forward {seeded}"), FAST))
    decode = "decode + resize, one thread"
    pillow = bench.stages.get(decode, {}).get("peers", {}).get("pillow", {}).get("images_per_second")
    rows.append(("decode + resize, one core", "Pillow", bench.rate(decode) / pillow if pillow else None, DECODE))
    for what, goal in (("top-down", TOP_DOWN), ("whole evaluation", WHOLE)):
        rows.append((f"{what} AlexNet, trained convolutions", "the PyTorch program",
                     bench.ratio(f"{what} alexnet, trained"), goal))
    passes = [bench.rate(f"{what} alexnet, trained") for what in ("forward", "top-down")]
    cached = bench.rate("whole evaluation alexnet, trained, cached inputs")
    rows.append(("a second run from the cache, AlexNet", "its forward and top-down passes alone",
                 cached * sum(1 / rate for rate in passes) if cached and all(passes) else None, CACHED))
    dense = bench.stages.get("forward vgg16, dense", {}).get("share_of_peak")
    rows.append(("share of the FMA peak, VGG-16, every product made", "the machine", dense, SHARE))
    return rows


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def goal_table(bench):
    return table(("what", "against", "measured", "goal", ""), [
        (what, against, number(value), f"{goal:g}", verdict(value, goal)) for what, against, value, goal in goals(bench)])


def network_table(bench):
    rows = []
    for seeded, trained, name in NETWORKS:
        for label, key in ((name, seeded), (f"{name}, trained", trained)):
            rate = bench.rate(f"forward {key}")
            if rate is None:
                continue
            dense, fast = bench.rate(f"forward {key}, dense"), bench.rate(f"forward {key}, fast")
            peer, who = bench.peer(f"forward {key}")
            share = bench.stages[f"forward {key}, dense"]["share_of_peak"]
            top_down = bench.rate(f"top-down {key}")
            rows.append((label, number(dense, 1), f"{100 * share:.1f} %", number(rate, 1), number(rate / dense),
                         number(fast, 1), f"{who} {number(peer, 1)}" if peer else "", number(top_down, 0),
                         f"{100 * bench.spread(f'forward {key}'):.0f} %"))
    return table(("weights", "every product", "of peak", "zeros skipped", "gain", "`fast`", "best peer", "top-down",
                  "spread"), rows)


def stage_table(bench):
    rows = []
    for name, stage in bench.stages.items():
        if name.startswith(("forward", "top-down")):
            continue
        peers = ", ".join(f"{peer} {number(value['images_per_second'], 1)}"
                          for peer, value in stage["peers"].items() if value["rounds"])
        rows.append((name, number(stage["images_per_second"], 1), f"{100 * stage['spread']:.0f} %", peers,
                     number(bench.ratio(name))))
    return table(("stage", "images/s", "spread", "peers", "ratio"), rows)


def plot_growth(growth, folder):
    """Writes one plot for the curves that share their axes and their names up to a comma; gives Markdown with the figures."""
    groups = {}
    for curve in growth["curves"]:
        groups.setdefault((curve["x"], curve["y"], curve["name"].split(",")[0]), []).append(curve)
    parts = {}
    for (x, y, _), members in groups.items():
        name = members[0]["name"].replace(",", "").replace(" ", "-")
        series = [(curve["name"], [tuple(point) for point in curve["points"]]) for curve in members]
        (folder / f"{name}.svg").write_text(svg_plots.curves(" and ".join(n for n, _ in series), x, y, series))
        xs = [point[0] for point in members[0]["points"]]
        rows = [(curve["name"], *(f"{point[1]:.4g}" for point in curve["points"])) for curve in members]
        parts[members[0]["name"]] = (f"![{y} over {x}]({PLOTS}/{name}.svg)\n\n"
                                     + table((f"{y}, by {x}", *(f"{value:g}" for value in xs)), rows))
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=pathlib.Path, default=ROOT / "results/bench.json")
    parser.add_argument("--growth", type=pathlib.Path, default=ROOT / "results/growth.json")
    options = parser.parse_args()
    for path, command in ((options.bench, "make bench"), (options.growth, "make bench-growth")):
        if not path.exists():
            sys.exit(f"{path}: not there; `{command}` makes it")
    figures = json.loads(options.bench.read_text())
    bench, growth = Bench(figures), json.loads(options.growth.read_text())
    folder = ROOT / "docs" / PLOTS
    folder.mkdir(exist_ok=True)
    measured = [(what.replace("`", ""), value, goal) for what, _, value, goal in goals(bench)
                if value is not None and not what.startswith(("share", "a second run"))]
    (folder / "goals.svg").write_text(svg_plots.bars("Speed over the peer's; red: the goal", measured))
    parts = plot_growth(growth, folder)
    missing = set(WANTED) - set(parts)
    if missing:
        sys.exit(f"{options.growth}: no curve {', '.join(sorted(missing))}; run `make bench-growth` without --only")
    curves = {word: "\n\n".join(parts[name] for name in WANTED if WANTED[name] == word) for word in WANTED.values()}
    template = string.Template((ROOT / "docs/performance.template.md").read_text())
    page = template.substitute(
        isa=figures["isa"], threads=figures["threads"], rounds=figures["rounds"], pictures=figures["pictures"],
        peak=number(figures["peak_gflops"], 1), copy=number(figures["copied_gigabytes_per_second"], 1),
        memory=number(figures["largest_resident_mib"] / 1024, 1), goals=goal_table(bench),
        networks=network_table(bench), stages=stage_table(bench), **curves)
    (ROOT / "docs/performance.md").write_text(page)
    print("docs/performance.md")


if __name__ == "__main__":
    main()
