"""A presentation state that we write says where things are drawn, and that is where any reader finds them."""

import io
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from dicomkit.evidence import EvidenceImage, EvidenceSeries
from dicomkit.graphics import GraphicType
from dicomkit.image_references import ImageReference
from dicomkit.marking import MarkingKind
from dicomkit.part10 import read_header
from dicomkit.pixels.lookup_table import LookupTable
from dicomkit.pixels.modality_lut import ModalityLUT, ModalityTransform, Rescale
from dicomkit.pixels.voi_lut import VOILUT, VOIFunction, VOIWindow
from dicomkit.presentation import PresentationState, SizeMode, read_presentation_state
from dicomkit.presentation_writing import DrawnMarking, PresentedFrame, PresentedGreys, presentation_state
from tests.dicom_samples import image, part10

MADE = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
TABLE = LookupTable(-5, 12, np.arange(40_000, dtype="<u2").tobytes())


def frame(
    *markings: DrawnMarking,
    number: int = 1,
    frame_number: int = 1,
    frames: int = 1,
    columns: int = 16,
    **attributes: Any,
) -> PresentedFrame:
    """Return a frame of 16 rows with what is drawn on it."""
    dataset = image(number=number)
    reference = EvidenceImage(
        dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.SeriesInstanceUID, "CT", frames, frame_number
    )
    given: dict[str, Any] = {"pixel_spacing_mm": None, "pixel_aspect_ratio": (1.0, 1.0), "voi": None}
    return PresentedFrame(reference, 16, columns, markings=markings, **given | attributes)


def drawn(kind: MarkingKind, *points: tuple[float, float], words: str = "") -> DrawnMarking:
    """Return a drawing."""
    return DrawnMarking(kind, points, words)


def written(
    *frames: PresentedFrame,
    modality: ModalityTransform | None = None,
    value_type: str = "US",
    is_inverse: bool = False,
) -> Dataset:
    """Return a state as it comes out of a file."""
    state = presentation_state(
        image(),
        frames,
        PresentedGreys(modality or Rescale(), value_type, is_inverse),
        EvidenceSeries("Presentation states", 9903, 1, MADE),
        description="Annotations of series 1",
        creator="Anna^Radiologist",
    )
    return read_header(io.BytesIO(part10(state))).dataset


def read(*frames: PresentedFrame, **attributes: Any) -> PresentationState:
    """Return a state as our own reader understands it."""
    return read_presentation_state(written(*frames, **attributes))


def shapes(*markings: DrawnMarking, **attributes: Any) -> list[tuple[GraphicType, list[tuple[float, float]]]]:
    """Return what our own reader would draw."""
    (annotation,) = read(frame(*markings, **attributes)).annotations
    return [(one.kind, list(one.points)) for one in annotation.graphics]


@pytest.mark.parametrize(
    ("kind", "points", "expected"),
    [
        ("length", [(1.5, 2), (4, 6)], [("POLYLINE", [(1.5, 2), (4, 6)])]),
        ("calibration", [(1, 2), (4, 6)], [("POLYLINE", [(1, 2), (4, 6)])]),
        ("angle", [(5, 0), (0, 0), (0, 7)], [("POLYLINE", [(5, 0), (0, 0), (0, 7)])]),
        (
            "bidirectional",
            [(1, 1), (1, 3), (2, 2), (10, 2)],
            [("POLYLINE", [(1, 1), (1, 3)]), ("POLYLINE", [(2, 2), (10, 2)])],
        ),
        (
            "cobb",
            [(0, 0), (4, 0), (9, 9), (6, 6)],
            [("POLYLINE", [(0, 0), (4, 0)]), ("POLYLINE", [(9, 9), (6, 6)])],
        ),
        (
            "ellipse",
            [(2, 8), (14, 8), (8, 4), (8, 12)],
            [("ELLIPSE", [(2, 8), (14, 8), (8, 4), (8, 12)])],
        ),
        ("circle", [(8, 8), (8, 12)], [("CIRCLE", [(8, 8), (8, 12)])]),
        ("polygon", [(3, 3), (12, 4), (10, 11)], [("POLYLINE", [(3, 3), (12, 4), (10, 11), (3, 3)])]),
        ("freehand", [(3, 3), (12, 4), (10, 11)], [("POLYLINE", [(3, 3), (12, 4), (10, 11), (3, 3)])]),
        (
            "rectangle",
            [(2, 3), (9, 3), (9, 12), (2, 12)],
            [("POLYLINE", [(2, 3), (9, 3), (9, 12), (2, 12), (2, 3)])],
        ),
        ("probe", [(4.5, 5.5)], [("POINT", [(4.5, 5.5)])]),
        ("spine_label", [(4.5, 5.5)], [("POINT", [(4.5, 5.5)])]),
    ],
)
def test_every_kind_is_read_back_where_it_was_drawn(
    kind: str, points: list[tuple[float, float]], expected: list[tuple[str, list[tuple[float, float]]]]
) -> None:
    assert shapes(drawn(MarkingKind(kind), *points)) == expected


def test_an_arrow_is_a_line_with_a_head_at_its_first_point() -> None:
    shaft, head = shapes(drawn(MarkingKind.ARROW, (4, 4), (12, 4)))

    assert shaft == ("POLYLINE", [(12, 4), (4, 4)])
    (x0, y0), tip, (x1, y1) = head[1]
    assert tip == (4, 4)
    assert x0 == x1 > 4
    assert y0 - 4 == pytest.approx(4 - y1, abs=1e-5) and y0 > 4


def test_a_circle_on_pixels_that_are_not_square_is_round_in_millimetres() -> None:
    ((kind, points),) = shapes(drawn(MarkingKind.CIRCLE, (8, 8), (12, 8)), pixel_spacing_mm=(2.0, 1.0))

    assert (kind, points) == ("ELLIPSE", [(4, 8), (12, 8), (8, 6), (8, 10)])


def test_what_reaches_beyond_the_image_is_drawn_up_to_its_edge() -> None:
    # 5 across for 1 down: it leaves the image, 16 wide, at 2.2 rows.
    across = shapes(drawn(MarkingKind.LENGTH, (10, 1), (30, 5)))
    beyond = shapes(drawn(MarkingKind.LENGTH, (17, 1), (30, 5)))
    zigzag = shapes(drawn(MarkingKind.ANGLE, (8, 8), (24, 8), (8, 12)))
    ((kind, points),) = shapes(drawn(MarkingKind.CIRCLE, (8, 8), (14, 8)), columns=12)

    assert across == [("POLYLINE", [(10, 1), (16, pytest.approx(2.2))])]
    assert beyond == []
    assert zigzag == [("POLYLINE", [(8, 8), (16, 8)]), ("POLYLINE", [(16, 10), (8, 12)])]
    assert kind == "POLYLINE"
    assert all(np.hypot(x - 8, y - 8) == pytest.approx(6, abs=0.01) for x, y in points)
    assert all(0 <= x <= 12 and 0 <= y <= 16 for x, y in points)


def test_words_stand_at_the_drawing_line_by_line() -> None:
    state = read(
        frame(
            drawn(MarkingKind.LENGTH, (1, 2), (4, 6), words="Läsion\n2.5 mm"),
            drawn(MarkingKind.ELLIPSE, (2, 8), (14, 8), (8, 4), (8, 12), words="below"),
            drawn(MarkingKind.TEXT, (40, 3), words="beside"),
            drawn(MarkingKind.ARROW, (4, 4), (12, 5), words="x" * 2000),
        )
    )

    texts = [(one.text, one.anchor) for one in state.annotations[0].texts]
    assert texts == [
        ("Läsion\n2.5 mm", (4, 6)),
        ("below", (8, 12)),
        ("beside", (16, 3)),
        ("x" * 1024, (12, 5)),
    ]


def test_all_of_each_image_is_shown_at_its_own_size() -> None:
    state = read(frame(pixel_spacing_mm=(0.5, 0.25)), frame(number=2, columns=12))

    areas = [(one.references, one.top_left, one.bottom_right, one.mode) for one in state.displayed_areas]
    first, second = (ImageReference(image(number=number).SOPInstanceUID) for number in (1, 2))
    assert areas == [
        ((first,), (0, 0), (16, 16), SizeMode.SCALE_TO_FIT),
        ((second,), (0, 0), (12, 16), SizeMode.SCALE_TO_FIT),
    ]
    items = written(frame(pixel_spacing_mm=(0.5, 0.25)), frame(number=2, pixel_aspect_ratio=(4.0, 3.0)))
    spaced, shaped = items.DisplayedAreaSelectionSequence
    assert list(spaced.PresentationPixelSpacing) == [0.5, 0.25]
    assert list(shaped.PresentationPixelAspectRatio) == [4, 3]


@pytest.mark.parametrize(
    "voi",
    [
        VOIWindow(40, 400, label="SOFT"),
        VOIWindow(0.5, 1.5, VOIFunction.SIGMOID),
        VOIWindow(1 / 3, 2 / 3, VOIFunction.LINEAR_EXACT),
        VOILUT(TABLE, "DARK"),
    ],
    ids=["window", "sigmoid", "exact", "table"],
)
def test_the_window_is_the_images_own(voi: VOIWindow | VOILUT) -> None:
    state = read(frame(voi=voi), frame(number=2))

    (kept,) = state.vois
    assert kept.references == (ImageReference(image().SOPInstanceUID),)
    if isinstance(voi, VOIWindow):
        assert isinstance(kept.voi, VOIWindow)
        assert (kept.voi.center, kept.voi.width) == (pytest.approx(voi.center), pytest.approx(voi.width))
        assert (kept.voi.function, kept.voi.label) == (voi.function, voi.label)
    else:
        assert kept.voi == voi


@pytest.mark.parametrize(
    ("modality", "value_type"),
    [(Rescale(), "US"), (Rescale(1, -1024), "HU"), (Rescale(0.25, 3), "US"), (ModalityLUT(TABLE), "OD")],
    ids=["none", "HU", "rescale", "table"],
)
@pytest.mark.parametrize("is_inverse", [False, True])
def test_the_greys_are_those_of_the_images(
    modality: ModalityTransform, value_type: str, is_inverse: bool
) -> None:
    state = read(frame(), modality=modality, value_type=value_type, is_inverse=is_inverse)

    assert (state.modality, state.is_inverse) == (modality, is_inverse)
    assert (state.rotation_degrees, state.is_mirrored, state.presentation_lut) == (0, False, None)


def test_frames_of_one_image_are_named_by_number() -> None:
    mark = drawn(MarkingKind.PROBE, (1, 1))
    state = read(frame(mark, frames=5, frame_number=4), frame(mark, frames=5, frame_number=2))

    uid = image().SOPInstanceUID
    assert state.references == (ImageReference(uid, (2, 4)),)
    assert [one.references for one in state.annotations] == [
        (ImageReference(uid, (4,)),),
        (ImageReference(uid, (2,)),),
    ]


def test_the_state_says_what_it_is_and_of_whom() -> None:
    dataset = written(frame())
    state = read_presentation_state(dataset)

    assert (dataset.PatientID, dataset.StudyInstanceUID) == (image().PatientID, image().StudyInstanceUID)
    assert (state.label, state.description) == ("ANNOTATIONS", "Annotations of series 1")
    assert state.created == MADE.replace(tzinfo=None)
    assert str(dataset.ContentCreatorName) == "Anna Radiologist"
    assert (state.layers[0].name, state.layers[0].colour) == ("ANNOTATIONS", "#ffff00")
