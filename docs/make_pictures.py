#!/usr/bin/env python3
"""Makes the pictures of README.md and docs/method.md with stnet-coord, from the photographs in docs/pictures.

What they show are stnet-coord's own pictures (--exe-mode bbox_viz and ch_viz --overlay); this script only sets them side
by side, draws the box of images.jsonl over the maps, and writes the option's value and the IoU below. It needs Pillow
(docs/pictures/requirements.txt) and the weights of GoogLeNet in Caffe's form.

    docs/make_pictures.py --weights FILE [--network googlenet-caffe] [--stnet .build/release/stnet-coord] [SHEET ...]
"""

import argparse
import io
import json
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image, ImageDraw, ImageFont

ROOT = pathlib.Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PHOTOGRAPHS = ["cat", "espresso", "rocket"]
LARGEST_BYTES = 60_000
SHARP = ("--preset", "sharp")

# A sheet: the photograph, then a caption and options for each panel. An option that begins with "class=" is the synset
# that the annotations name in the photograph's place, so that gating starts there.
SHEETS = {
    "methods": ("espresso", [
        ("--preset reference", ()),
        ("--preset sharp", SHARP),
        ("--method cam", ("--method", "cam")),
    ]),
    "descent": ("espresso", [
        (f"gating at {name}", ("--map-bottom", name)) for name in ("pool3", "pool2", "pool1", "image")
    ]),
    "classes": ("espresso", [
        ("class espresso", (*SHARP, "class=n07920052")),
        ("class plate", (*SHARP, "class=n07579787")),
        ("class wooden spoon", (*SHARP, "class=n04597913")),
    ]),
    "linear-mode": ("rocket", [
        ("1", ("--linear-mode", "1")),
        ("ladder, offset 0", ("--linear-offset", "0")),
        ("ladder, offset 3", ()),
        ("all", ("--linear-mode", "all")),
    ]),
    "bridge-mode": ("espresso", [
        ("1", ("--bridge-mode", "1")),
        ("ladder, offset 1", ()),
        ("ladder, offset 2", ("--bridge-offset", "2")),
        ("all", ("--bridge-mode", "all")),
    ]),
    "one-by-one": ("rocket", [
        ("group", ()),
        ("ladder", ("--one-by-one", "ladder")),
    ]),
    "bottom": ("espresso", [
        (name, ("--bottom", name, "--map-bottom", name)) for name in ("image", "pool1", "pool2", "pool3")
    ]),
    "prune": ("rocket", [
        (value, ("--prune", value)) for value in ("none", "mean", "mean-all", "percentile", "energy")
    ]),
    "prune-numbers": ("rocket", [
        ("mean x 0.5", ("--mean-multiplier", "0.5")),
        ("mean x 4", ("--mean-multiplier", "4")),
        ("mean + 2 deviations", ("--std-multiplier", "2")),
        ("percentage 0.9", ("--prune", "percentile", "--percentage", "0.9")),
        ("energy 0.3", ("--prune", "energy", "--energy", "0.3")),
    ]),
    "box-rule": ("espresso", [
        (value, ("--box-rule", value)) for value in ("tight", "mass", "component")
    ]),
    "mass": ("espresso", [
        (value, ("--box-rule", "mass", "--mass", value)) for value in ("0.7", "0.9", "0.94", "1")
    ]),
    "component": ("espresso", [
        (f"threshold {threshold}, blur {blur}", (
            "--box-rule", "component", "--component-threshold", threshold, "--component-blur", blur))
        for threshold, blur in (("0.2", "16"), ("0.5", "16"), ("0.2", "4"), ("0.2", "32"))
    ]),
    "box-margin": ("espresso", [
        (value, ("--box-rule", "mass", "--mass", "0.9", "--box-margin", value)) for value in ("0", "0.035", "0.1")
    ]),
    "preprocess": ("rocket", [
        (value, ("--preprocess", value)) for value in ("stnet", "torchvision", "squash")
    ]),
}
# Sheets whose panels are the network's input with the boxes, not the map.
OF_BOXES = {"preprocess"}


class Runs:
    """Evaluations of the photographs by their options; each is run once."""

    def __init__(self, options, folder):
        self.options, self.folder, self.done = options, folder, {}

    def run(self, given, photograph, mode):
        """The run's directory."""
        key = (given, photograph if any(option.startswith("class=") for option in given) else None, mode)
        if key not in self.done:
            out = self.folder / f"run{len(self.done)}"
            annotations = PICTURES / "annotations"
            for synset in [option[6:] for option in given if option.startswith("class=")]:
                annotations = self.renamed(photograph, synset)
            command = [
                str(self.options.stnet), "--images", str(PICTURES / "photographs"), "--annotations", str(annotations),
                "--network", self.options.network, "--weights", str(self.options.weights), "--out", str(out),
                "--exe-mode", mode, *(["--overlay"] if mode == "ch_viz" else []),
                *(option for option in given if not option.startswith("class=")),
            ]
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode != 0:
                sys.exit(f"{' '.join(command)}\n{result.stderr}")
            self.done[key] = out
        return self.done[key]

    def renamed(self, photograph, synset):
        """The annotations of one photograph, with another class."""
        folder = self.folder / f"{photograph}-{synset}"
        folder.mkdir(exist_ok=True)
        text = (PICTURES / "annotations" / f"{photograph}.xml").read_text()
        before, rest = text.split("<object>")
        begin, end = rest.index("<name>") + 6, rest.index("</name>")
        (folder / f"{photograph}.xml").write_text(before + "<object>" + rest[:begin] + synset + rest[end:])
        return folder


def record(out, photograph):
    lines = map(json.loads, (out / "images.jsonl").read_text().splitlines())
    return next(line for line in lines if line["id"] == photograph)


def input_size(out):
    return json.loads((out / "summary.json").read_text())["protocol"]["input_size"]


def square(path, side):
    """A picture of stnet-coord's without its caption."""
    picture = Image.open(path).convert("RGB")
    return picture.crop((0, 0, picture.width, picture.width)).resize((side, side), Image.LANCZOS)


def map_panel(out, photograph, side):
    """The map over the photograph, as stnet-coord drew it, and the run's box in white."""
    picture = square(out / "ch_viz" / f"{photograph}.png", side)
    scale = side / input_size(out)
    x0, y0, x1, y1 = record(out, photograph)["box"]
    # The last pixel of a box belongs to it.
    corners = [x0 * scale, y0 * scale, (x1 + 1) * scale - 1, (y1 + 1) * scale - 1]
    ImageDraw.Draw(picture).rectangle(corners, outline="white", width=2)
    return picture


def box_panel(out, photograph, side):
    return square(out / "bbox_viz" / f"{photograph}.jpg", side)


def sheet(panels, side, gap=6, strip=40):
    """Panels in a row, each with two lines of text below."""
    font = ImageFont.load_default(size=14)
    whole = Image.new("RGB", (len(panels) * (side + gap) - gap, side + strip), "white")
    draw = ImageDraw.Draw(whole)
    for place, (picture, caption, iou) in enumerate(panels):
        left = place * (side + gap)
        whole.paste(picture, (left, 0))
        draw.text((left + side / 2, side + 12), caption, fill="black", font=font, anchor="mm")
        draw.text((left + side / 2, side + 29), f"IoU {iou:.2f}", fill="#555555", font=font, anchor="mm")
    return whole


def save(picture, path):
    """As good as the bytes allow."""
    for quality in range(88, 39, -4):
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=quality, optimize=True)
        if data.tell() <= LARGEST_BYTES:
            path.write_bytes(data.getvalue())
            return print(f"{path.relative_to(ROOT)}: {data.tell()} bytes, quality {quality}")
    sys.exit(f"{path}: larger than {LARGEST_BYTES} bytes at any quality")


def make_sheet(runs, name):
    photograph, panels = SHEETS[name]
    side = 224 if len(panels) <= 4 else 180
    mode, draw = ("bbox_viz", box_panel) if name in OF_BOXES else ("ch_viz", map_panel)
    found = []
    for caption, given in panels:
        out = runs.run(given, photograph, mode)
        found.append((draw(out, photograph, side), caption, record(out, photograph)["iou"]))
    save(sheet(found, side), PICTURES / f"{name}.jpg")


def make_first(runs):
    """For the first page: boxes above, maps below."""
    side, gap = 224, 6
    whole = Image.new("RGB", (len(PHOTOGRAPHS) * (side + gap) - gap, 2 * side + gap), "white")
    for place, photograph in enumerate(PHOTOGRAPHS):
        boxes = box_panel(runs.run(SHARP, photograph, "bbox_viz"), photograph, side)
        maps = runs.run(SHARP, photograph, "ch_viz") / "ch_viz" / f"{photograph}.png"
        whole.paste(boxes, (place * (side + gap), 0))
        whole.paste(square(maps, side), (place * (side + gap), side + gap))
    save(whole, PICTURES / "boxes-and-maps.jpg")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheets", nargs="*", metavar="SHEET", help=f"boxes-and-maps, {', '.join(SHEETS)} (all)")
    parser.add_argument("--weights", type=pathlib.Path, required=True, help="of the network")
    parser.add_argument("--network", default="googlenet-caffe")
    parser.add_argument("--stnet", type=pathlib.Path, default=ROOT / ".build/release/stnet-coord")
    options = parser.parse_args()
    names = options.sheets or ["boxes-and-maps", *SHEETS]
    for name in names:
        if name != "boxes-and-maps" and name not in SHEETS:
            sys.exit(f"no sheet {name}: expected boxes-and-maps, {', '.join(SHEETS)}")
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(options, pathlib.Path(folder))
        for name in names:
            make_first(runs) if name == "boxes-and-maps" else make_sheet(runs, name)


if __name__ == "__main__":
    main()
