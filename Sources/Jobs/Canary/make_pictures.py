#!/usr/bin/env python3
"""Writes CanaryPictures+Files.swift: four small JPEG files, one of each kind that photographs come as.

    Sources/Jobs/Canary/make_pictures.py    (needs Pillow 12.0)

Whatever else makes them is as good: what matters is that all nodes decode the same bytes.
"""
import base64
import io
import pathlib
import textwrap

from PIL import Image

HERE = pathlib.Path(__file__).parent


class Numbers:
    """A linear congruential generator's upper bits."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit


def picture(width, height, block, noisy, seed):
    """Blocks of random colours, which excite every layer, and noise on the first `noisy` pixels of rows and columns."""
    numbers = Numbers(seed)
    columns = -(-width // block)
    colours = [tuple(numbers.below(226) for _ in range(3)) for _ in range(columns * -(-height // block))]
    image = Image.new("RGB", (width, height))
    pixels = image.load()
    for y in range(height):
        for x in range(width):
            colour = colours[y // block * columns + x // block]
            if x < noisy and y < noisy:
                colour = tuple(value + numbers.below(30) for value in colour)
            pixels[x, y] = colour
    return image


def cmyk(image):
    """Each pixel's black is half of what the three colours have in common: the conversion back has something to do."""
    result = Image.new("CMYK", image.size)
    pixels, source = result.load(), image.load()
    for y in range(image.height):
        for x in range(image.width):
            inks = [255 - value for value in source[x, y]]
            black = min(inks) // 2
            pixels[x, y] = tuple(ink - black // 2 for ink in inks) + (black,)
    return result


def encode(image, **options):
    stream = io.BytesIO()
    image.save(stream, "JPEG", optimize=True, **options)
    data = stream.getvalue()
    assert len(data) < 2048, len(data)
    return data


FILES = [
    # Larger than a network's input, as photographs are; odd sides end in the middle of a block of colour.
    ("baseline, colours once for 2 x 2 pixels", encode(picture(363, 271, 136, 40, 1), quality=36, subsampling="4:2:0")),
    ("baseline, colours for every pixel", encode(picture(61, 47, 19, 47, 2), quality=85, subsampling="4:4:4")),
    ("progressive", encode(picture(231, 287, 92, 32, 3), quality=28, subsampling="4:2:0", progressive=True)),
    ("the four colours of print", encode(cmyk(picture(91, 71, 26, 34, 4)), quality=50)),
]


def main():
    lines = ["extension CanaryPictures {", "    /// Made by make_pictures.py, in base64.", "    static let files = ["]
    for name, data in FILES:
        lines.append(f"        // {name}, {len(data)} bytes")
        lines.append('        """')
        lines += ["        " + line for line in textwrap.wrap(base64.b64encode(data).decode(), 108)]
        lines.append('        """,')
        print(len(data), name)
    lines += ["    ]", "}"]
    (HERE / "CanaryPictures+Files.swift").write_text("\n".join(lines) + "\n")


main()
