"""Whole slides with known pixels, and one that looks like stained tissue.

References
----------
PS3.3 A.32.8 (VL Whole Slide Microscopy Image), C.8.12.4, C.7.6.17.3.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from dicomkit.pixels.scale import halve, resize_area
from dicomkit.slide import WHOLE_SLIDE_IMAGE
from dicomkit.synth.modules import StudyAttributes, derived_uid, new_object, set_pixels
from dicomkit.synth.tissue import label_picture, overview_picture, stained_tissue

_JPEG_QUALITY = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class SlideOptions:
    """How a slide is stored.

    Attributes
    ----------
    sparse_places
        (column, row) of the first pixel of each frame, 0-based, for a sparse matrix; None for a full one.
    jpeg
        Whether the frames are compressed.
    pixel_spacing_mm
        Of this level; None writes none.
    """

    tile: int = 256
    flavour: str = "VOLUME"
    series_number: int = 1
    series_description: str = "Whole slide"
    instance_number: int = 1
    sparse_places: tuple[tuple[int, int], ...] | None = None
    jpeg: bool = False
    pixel_spacing_mm: float | None = 0.0005
    optical_paths: tuple[tuple[str, str], ...] = (("1", "Bright field"),)
    focal_planes: int = 1


def slide_dataset(
    study: StudyAttributes, pictures: Sequence[NDArray[np.integer]], options: SlideOptions | None = None
) -> Dataset:
    """Return one object of a slide.

    Parameters
    ----------
    pictures
        The total pixel matrix of each optical path and focal plane, planes varying faster; all (rows, columns, 3)
        uint8 or (rows, columns) uint8 or uint16. Frames at the right and bottom edge are filled up with zeros.
    """
    asked = options or SlideOptions()
    dataset = new_object(
        study,
        sop_class_uid=WHOLE_SLIDE_IMAGE,
        modality="SM",
        series_number=asked.series_number,
        series_description=asked.series_description,
        instance_number=asked.instance_number,
        transfer_syntax_uid=JPEGBaseline8Bit if asked.jpeg else ExplicitVRLittleEndian,
    )
    rows, columns = pictures[0].shape[:2]
    places = asked.sparse_places or tuple(
        (column, row) for row in range(0, rows, asked.tile) for column in range(0, columns, asked.tile)
    )
    frames = [_frame(picture, place, asked.tile) for picture in pictures for place in places]
    _add_matrix(dataset, asked, rows, columns)
    _add_places(dataset, asked, places)
    dataset.NumberOfFrames = len(frames)
    _add_pixels(dataset, frames, is_jpeg=asked.jpeg)
    return dataset


def demo_slide(study: StudyAttributes, *, columns: int = 6000, rows: int = 4500) -> Iterator[Dataset]:
    """Yield a slide as a scanner stores it: three levels, a thumbnail, an overview and a label. 2 s, 8 MB."""
    picture = stained_tissue(rows, columns)
    spacing_mm = 0.0005
    levels = [picture, halve(halve(picture))]
    levels.append(halve(halve(levels[1])))
    stored = [("VOLUME", level, spacing_mm * 4**number) for number, level in enumerate(levels)]
    thumb_rows = round(rows * 512 / columns)
    stored.append(
        ("THUMBNAIL", resize_area(levels[2], rows=thumb_rows, columns=512), spacing_mm * columns / 512)
    )
    stored.append(("OVERVIEW", overview_picture(levels[2]), 0.02))
    stored.append(("LABEL", label_picture(), 0.05))
    for number, (flavour, part, spacing) in enumerate(stored, start=1):
        yield slide_dataset(
            study,
            [part],
            SlideOptions(
                # A thumbnail, an overview and a label are one frame each.
                tile=512 if flavour == "VOLUME" else max(part.shape[:2]),
                flavour=flavour,
                instance_number=number,
                series_description="H&E, 20x",
                jpeg=True,
                pixel_spacing_mm=spacing,
            ),
        )


def _frame(picture: NDArray[np.integer], place: tuple[int, int], tile: int) -> NDArray[np.integer]:
    column, row = place
    part = picture[row : row + tile, column : column + tile]
    frame = np.zeros((tile, tile, *picture.shape[2:]), picture.dtype)
    frame[: part.shape[0], : part.shape[1]] = part
    return frame


def _add_matrix(dataset: Dataset, asked: SlideOptions, rows: int, columns: int) -> None:
    series_uid = str(dataset.SeriesInstanceUID)
    is_first = asked.instance_number == 1
    kind = [
        "ORIGINAL" if is_first else "DERIVED",
        "PRIMARY",
        asked.flavour,
        "NONE" if is_first else "RESAMPLED",
    ]
    dataset.ImageType = kind
    dataset.FrameOfReferenceUID = derived_uid(series_uid, "frame of reference")
    dataset.PositionReferenceIndicator = "SLIDE_CORNER"
    if asked.flavour in ("VOLUME", "THUMBNAIL"):
        dataset.PyramidUID = derived_uid(series_uid, "pyramid")
    dataset.ContainerIdentifier = "SLIDE-1"
    dataset.TotalPixelMatrixRows, dataset.TotalPixelMatrixColumns = rows, columns
    dataset.TotalPixelMatrixFocalPlanes = asked.focal_planes
    dataset.NumberOfOpticalPaths = len(asked.optical_paths)
    dataset.BurnedInAnnotation = "YES" if asked.flavour == "LABEL" else "NO"
    dataset.SpecimenLabelInImage = "YES" if asked.flavour in ("LABEL", "OVERVIEW") else "NO"
    dataset.OpticalPathSequence = Items(_optical_path(*path) for path in asked.optical_paths)
    measures = Dataset()
    if asked.pixel_spacing_mm is not None:
        measures.PixelSpacing = [asked.pixel_spacing_mm] * 2
    measures.SliceThickness, measures.SpacingBetweenSlices = 0.001, 0.002
    shared = Dataset()
    shared.PixelMeasuresSequence = Items([measures])
    dataset.SharedFunctionalGroupsSequence = Items([shared])


def _optical_path(identifier: str, description: str) -> Dataset:
    item = Dataset()
    item.OpticalPathIdentifier = identifier
    item.OpticalPathDescription = description
    return item


def _add_places(dataset: Dataset, asked: SlideOptions, places: Sequence[tuple[int, int]]) -> None:
    dataset.DimensionOrganizationType = "TILED_FULL" if asked.sparse_places is None else "TILED_SPARSE"
    if asked.sparse_places is None:
        return
    groups = []
    for path, _ in asked.optical_paths:
        for plane in range(asked.focal_planes):
            groups += [_place(path, plane * 0.002, column, row) for column, row in places]
    dataset.PerFrameFunctionalGroupsSequence = Items(groups)


def _place(path: str, height_mm: float, column: int, row: int) -> Dataset:
    position, identification, group = Dataset(), Dataset(), Dataset()
    position.ColumnPositionInTotalImagePixelMatrix = column + 1
    position.RowPositionInTotalImagePixelMatrix = row + 1
    position.ZOffsetInSlideCoordinateSystem = height_mm
    identification.OpticalPathIdentifier = path
    group.PlanePositionSlideSequence = Items([position])
    group.OpticalPathIdentificationSequence = Items([identification])
    return group


def _add_pixels(dataset: Dataset, frames: list[NDArray[np.integer]], *, is_jpeg: bool) -> None:
    is_colour = frames[0].ndim == 3
    photometric = "RGB" if is_colour else "MONOCHROME2"
    if not is_jpeg:
        bits = frames[0].dtype.itemsize * 8
        set_pixels(dataset, np.stack(frames), bits_stored=bits, photometric_interpretation=photometric)
        return
    # The first frame writes the Image Pixel module; all of them raw would be a hundred megabytes.
    set_pixels(
        dataset,
        frames[0][np.newaxis],
        bits_stored=8,
        photometric_interpretation="YBR_FULL_422" if is_colour else photometric,
    )
    coded = [bytes(imagecodecs.jpeg8_encode(frame, level=_JPEG_QUALITY)) for frame in frames]
    dataset.PixelData = encapsulate(coded)
    dataset["PixelData"].VR = "OB"
    dataset.LossyImageCompression = "01"
    dataset.LossyImageCompressionRatio = round(
        sum(frame.nbytes for frame in frames) / sum(map(len, coded)), 1
    )
    dataset.LossyImageCompressionMethod = "ISO_10918_1"
