#!/usr/bin/env python3
"""Writes the images of these tests, with the pixels that Pillow and torchvision read from them.

    python3 -m venv venv && venv/bin/pip install pillow==13.0.0 numpy torch torchvision
    venv/bin/python make-fixtures.py

Every picture is synthetic. An expectation is a file of raw bytes, [height, width, channels], and a line of
expected.csv: image, case, height, width, channels, file of the pixels. Equal pixels share a file.
"""

import hashlib
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
os.makedirs(os.path.join(HERE, "images"), exist_ok=True)
os.makedirs(os.path.join(HERE, "pixels"), exist_ok=True)
lines = []


def picture(height, width, seed):
    """Waves, edges and noise in three channels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for channel in range(3):
        a, b, c = rng.uniform(0.02, 0.25, 3)
        plane = 128 + 70 * np.sin(a * x + channel) * np.cos(b * y) + 40 * np.sin(c * (x + y))
        plane[height // 4 : height // 2, width // 3 : width // 2] = 255 * (channel == 0)
        plane[-height // 4 :, : width // 4] = 255 * (channel == 2)
        planes.append(plane + rng.normal(0, 6, plane.shape))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def expect(name, case, pixels):
    pixels = np.ascontiguousarray(pixels, dtype=np.uint8)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    data = pixels.tobytes()
    file = hashlib.sha256(data).hexdigest()[:16] + ".raw"
    with open(os.path.join(HERE, "pixels", file), "wb") as out:
        out.write(data)
    lines.append(",".join([name, case, *map(str, pixels.shape), file]))


def add(name, data, grey_too=True, pixels=None):
    """An image file, and what Pillow reads from it (or the given pixels, where Pillow is known to differ)."""
    with open(os.path.join(HERE, "images", name), "wb") as out:
        out.write(data)
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    expect(name, "colour", np.asarray(image.convert("RGB")) if pixels is None else pixels)
    if grey_too and pixels is None:
        expect(name, "grey", np.asarray(image.convert("RGB").convert("L")))


def encoded(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


colour = Image.fromarray(picture(37, 53, 1))
grey = colour.convert("L")

# JPEG.
for sampling, text in enumerate(["444", "422", "420"]):
    add(f"jpeg-{text}.jpg", encoded(colour, "JPEG", quality=85, subsampling=sampling))
add("jpeg-progressive.jpg", encoded(colour, "JPEG", quality=80, progressive=True))
add("jpeg-optimised-restart.jpg", encoded(colour, "JPEG", quality=60, optimize=True, restart_marker_blocks=2))
add("jpeg-grey.jpg", encoded(grey, "JPEG", quality=90))
add("jpeg-rgb.jpg", encoded(colour, "JPEG", quality=90, keep_rgb=True))
ink = Image.merge("CMYK", [Image.fromarray(picture(37, 53, 5)[..., c]) for c in range(3)] + [ImageOps.invert(grey)])
add("jpeg-cmyk.jpg", encoded(ink, "JPEG", quality=90))
# YCCK: the same file with the transform of its Adobe segment set to 2.
cmyk = bytearray(encoded(ink, "JPEG", quality=90))
adobe = cmyk.find(b"Adobe")
if adobe < 0:
    segment = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x02"
    cmyk = cmyk[:2] + segment + cmyk[2:]
else:
    cmyk[adobe + 11] = 2
add("jpeg-ycck.jpg", bytes(cmyk))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    add(f"jpeg-orientation-{orientation}.jpg", encoded(colour.crop((0, 0, 21, 13)), "JPEG", exif=exif), grey_too=False)
# Little-endian EXIF by hand, with another tag before.
tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 2)
tiff += struct.pack("<HHII", 0x0100, 3, 1, 7) + struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0) + b"\0\0\0\0"
segment = b"Exif\0\0" + tiff
plain = encoded(colour.crop((0, 0, 21, 13)), "JPEG")
add(
    "jpeg-orientation-little-endian.jpg",
    plain[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + plain[2:],
    grey_too=False,
)
for d in (2, 4, 8):
    source = Image.open(os.path.join(HERE, "images", "jpeg-420.jpg"))
    source.draft("RGB", (53 // d, 37 // d))
    expect("jpeg-420.jpg", f"scale-{d}", np.asarray(source.convert("RGB")))

# PNG.
add("png-rgb.png", encoded(colour, "PNG"))
add("png-grey.png", encoded(grey, "PNG"))
add("png-1.png", encoded(grey.convert("1"), "PNG"))
alpha = Image.fromarray((np.indices((37, 53)).sum(0) * 3 % 256).astype(np.uint8))
rgba = colour.copy()
rgba.putalpha(alpha)
add("png-rgba.png", encoded(rgba, "PNG"))
add("png-grey-alpha.png", encoded(Image.merge("LA", [grey, alpha]), "PNG"))
for bits in (1, 2, 4, 8):
    palette = colour.quantize(2**bits)
    add(f"png-palette-{bits}.png", encoded(palette, "PNG", bits=bits))
add("png-palette-transparent.png", encoded(colour.quantize(16), "PNG", bits=4, transparency=bytes(range(0, 256, 16))))
add("png-grey-transparent.png", encoded(grey, "PNG", transparency=100))


def png(array, bits, colour_type, interlace=0):
    """A PNG file by hand: Pillow writes neither 16 bits of colour, nor 2 bits of grey, nor Adam7."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = array.shape[:2]

    def rows(part):
        result = b""
        for row in part:
            if bits == 16:
                data = row.astype(">u2").tobytes()
            elif bits == 8:
                data = row.astype(np.uint8).tobytes()
            else:
                digits = "".join(format(int(v), f"0{bits}b") for v in row.ravel())
                digits += "0" * (-len(digits) % 8)
                data = bytes(int(digits[i : i + 8], 2) for i in range(0, len(digits), 8))
            result += b"\0" + data
        return result

    if interlace:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        data = b"".join(rows(array[y::dy, x::dx]) for y, x, dy, dx in passes if array[y::dy, x::dx].size)
    else:
        data = rows(array)
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


deep = picture(19, 23, 3).astype(np.uint16) * 257 ^ 0x0055
add("png-rgb-16.png", png(deep, 16, 2))
add("png-grey-16.png", png(deep[..., 0], 16, 0), pixels=np.repeat((deep[..., :1] >> 8), 3, -1))
add("png-grey-2.png", png(deep[..., 0] >> 14, 2, 0))
add("png-grey-4.png", png(deep[..., 1] >> 12, 4, 0))
add("png-interlaced.png", png(np.asarray(colour), 8, 2, interlace=1))
add("png-interlaced-grey-1.png", png(deep[..., 2] >> 15, 1, 0, interlace=1))

# WebP.
add("webp-lossy.webp", encoded(colour, "WEBP", quality=80))
add("webp-lossless.webp", encoded(colour, "WEBP", lossless=True))
add("webp-lossless-alpha.webp", encoded(rgba, "WEBP", lossless=True, exact=True))

# BMP.
add("bmp-24.bmp", encoded(colour, "BMP"))
add("bmp-grey.bmp", encoded(grey, "BMP"))
add("bmp-1.bmp", encoded(grey.convert("1"), "BMP"))
add("bmp-palette.bmp", encoded(colour.quantize(100), "BMP"))
add("bmp-32.bmp", encoded(colour.convert("RGBA"), "BMP"))


def bmp(height, width, bits, data, compression=0, extra=b""):
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 0, 0, 0, 0)
    start = 14 + len(header) + len(extra)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + header + extra + data


words = (np.asarray(colour).astype(np.uint16) >> 3) @ np.array([1 << 10, 1 << 5, 1], np.uint16)
data = b"".join(row.astype("<u2").tobytes() + b"\0\0" for row in words)
add("bmp-16-top-down.bmp", bmp(-37, 53, 16, data))
words = (np.asarray(colour).astype(np.uint16) >> [3, 2, 3]) @ np.array([1 << 11, 1 << 5, 1], np.uint16)
data = b"".join(row.astype("<u2").tobytes() + b"\0\0" for row in words)
add("bmp-565.bmp", bmp(37, 53, 16, data, 3, struct.pack("<III", 0xF800, 0x07E0, 0x001F)))
numbers = np.asarray(colour.quantize(16))
packed = [np.append(row, [0] * 3).astype(np.uint8) for row in numbers]
data = b"".join(bytes(int(a) << 4 | int(b) for a, b in zip(row[0::2], row[1::2])) for row in packed)
table = b"".join(bytes([b, g, r, 0]) for r, g, b in np.random.default_rng(4).integers(0, 256, (16, 3)))
add("bmp-4.bmp", bmp(37, 53, 4, data, extra=table))

# PPM.
small = np.asarray(colour)[:9, :11]
add("ppm-p6.ppm", b"P6\n# a comment\n11 9\n255\n" + small.tobytes())
add("ppm-p5.ppm", b"P5 11 9 255\n" + small[..., 0].tobytes())
add("ppm-p3.ppm", ("P3\n11 9\n255\n" + "\n".join(" ".join(map(str, row.ravel())) for row in small)).encode())
add("ppm-p2.ppm", ("P2 11 9 255 " + " ".join(map(str, small[..., 1].ravel())) + "\n").encode())
add("ppm-p6-100.ppm", b"P6 11 9 100\n" + (small // 3).clip(0, 100).astype(np.uint8).tobytes())
add("ppm-p6-65535.ppm", b"P6 11 9 65535\n" + (small.astype(">u2") * 257).tobytes())
bits = (small[..., 0] > 128).astype(np.uint8)
add("ppm-p4.ppm", b"P4 11 9\n" + np.packbits(bits, axis=1).tobytes())
add("ppm-p1.ppm", ("P1 11 9\n" + "\n".join("".join(map(str, row)) for row in bits)).encode())

# Resizing.
filters = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
for mode, source in (("rgb", colour), ("grey", grey)):
    for name, filter in filters.items():
        for width, height in ((20, 15), (53, 11), (7, 37), (101, 83), (1, 1), (128, 5), (52, 36)):
            file = "png-rgb.png" if mode == "rgb" else "png-grey.png"
            expect(file, f"resize-{name}-{height}x{width}", np.asarray(source.resize((width, height), filter)))

try:
    from torchvision.transforms import functional as F
    from torchvision.transforms import InterpolationMode as M
except ImportError:
    F = None
    print("torchvision is missing: its cases are left out")
if F:
    for side in (16, 30, 64):
        for file, source in (("png-rgb.png", colour), ("png-palette-4.png", colour.quantize(16).convert("RGB"))):
            result = F.resize(source, side, M.BILINEAR, antialias=True)
            expect(file, f"short-side-{side}", np.asarray(result))
    for height, width in ((16, 16), (15, 20), (36, 52), (50, 40), (37, 70), (37, 53), (12, 61)):
        expect("png-rgb.png", f"centre-{height}x{width}", np.asarray(F.center_crop(colour, [height, width])))
    for factor in (0.0, 0.3, 1.0, 1.7):
        expect("png-rgb.png", f"brightness-{factor}", np.asarray(F.adjust_brightness(colour, factor)))
        expect("png-rgb.png", f"contrast-{factor}", np.asarray(F.adjust_contrast(colour, factor)))
        expect("png-rgb.png", f"saturation-{factor}", np.asarray(F.adjust_saturation(colour, factor)))
        expect("png-rgb.png", f"sharpness-{factor}", np.asarray(F.adjust_sharpness(colour, factor)))
        expect("png-grey.png", f"contrast-{factor}", np.asarray(F.adjust_contrast(grey, factor)))
    for hue in (-0.5, -0.21, 0.0, 0.1, 0.5):
        expect("png-rgb.png", f"hue-{hue}", np.asarray(F.adjust_hue(colour, hue)))
    for bits in (2, 5, 8):
        expect("png-rgb.png", f"posterize-{bits}", np.asarray(F.posterize(colour, bits)))
    for threshold in (0.0, 93.5, 255.0):
        expect("png-rgb.png", f"solarize-{threshold}", np.asarray(F.solarize(colour, threshold)))
    dull = Image.fromarray((np.asarray(colour) // 2 + 30).astype(np.uint8))
    add("png-dull.png", encoded(dull, "PNG"), grey_too=False)
    expect("png-dull.png", "autocontrast", np.asarray(F.autocontrast(dull)))
    expect("png-dull.png", "equalize", np.asarray(F.equalize(dull)))
    import math

    for magnitude in (-0.99, -0.2, 0.33):
        degrees = math.degrees(math.atan(magnitude))
        for axis, shear in (("x", [degrees, 0.0]), ("y", [0.0, degrees])):
            image = F.affine(colour, angle=0.0, translate=[0, 0], scale=1.0, shear=shear, center=[0, 0])
            expect("png-rgb.png", f"shear-{axis}-{magnitude}", np.asarray(image))
    for move in (-13, 7):
        image = F.affine(colour, angle=0.0, translate=[move, 0], scale=1.0, shear=[0.0, 0.0])
        expect("png-rgb.png", f"translate-x-{move}", np.asarray(image))
        image = F.affine(colour, angle=0.0, translate=[0, move], scale=1.0, shear=[0.0, 0.0])
        expect("png-rgb.png", f"translate-y-{move}", np.asarray(image))
    for angle in (-135.0, -40.5, 0.0, 90.0, 117.0):
        expect("png-rgb.png", f"rotate-{angle}", np.asarray(F.rotate(colour, angle)))

# All colours of a coarse grid, through HSV and back.
grid = np.stack(np.meshgrid(*[np.arange(0, 256, 15)] * 3, indexing="ij"), -1).reshape(54, 108, 3)
colours = Image.fromarray(np.ascontiguousarray(grid.astype(np.uint8)))
add("png-colours.png", encoded(colours, "PNG"), grey_too=False)
if F:
    for hue in (-0.33, 0.05, 0.4):
        expect("png-colours.png", f"hue-{hue}", np.asarray(F.adjust_hue(colours, hue)))

# NumPy's files.
data = picture(8, 6, 9)
stack = np.stack([data, data[::-1], 255 - data, data[:, ::-1]])
labels = np.array([1, 0, 2, 1], np.int64)
folder = os.path.join(HERE, "arrays")
os.makedirs(folder, exist_ok=True)
np.savez(os.path.join(folder, "plain.npz"), x=stack, y=labels)
np.savez_compressed(os.path.join(folder, "compressed.npz"), x=stack, y=labels.astype(np.uint8))
np.savez_compressed(
    os.path.join(folder, "split.npz"),
    x_train=stack[..., 0], y_train=labels, x_test=stack[:3, ..., 1], y_test=labels[:3],
)
np.savez_compressed(os.path.join(folder, "floats.npz"), x=(stack / np.float32(255)).astype(np.float32), y=labels)
np.savez_compressed(os.path.join(folder, "fortran.npz"), x=np.asfortranarray(stack), y=labels)
np.save(os.path.join(folder, "pixels.npy"), stack)

used = {line.split(",")[-1] for line in lines}
for file in os.listdir(os.path.join(HERE, "pixels")):
    if file not in used:
        os.remove(os.path.join(HERE, "pixels", file))
with open(os.path.join(HERE, "expected.csv"), "w") as out:
    out.write("\n".join(lines) + "\n")
print(len(lines), "expectations")
