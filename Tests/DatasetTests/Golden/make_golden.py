"""Makes the golden pictures and golden.json: SHA-256 of Pillow's bytes at each stage.

    python make_golden.py        needs pillow 13, numpy and scikit-image

The photographs come with scikit-image: astronaut (NASA) and rocket (SpaceX) are in the public domain, chelsea
(Stefan van der Walt), coffee (Rachel Michetti) and camera (Lav Varshney) are CC0. The others are computed.
"""

import hashlib
import io
import json
import pathlib

import numpy
import skimage.data
from PIL import Image

from pillow_stages import stages

HERE = pathlib.Path(__file__).parent


def photo(name, size):
    return Image.fromarray(getattr(skimage.data, name)()).resize(size, Image.Resampling.LANCZOS)


def texture(width, height, seed):
    """Waves in each channel under noise: no two rows, columns or channels are alike."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    waves = [127 + 100 * numpy.sin(x / (3 + 2 * c) + y / (7 - 2 * c) + c) for c in range(3)]
    pixels = numpy.stack(waves, axis=-1) + random.normal(0, 25, (height, width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


def jpeg(image, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", **{"quality": 85, "subsampling": "4:2:0", **options})
    return bytearray(file.getvalue())


def ycck(image):
    """A CMYK file whose Adobe marker says that its planes are YCCK."""
    data = jpeg(image.convert("CMYK"))
    data[data.index(b"Adobe") + 11] = 2
    return data


def resampled(data, factors, width, height):
    """The same blocks under another sampling of the first component and another size."""
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    data[frame + 11] = factors
    return data


def scan(data):
    return data.index(b"\xff\xda")


def damaged(data):
    for offset in range(scan(data) + 200, len(data) - 100, 500):
        data[offset] = 0x5A
    return data


def ended_early(data):
    return data[: (scan(data) + len(data)) // 2] + b"\xff\xd9"


def pictures():
    astronaut, chelsea = photo("astronaut", (256, 256)), photo("chelsea", (451, 300))
    coffee, rocket, camera = photo("coffee", (300, 200)), photo("rocket", (320, 214)), photo("camera", (224, 224))
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "astronaut-420", jpeg(astronaut)
    yield "astronaut-420-coarse", jpeg(astronaut, quality=20)
    yield "chelsea-422", jpeg(chelsea, subsampling="4:2:2")
    yield "coffee-444", jpeg(coffee, subsampling="4:4:4", quality=92)
    yield "coffee-rgb", jpeg(coffee.resize((150, 101)), keep_rgb=True, subsampling="4:4:4")
    yield "rocket-420-progressive", jpeg(rocket, progressive=True)
    yield "rocket-444-progressive", jpeg(rocket.resize((91, 123)), progressive=True, subsampling="4:4:4")
    yield "camera-gray", jpeg(camera)
    yield "camera-gray-progressive", jpeg(camera.resize((99, 130)), progressive=True)
    yield "coffee-cmyk", jpeg(coffee.convert("CMYK").resize((120, 80)))
    yield "coffee-ycck", ycck(coffee.resize((120, 83)))
    yield "astronaut-orientation-6", jpeg(astronaut.resize((96, 131)), exif=exif)
    yield "chelsea-restart-blocks", jpeg(chelsea.resize((225, 150)), restart_marker_blocks=3)
    yield "chelsea-restart-rows", jpeg(chelsea.resize((227, 151)), restart_marker_rows=1, subsampling="4:2:2")
    yield "chelsea-trailing-garbage", jpeg(chelsea.resize((113, 75))) + bytes(range(256)) * 3
    yield "chelsea-damaged", damaged(jpeg(chelsea.resize((225, 150))))
    yield "chelsea-damaged-restart", damaged(jpeg(chelsea.resize((225, 150)), restart_marker_blocks=3))
    yield "chelsea-ended-early", ended_early(jpeg(chelsea.resize((225, 150)), subsampling="4:4:4"))
    yield "texture-440", resampled(jpeg(texture(96, 64, 1), subsampling="4:2:2"), 0x12, 48, 128)
    yield "texture-411", resampled(jpeg(texture(96, 64, 2)), 0x41, 192 - 5, 32 - 3)
    for seed, (width, height) in enumerate([(1, 1), (1, 40), (40, 1), (2, 3), (7, 5), (17, 33), (1200, 9), (9, 700)]):
        for subsampling in "4:2:0", "4:2:2", "4:4:4":
            name = f"texture-{width}x{height}-{subsampling.replace(':', '')}"
            yield name, jpeg(texture(width, height, 10 + seed), subsampling=subsampling)


def main():
    golden = {}
    for name, data in pictures():
        file = HERE / f"{name}.jpg"
        file.write_bytes(data)
        golden[file.name] = {label: hashlib.sha256(raw).hexdigest() for label, raw in stages(file)}
    (HERE / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
