"""Pictures that look like stained tissue on a glass slide, made in a second."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_PATCH = 1500
_NUCLEI = 2600
_GLASS, _STROMA, _NUCLEUS = (246, 244, 247), (226, 152, 190), (84, 52, 128)


def stained_tissue(rows: int, columns: int) -> NDArray[np.uint8]:
    """Return a section of tissue, haematoxylin and eosin, (rows, columns, 3)."""
    random = np.random.default_rng(20261124)
    patch = _patch(random)
    repeats = -(-rows // _PATCH), -(-columns // _PATCH)
    density = np.tile(patch, repeats)[:rows, :columns]
    is_tissue = _enlarged(_outline(random, rows, columns), rows, columns)
    shade = _enlarged(_clouds(random), rows, columns)
    # Half of what is seen is how thick the section is here, half what lies in it.
    stained = (density // 2 + shade // 4 + 24).astype(np.uint8)
    # A nucleus stays dark whatever lies around it.
    np.maximum(stained, np.where(density > 200, density, 0), out=stained)
    stained[is_tissue < 128] = 0
    return _palette()[stained]


def overview_picture(tissue: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a photograph of the whole glass, with its paper label at the left."""
    height, width = tissue.shape[:2]
    glass = np.full((height + 60, width + 320, 3), 232, np.uint8)
    glass[30 : 30 + height, 290 : 290 + width] = tissue
    label = np.asarray(Image.fromarray(label_picture()).resize((240, 240)))
    glass[40:280, 20:260] = label[: min(240, height)]
    return glass


def label_picture() -> NDArray[np.uint8]:
    """Return a paper label of a specimen that nobody gave, with a pattern like a bar code."""
    picture = Image.new("RGB", (400, 400), (252, 251, 246))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((6, 6, 393, 393), outline=(40, 40, 40), width=3)
    for line, text in enumerate(("SYNTHETIC", "SLIDE-1", "H&E")):
        draw.text((30, 30 + 56 * line), text, fill=(20, 20, 20), font_size=44)
    bars = np.random.default_rng(7).integers(1, 4, 60)
    for left, width in zip(30 + np.cumsum(bars * 2), bars, strict=True):
        draw.rectangle((int(left), 230, int(left + width), 360), fill=(20, 20, 20))
    return np.asarray(picture)


def _patch(random: np.random.Generator) -> NDArray[np.uint8]:
    """Return fibres and nuclei that continue across the edges, so that patches join."""
    picture = Image.fromarray(random.integers(70, 130, (_PATCH, _PATCH), dtype=np.uint8))
    draw = ImageDraw.Draw(picture)
    for x, y, size, stretch in zip(
        random.integers(0, _PATCH, _NUCLEI),
        random.integers(0, _PATCH, _NUCLEI),
        random.integers(6, 13, _NUCLEI),
        random.uniform(0.7, 1.5, _NUCLEI),
        strict=True,
    ):
        half = (int(size), int(size * stretch))
        for dx in (-_PATCH, 0, _PATCH):
            for dy in (-_PATCH, 0, _PATCH):
                box = (x + dx - half[0], y + dy - half[1], x + dx + half[0], y + dy + half[1])
                if box[2] >= 0 and box[3] >= 0 and box[0] < _PATCH and box[1] < _PATCH:
                    draw.ellipse(box, fill=int(215 + size * 3))
    return np.asarray(picture)


def _outline(random: np.random.Generator, rows: int, columns: int) -> NDArray[np.uint8]:
    """Return a small map of where tissue lies: two pieces with holes in them."""
    y, x = np.mgrid[0:180, 0:240] / np.array([180, 240]).reshape(2, 1, 1)
    angle = np.arctan2(y - 0.5, x - 0.4)
    wave = 0.035 * np.sin(5 * angle + 1) + 0.02 * np.sin(11 * angle)
    first = np.hypot((x - 0.38) * 1.1, y - 0.5) < 0.36 + wave
    second = np.hypot((x - 0.83) * 1.6, y - 0.42) < 0.19 + wave
    solid = first | second
    for centre_x, centre_y, radius in zip(
        random.uniform(0.1, 0.9, 26),
        random.uniform(0.15, 0.85, 26),
        random.uniform(0.008, 0.03, 26),
        strict=True,
    ):
        solid &= np.hypot(x - centre_x, y - centre_y) > radius
    return np.where(solid, np.uint8(255), np.uint8(0))


def _clouds(random: np.random.Generator) -> NDArray[np.uint8]:
    return random.integers(0, 255, (18, 24), dtype=np.uint8)


def _enlarged(small: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(small).resize((columns, rows), Image.Resampling.BICUBIC))


def _palette() -> NDArray[np.uint8]:
    """Return RGB by stain: glass at 0, eosin up to 190, haematoxylin above."""
    steps = np.array([0, 1, 190, 255])
    colours = np.array([_GLASS, (244, 214, 230), _STROMA, _NUCLEUS])
    channels = [np.interp(np.arange(256), steps, colours[:, index]) for index in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)
