"""A presentation state says how an image is shown, whatever the image itself says."""

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.errors import InvalidLookupTableError
from dicomkit.graphics import GraphicType, Units, lab_to_hex
from dicomkit.image_references import ImageReference
from dicomkit.key_object import read_key_object_selection
from dicomkit.part10 import read_header
from dicomkit.pixels.display import display_frame
from dicomkit.pixels.frames import FrameSource
from dicomkit.pixels.modality_lut import read_modality_transform
from dicomkit.pixels.packing import PackedFrame
from dicomkit.presentation import PresentationState, SizeMode, read_presentation_state
from dicomkit.presented_grey import presented_lookup
from dicomkit.synth import StudyAttributes, ramp_dataset
from dicomkit.synth.references import (
    displayed_area,
    drawn,
    graphic,
    graphic_layer,
    key_object_selection,
    presentation_state,
    text_at,
)
from tests.dicom_samples import part10

STUDY = StudyAttributes(study_instance_uid="1.2.3")


def window(center: float, width: float) -> dict[str, Any]:
    """Return the attributes of a state with one window for all its images."""
    item = Dataset()
    item.WindowCenter, item.WindowWidth = str(center), str(width)
    return {"SoftcopyVOILUTSequence": Sequence([item])}


def table(entries: NDArray[np.integer], *, bits: int, first: int = 0, **attributes: Any) -> Dataset:
    """Return an item with a lookup table."""
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    item.add_new("LUTData", "US", [int(entry) for entry in entries])
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def state_of(*images: Dataset, **attributes: Any) -> PresentationState:
    """Return a state of images, written to a file and read again."""
    written = part10(presentation_state(STUDY, images, **attributes))
    return read_presentation_state(read_header(io.BytesIO(written)).dataset)


def presented(image: Dataset, **attributes: Any) -> NDArray[np.uint8]:
    """Return the greys of an image under a state."""
    source = FrameSource.open(io.BytesIO(part10(image)))
    frame = display_frame(source, 0)
    assert isinstance(frame, PackedFrame)
    greys = presented_lookup(
        state_of(image, **attributes),
        image=ImageReference(image.SOPInstanceUID, (1,)),
        layout=source.pixel_format,
        modality=read_modality_transform(source.dataset),
    )
    return greys[frame.values]


def eight_bits(**attributes: Any) -> Dataset:
    """Return an image of 16 by 16 whose pixels are 0 to 255."""
    return ramp_dataset(rows=16, columns=16, bits_stored=8, study=STUDY, **attributes)


RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("own_shape", ["", "IDENTITY", "INVERSE"])
@pytest.mark.parametrize(("shape", "expected"), [("IDENTITY", RAMP), ("INVERSE", 255 - RAMP)])
def test_the_shape_of_the_state_alone_decides_what_is_bright(
    photometric: str, own_shape: str, shape: str, expected: NDArray[np.uint8]
) -> None:
    own = {"PresentationLUTShape": own_shape} if own_shape else {}
    image = eight_bits(photometric_interpretation=photometric, **own)

    assert np.array_equal(presented(image, PresentationLUTShape=shape), expected)


def test_the_rescale_of_the_state_takes_the_place_of_the_images_own() -> None:
    image = eight_bits(RescaleSlope="2", RescaleIntercept="-100")

    without = presented(image, **window(128, 256))
    shifted = presented(image, RescaleSlope="1", RescaleIntercept="1000", **window(1128, 256))

    assert np.array_equal(without, RAMP)
    assert np.array_equal(shifted, RAMP)


def test_a_modality_table_a_window_table_and_a_presentation_table_follow_each_other() -> None:
    shuffled = np.random.default_rng(1).permutation(256)
    voi = Dataset()
    voi.VOILUTSequence = Sequence([table(shuffled, bits=8)])

    greys = presented(
        eight_bits(),
        ModalityLUTSequence=Sequence([table(255 - np.arange(256), bits=8, ModalityLUTType="US")]),
        SoftcopyVOILUTSequence=Sequence([voi]),
        PresentationLUTShape=None,
        PresentationLUTSequence=Sequence([table(np.arange(256) // 2, bits=8)]),
    )

    assert np.array_equal(greys, (shuffled[255 - RAMP] // 2).astype(np.uint8))


def test_a_table_that_packed_values_no_longer_allow_is_refused() -> None:
    image = eight_bits(ModalityLUTSequence=Sequence([table(np.arange(256), bits=8, ModalityLUTType="US")]))

    with pytest.raises(InvalidLookupTableError):
        presented(image)


def test_each_image_has_the_window_area_and_drawings_that_name_it() -> None:
    first, second = (eight_bits(SOPInstanceUID=f"1.2.3.{number}") for number in (1, 2))
    item = Dataset()
    item.WindowCenter, item.WindowWidth = "40", "80"
    item.ReferencedImageSequence = drawn([second]).ReferencedImageSequence
    state = state_of(
        first,
        second,
        SoftcopyVOILUTSequence=Sequence([item]),
        GraphicLayerSequence=Sequence([graphic_layer()]),
        GraphicAnnotationSequence=Sequence([drawn([first], graphics=[graphic("POINT", [3.5, 4.5])])]),
    )
    images = [ImageReference(f"1.2.3.{number}") for number in (1, 2)]

    assert [state.voi_of(image) is not None for image in images] == [False, True]
    assert [len(state.annotations_of(image)) for image in images] == [1, 0]
    assert [state.displayed_area_of(image) is not None for image in images] == [True, True]


def test_drawings_and_words_are_read_and_incomplete_ones_left_out() -> None:
    image = eight_bits()
    state = state_of(
        image,
        GraphicLayerSequence=Sequence([graphic_layer("ON TOP", order=2), graphic_layer("BELOW")]),
        GraphicAnnotationSequence=Sequence(
            [
                drawn(
                    [image],
                    layer="ON TOP",
                    graphics=[graphic("CIRCLE", [5, 5, 8, 5]), graphic("ELLIPSE", [1, 2, 3, 4])],
                    texts=[text_at("Nodule\r\n8 mm", (2, 3))],
                )
            ]
        ),
    )

    (annotation,) = state.annotations
    (circle,), (words,) = annotation.graphics, annotation.texts
    assert [layer.name for layer in state.layers] == ["BELOW", "ON TOP"]
    assert (circle.kind, circle.points) == (GraphicType.CIRCLE, ((5.0, 5.0), (8.0, 5.0)))
    assert (words.text, words.anchor, words.is_anchor_visible) == ("Nodule\n8 mm", (2.0, 3.0), True)


@pytest.mark.parametrize(
    ("rotation", "is_mirrored", "expected"),
    [
        (0, False, (12.0, 26.0)),
        (90, False, (13.0, 36.0)),
        (180, False, (18.0, 34.0)),
        (270, False, (17.0, 24.0)),
        (0, True, (18.0, 26.0)),
        (90, True, (13.0, 24.0)),
    ],
)
def test_fractions_of_the_display_are_found_on_the_image_again(
    rotation: int, is_mirrored: bool, expected: tuple[float, float]
) -> None:
    image = ramp_dataset(rows=64, columns=64, study=STUDY)
    area = displayed_area(image, top_left=(11, 21), bottom_right=(20, 40))
    state = state_of(
        image,
        ImageRotation=rotation,
        ImageHorizontalFlip="Y" if is_mirrored else "N",
        DisplayedAreaSelectionSequence=Sequence([area]),
    )

    # A fifth from the left and three tenths from the top of columns 11 to 20 and rows 21 to 40, counted from 1.
    found = state.image_point((0.2, 0.3), Units.DISPLAY, state.displayed_areas[0])

    assert found == pytest.approx(expected)


def test_the_displayed_area_is_whole_pixels_counted_from_one() -> None:
    image = eight_bits()
    item = displayed_area(
        image, top_left=(3, 5), bottom_right=(10, 12), mode="MAGNIFY", PresentationPixelMagnificationRatio=2.5
    )

    (area,) = state_of(image, DisplayedAreaSelectionSequence=Sequence([item])).displayed_areas

    assert (area.top_left, area.bottom_right) == ((2.0, 4.0), (10.0, 12.0))
    assert (area.mode, area.magnification) == (SizeMode.MAGNIFY, 2.5)


def test_frames_that_are_treated_by_themselves_are_named_first() -> None:
    image = eight_bits()
    annotation = drawn([image], graphics=[graphic("POINT", [1, 1])])
    annotation.ReferencedImageSequence[0].ReferencedFrameNumber = [2, 5]
    state = state_of(image, GraphicAnnotationSequence=Sequence([annotation]))
    uid = image.SOPInstanceUID

    references = state.frame_references(most=10)

    assert [reference.frame_numbers for reference in references] == [(2,), (5,), ()]
    assert [len(state.annotations_of(ImageReference(uid, (frame,)))) for frame in (1, 2, 5)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("lab", "expected"),
    [
        ((0xFFFF, 0x8080, 0x8080), "#ffffff"),
        ((0, 0x8080, 0x8080), "#000000"),
        ((35578, 53665, 50857), "#ff0000"),
    ],
    ids=["white", "black", "red"],
)
def test_recommended_colours_are_translated(lab: tuple[float, float, float], expected: str) -> None:
    found = lab_to_hex(lab)

    channels = [[int(text[at : at + 2], 16) for at in (1, 3, 5)] for text in (found, expected)]
    assert np.abs(np.subtract(*channels)).max() <= 6


def test_a_key_object_selection_names_its_images_and_says_why() -> None:
    images = [eight_bits(SOPInstanceUID=f"1.2.3.{number}") for number in (1, 2)]
    written = part10(
        key_object_selection(STUDY, images, title=("113002", "For Surgery"), description="Look here")
    )

    found = read_key_object_selection(read_header(io.BytesIO(written)).dataset)

    assert (found.title, found.title_code, found.description) == ("For Surgery", "113002", "Look here")
    assert [image.sop_instance_uid for image in found.images] == ["1.2.3.1", "1.2.3.2"]
