"""Makes png.json: small PNG files of every kind that is read, with every filter, interlaced and not, and the digest of the
gray pixels that Pillow reads from them.

    python make_png.py        needs pillow 13
"""

import base64
import hashlib
import io
import json
import pathlib
import random
import struct
import zlib

from PIL import Image

HERE = pathlib.Path(__file__).parent
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def paeth(left, up, corner):
    return min((left, up, corner), key=lambda value: abs(left + up - corner - value))


def filtered(lines, back):
    """Rows with their filters, which change from row to row."""
    out, above = b"", bytes(len(lines[0]))
    for number, line in enumerate(lines):
        kind = number % 5
        left = bytes(back) + line
        corner = bytes(back) + above
        guess = [
            lambda i: 0, lambda i: left[i], lambda i: above[i], lambda i: (left[i] + above[i]) // 2,
            lambda i: paeth(left[i], above[i], corner[i]),
        ][kind]
        out += bytes([kind]) + bytes((line[i] - guess(i)) % 256 for i in range(len(line)))
        above = line
    return out


def packed(samples, depth):
    bits = "".join(f"{sample:0{depth}b}" for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def made(width, height, color, depth, interlaced, source, extra):
    per_pixel = SAMPLES[color]
    colors = min(1 << depth, 200)
    top = colors if color == 3 else 1 << depth
    # Neighbours are alike, as they are in pictures.
    picture = [[[(x * 7 + y * 3 + s * 50 + source.randrange(4)) % top for s in range(per_pixel)] for x in range(width)]
               for y in range(height)]
    rows = b""
    for x0, y0, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        lines = [packed([sample for x in range(x0, width, dx) for sample in picture[y][x]], depth)
                 for y in range(y0, height, dy)]
        if lines and lines[0]:
            rows += filtered(lines, max(1, per_pixel * depth // 8))
    data = zlib.compress(rows, source.choice([0, 1, 6, 9]))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))
    if color == 3:
        out += chunk(b"PLTE", bytes(source.randrange(256) for _ in range(3 * colors)))
    if extra:
        out += chunk(b"tEXt", b"Comment\0made up")
        if color == 3:
            out += chunk(b"tRNS", bytes(range(0, 2)))
    cut = source.randrange(len(data))
    # One of the parts may be empty.
    out += chunk(b"IDAT", data[:cut]) + chunk(b"IDAT", b"") + chunk(b"IDAT", data[cut:])
    return out + chunk(b"IEND", b"")


def main():
    source = random.Random(18)
    files = []
    kinds = [(0, 1), (0, 2), (0, 4), (0, 8), (3, 1), (3, 2), (3, 4), (3, 8), (2, 8), (4, 8), (6, 8)]
    for color, depth in kinds:
        for interlaced in (0, 1):
            for width, height in [(1, 1), (3, 2), (11, 13), (9, 1), (1, 9)]:
                files.append((f"colour {color}, {depth} bits, {'Adam7' if interlaced else 'plain'}, {width} x {height}",
                              made(width, height, color, depth, interlaced, source, width == 11)))
    base = Image.frombytes("RGB", (17, 12), bytes(source.randrange(256) for _ in range(17 * 12 * 3)))
    for mode in ["1", "L", "P", "RGB", "RGBA", "LA"]:
        out = io.BytesIO()
        base.convert(mode).save(out, "PNG", optimize=mode == "L")
        files.append((f"Pillow's {mode}", out.getvalue()))
    cases = []
    for name, file in files:
        gray = Image.open(io.BytesIO(file)).convert("L")
        cases.append({"name": name, "file": base64.b64encode(file).decode(), "width": gray.width, "height": gray.height,
                      "gray": hashlib.sha256(gray.tobytes()).hexdigest()})
    text = json.dumps(cases)
    (HERE / "png.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


main()
