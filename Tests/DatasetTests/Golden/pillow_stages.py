"""What Pillow makes of a JPEG file at each stage that the tests compare."""

from PIL import Image

PRESETS = [("stnet", 224), ("stnet", 227), ("torchvision", 224), ("torchvision", 227), ("squash", 224), ("squash", 227),
           ("256-bicubic", 224), ("342", 299)]
SIZES = [(1, 1), (2, 7), (640, 3)]


def resized_size(preset, n, width, height):
    if preset == "squash":
        return n, n
    if preset[0].isdigit():
        shorter = int(preset.split("-")[0])
    else:
        shorter = n if preset == "stnet" else round(n * 256 / 224)
    if width <= height:
        return shorter, shorter * height // width
    return shorter * width // height, shorter


def resize(image, size, filter=Image.Resampling.BILINEAR):
    return image if size == image.size else image.resize(size, filter)


def stages(file):
    """(label, bytes) of the decoded picture, of each preset's resize and crop, and of a few odd sizes."""
    image = Image.open(file).convert("RGB")
    yield f"decoded {image.width}x{image.height}", image.tobytes()
    for preset, n in PRESETS:
        filter = Image.Resampling.BICUBIC if preset.endswith("bicubic") else Image.Resampling.BILINEAR
        whole = resize(image, resized_size(preset, n, *image.size), filter)
        yield f"{preset} {n} resized {whole.width}x{whole.height}", whole.tobytes()
        left, top = round((whole.width - n) / 2), round((whole.height - n) / 2)
        yield f"{preset} {n} input", whole.crop((left, top, left + n, top + n)).tobytes()
    for width, height in SIZES:
        yield f"resized {width}x{height}", resize(image, (width, height)).tobytes()
        yield f"bicubic {width}x{height}", resize(image, (width, height), Image.Resampling.BICUBIC).tobytes()
