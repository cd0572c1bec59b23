#!/usr/bin/env python3
"""What the assemblers make of the committed PTX, kernel by kernel: the table of docs/gpu.md. No GPU is needed.

    sass.py                    writes the table between its markers in docs/gpu.md
    sass.py --check [NAME...]  compares it, or the rows of the kernels in ptx/NAME.ptx, with what they give now;
                               status 1 where they differ, or where a kernel spills registers or misses a goal below
    sass.py --stale            status 1 where the table was made of other PTX; needs no assembler
    sass.py --print FILE...    prints the figures of other PTX than ptx/*.ptx
    sass.py --install          the assemblers into folders of their own (.venv/assemblers) and the disassembler: PyPI

Status 3: an assembler or the disassembler is not installed.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from make_ptx import HERE, NOT_INSTALLED, OUTPUT

ROOT = HERE.parent.parent.parent
TABLE = ROOT / "docs" / "gpu.md"
BEGIN, END = "<!-- Made by make sass. -->", "<!-- End of what make sass made. -->"
INSTALLED = ROOT / ".venv" / "assemblers"
# A driver has one of these assemblers inside; which one depends on its age, and none can be chosen.
ASSEMBLERS = {
    "12.4": "nvidia-cuda-nvcc-cu12==12.4.131", "12.9": "nvidia-cuda-nvcc-cu12==12.9.86",
    "13.5": "nvidia-cuda-nvcc==13.5.37",
}
DISASSEMBLER = "nvidia-cuda-nvdisasm==13.5.37"
# Of a multiprocessor: threads, blocks, KiB of shared memory, of which the newer ones keep 1 KiB a block for themselves.
# Registers are given out to warps, 256 at a time, of 65,536.
MULTIPROCESSORS = {
    "sm_75": (1024, 16, 64, 0), "sm_80": (2048, 32, 164, 1), "sm_89": (1536, 24, 100, 1), "sm_90": (2048, 32, 228, 1),
}
SHOWN = ["sm_80", "sm_90"]
# The least share of multiply-adds in the inner loop for sm_90, per cent, and the least number of blocks.
GOALS = {
    "ck_conv_128x128_vector": 88, "ck_conv_128x64_vector": 88, "ck_conv_64x64_vector": 75, "ck_conv_128x128_scalar": 80,
}
GOAL_BLOCKS = 2


class Kernel:
    """One kernel as one assembler makes it for one architecture."""

    def __init__(self, name, report, threads):
        self.name, self.threads = name, threads
        self.registers = int(re.search(r"Used (\d+) registers", report)[1])
        self.spills = sum(int(n) for n in re.findall(r"(\d+) bytes spill", report))
        shared = re.search(r"(\d+) bytes smem", report)
        self.shared = int(shared[1]) if shared else 0
        self.products = self.instructions = 0  # of the inner loop

    def blocks(self, architecture):
        """How many blocks a multiprocessor holds at once; dynamic shared memory is left out."""
        threads, blocks, shared, kept = MULTIPROCESSORS[architecture]
        warps = self.threads // 32
        by_registers = 65536 // (-(-self.registers * 32 // 256) * 256) // warps
        bytes_a_block = self.shared + kept * 1024
        by_shared = shared * 1024 // bytes_a_block if bytes_a_block else blocks
        return min(blocks, threads // self.threads, by_registers, by_shared)

    @property
    def share(self):
        return 100 * self.products / self.instructions if self.instructions else 0

    def count_inner_loop(self, code):
        """Counts the innermost loop with the most FFMA; where the block meets between products, the innermost that
        holds a barrier too, so that a shorter loop inside hides nothing of what a stage costs. Every instruction of it
        counts once, taken or not."""
        places, labels, branches = [], {}, []
        for line in code.splitlines():
            label = re.match(r"(\.L\w+):", line)
            if label:
                labels[label[1]] = len(places)
            found = re.match(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+ )?\s*([\w.]+)(.*)", line)
            if found:
                if found[1] == "BRA":
                    target = re.search(r"\((\.L\w+)\)", found[2])
                    branches.append((target[1], len(places)))
                places.append(found[1].split(".")[0])
        loops = [(labels[label], last + 1) for label, last in branches if labels[label] <= last]
        loops = [(first, end) for first, end in loops if "FFMA" in places[first:end]]
        loops = [(first, end) for first, end in loops if "BAR" in places[first:end]] or loops
        for first, end in loops:
            products = places[first:end].count("FFMA")
            inside = any((f, e) != (first, end) and first <= f and e <= end for f, e in loops)
            if products > self.products and not inside:
                self.products, self.instructions = products, end - first


def tools():
    """The assemblers by their release, and the disassembler; None for one that is missing."""
    found = {release: next(INSTALLED.glob(f"{release}/nvidia/*/bin/ptxas"), None) for release in ASSEMBLERS}
    return found, next(INSTALLED.glob("disassembler/nvidia/*/bin/nvdisasm"), None)


def install():
    for folder, package in [*ASSEMBLERS.items(), ("disassembler", DISASSEMBLER)]:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--no-deps", "--target",
             INSTALLED / folder, package], check=True)
    return 0


def threads_of(ptx):
    """Threads a block of each entry: what its launch bounds say, or 256, about what the host launches."""
    entries = ptx.read_text().split(".visible .entry ")[1:]
    bounds = [(entry.split("(")[0], re.search(r"^ ?\.maxntid (\d+)", entry, re.MULTILINE)) for entry in entries]
    return {name: int(found[1]) if found else 256 for name, found in bounds}


def assemble(assembler, disassembler, ptx, architecture):
    with tempfile.TemporaryDirectory() as directory:
        cubin = Path(directory) / "kernels.cubin"
        done = subprocess.run(
            [assembler, "-v", f"-arch={architecture}", ptx, "-o", cubin], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{ptx.name}, {architecture}:\n{done.stdout}{done.stderr}")
        # The rest has no loops of multiply-adds, but for those inside of divisions.
        code = None
        if architecture in SHOWN and "fma.rn.f32" in ptx.read_text():
            code = subprocess.run([disassembler, "-c", cubin], capture_output=True, text=True, check=True).stdout
    threads = threads_of(ptx)
    kernels = []
    for entry in done.stderr.split("Compiling entry function '")[1:]:
        name = entry.split("'")[0]
        kernel = Kernel(name, entry, threads[name])
        if code:
            kernel.count_inner_loop(code.split(f"\n.text.{name}:\n")[1].split("\t.section\t")[0])
        kernels.append(kernel)
    return kernels


def measure(files):
    """{kernel: {(release, architecture): Kernel}}"""
    assemblers, disassembler = tools()
    jobs = [(release, architecture, ptx) for ptx in files for release in ASSEMBLERS for architecture in MULTIPROCESSORS]
    # The longest first.
    jobs.sort(key=lambda job: -job[2].stat().st_size)
    with ThreadPoolExecutor() as pool:
        made = pool.map(lambda job: assemble(assemblers[job[0]], disassembler, job[2], job[1]), jobs)
        measured = {}
        for (release, architecture, _), kernels in zip(jobs, made):
            for kernel in kernels:
                measured.setdefault(kernel.name, {})[release, architecture] = kernel
    return dict(sorted(measured.items()))


def digest():
    """Of all PTX, in the order of the files' names."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(OUTPUT.glob("*.ptx")))).hexdigest()[:12]


def triple(figures):
    """One figure an assembler; one alone where they agree."""
    return figures[0] if len(set(figures)) == 1 else " / ".join(figures)


def table(measured):
    lines = [
        f"Assemblers of CUDA {', '.join(ASSEMBLERS)}, in this order where they differ; PTX {digest()}.", "",
        "| kernel | threads | shared bytes | " + " | ".join(
            f"registers, {a} | blocks, {a} | FFMA, {a}" for a in SHOWN) + " | goal |",
        "|---|---|---|" + "---|---|---|" * len(SHOWN) + "---|",
    ]
    # Kernels with multiply-adds first; in a pass the largest tile first.
    for name, made in sorted(measured.items(), key=lambda item: (-item[1]["12.4", "sm_90"].products, item[0])):
        first = made["12.4", "sm_90"]
        row = [f"`{name}`", str(first.threads), triple([str(made[r, "sm_90"].shared) for r in ASSEMBLERS])]
        for architecture in SHOWN:
            kernels = [made[release, architecture] for release in ASSEMBLERS]
            row.append(triple([str(kernel.registers) for kernel in kernels]))
            row.append(triple([str(kernel.blocks(architecture)) for kernel in kernels]))
            row.append(triple([f"{kernel.share:.0f} %" if kernel.products else "–" for kernel in kernels]))
        row.append(f"{GOALS[name]} %" if name in GOALS else "")
        lines.append("| " + " | ".join(row) + " |")
    spilling = sorted({f"`{name}`" for name, made in measured.items() for kernel in made.values() if kernel.spills})
    lines += ["", f"Registers are spilled, for {', '.join(MULTIPROCESSORS)}, by: {', '.join(spilling) or 'no kernel'}."]
    return "\n".join(lines)


def failures(measured):
    for name, made in measured.items():
        for (release, architecture), kernel in made.items():
            where = f"{name}, {architecture}, assembler {release}"
            if kernel.spills:
                yield f"{where}: spills {kernel.spills} bytes"
            if name.startswith("ck_conv_") and architecture == "sm_90":
                if kernel.blocks(architecture) < GOAL_BLOCKS:
                    yield f"{where}: {kernel.blocks(architecture)} blocks an SM, expected {GOAL_BLOCKS}"
                if kernel.share < GOALS.get(name, 0):
                    yield f"{where}: {kernel.share:.1f} % FFMA, expected {GOALS[name]} %"


def print_figures(measured):
    print(f"{'kernel':28}{'assembler':>10}{'':>7}{'registers':>10}{'spilled':>8}{'shared':>8}{'blocks':>7}{'FFMA':>6}"
          f"{'of':>6}")
    for name, made in measured.items():
        for (release, architecture), kernel in sorted(made.items()):
            print(f"{name:28}{release:>10}{architecture:>7}{kernel.registers:10}{kernel.spills:8}{kernel.shared:8}"
                  f"{kernel.blocks(architecture):7}{kernel.products:6}{kernel.instructions:6}{kernel.share:7.1f} %")


def main(arguments):
    if arguments == ["--install"]:
        return install()
    if arguments[:1] not in ([], ["--check"], ["--stale"], ["--print"]):
        sys.exit(__doc__)
    text = TABLE.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        sys.exit(f"{TABLE.name}: expected one line {BEGIN} and one line {END} after it")
    if arguments == ["--stale"]:
        if f"PTX {digest()}." in text:
            return 0
        print(f"the table of {TABLE.name} is of other PTX than ptx/*.ptx ({digest()}): make sass")
        return 1
    assemblers, disassembler = tools()
    missing = [release for release, path in assemblers.items() if path is None]
    if missing or disassembler is None:
        print(f"not installed: {', '.join(missing + ([] if disassembler else ['the disassembler']))}: make sass")
        return NOT_INSTALLED
    if arguments[:1] == ["--print"]:
        print_figures(measure([Path(name) for name in arguments[1:]]))
        return 0
    names = arguments[1:]
    measured = measure([OUTPUT / f"{name}.ptx" for name in names] or sorted(OUTPUT.glob("*.ptx")))
    wrong = list(failures(measured))
    made = table(measured)
    if names:
        rows = [row for row in made.splitlines() if row.startswith("| `") and row not in text.splitlines()]
        wrong += [f"not in the table of {TABLE.name}: {row}" for row in rows]
    else:
        now = f"{text.split(BEGIN)[0]}{BEGIN}\n\n{made}\n\n{END}{text.split(END)[1]}"
        if arguments == []:
            TABLE.write_text(now)
        elif now != text:
            wrong.append(f"the table of {TABLE.name} is not what the assemblers give: make sass")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
