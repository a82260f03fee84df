"""Contours of structure sets in the columns and rows of an image."""

import io
from typing import Any

import numpy as np
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from dicomkit.contours_on import contours_on
from dicomkit.errors import InvalidStructureSetError
from dicomkit.part10 import read_header
from dicomkit.structure_set import StructureSet, read_rois, read_structure_set
from dicomkit.synth.regions import DrawnROI, structure_set
from tests.dicom_samples import about, part10
from tests.dicomkit.test_segmentation import ct, placed

# A triangle at the height of the first slice: from the centre of the first pixel to 10 mm right and 20 mm down.
TRIANGLE = (-10, -20, 5, 0, -20, 5, -10, 0, 5)
IN_PIXELS = [[0.5, 0.5], [5.5, 0.5], [0.5, 10.5], [0.5, 0.5]]


def written(*rois: DrawnROI, **attributes: Any) -> StructureSet:
    """Return ROIs as they are read from a file."""
    dataset = structure_set(about(), ct(1), rois, **attributes)
    return read_structure_set(read_header(io.BytesIO(part10(dataset))).dataset)


def roi(
    points: tuple[float, ...] = TRIANGLE, *, kind: str = "CLOSED_PLANAR", on: Dataset | None = None
) -> DrawnROI:
    """Return a ROI of one contour."""
    return DrawnROI(name="Nodule", contours=[(kind, points, on)])


def test_a_contour_is_drawn_on_the_image_that_it_names_and_on_no_other():
    slices = [ct(1), ct(2, z_mm=6)]
    found = written(roi(on=slices[0]), roi((0, 0, 6, 2, 0, 6, 0, 2, 6), on=slices[1]))

    (first,) = contours_on(found, placed(slices[0]))
    (second,) = contours_on(found, placed(slices[1]))

    assert first.points.tolist() == IN_PIXELS
    assert (first.place, second.place) == (0, 1)


def test_an_image_that_is_not_named_takes_the_nearest_plane_within_half_a_slice():
    triangles = [
        (kind, (*TRIANGLE[:2], z, 0, -20, z, -10, 0, z), None)
        for kind, z in [("CLOSED_PLANAR", z) for z in (5, 7)]
    ]
    found = written(DrawnROI(name="Nodule", contours=triangles))

    (near,) = contours_on(found, placed(ct(1, z_mm=7.4)))

    assert near.points.tolist() == IN_PIXELS
    assert contours_on(found, placed(ct(1, z_mm=9.4)))
    assert contours_on(found, placed(ct(1, z_mm=9.6))) == ()


def test_columns_and_rows_follow_the_directions_of_the_image():
    sagittal = ct(
        1,
        ImagePositionPatient=["4", "-20", "50"],
        ImageOrientationPatient=["0", "1", "0", "0", "0", "-1"],
        PixelSpacing=["4", "2"],
    )
    found = written(roi((4, -20, 50, 4, -10, 50, 4, -10, 30), kind="OPEN_PLANAR"))

    (line,) = contours_on(found, placed(sagittal))

    assert line.points.tolist() == [[0.5, 0.5], [5.5, 0.5], [5.5, 5.5]]


def test_a_contour_across_the_slices_is_not_drawn_as_if_it_lay_in_one():
    found = written(roi((0, 0, 5, 0, 10, 5, 0, 10, 25)))

    assert contours_on(found, placed(ct(1))) == ()


def test_a_point_is_drawn():
    (point,) = contours_on(written(roi((0, 0, 5), kind="POINT")), placed(ct(1)))

    assert (point.kind, point.points.tolist()) == ("POINT", [[5.5, 10.5]])


def test_contours_that_each_name_all_images_are_drawn_where_they_lie():
    slices = [ct(number) for number in (1, 2, 4)]
    dataset = structure_set(about(), slices[0], [roi(on=slices[0])])
    contour = dataset.ROIContourSequence[0].ContourSequence[0]
    for image in slices[1:]:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
        contour.ContourImageSequence.append(item)
    found = read_structure_set(dataset)

    assert [len(contours_on(found, placed(image))) for image in (slices[0], slices[2])] == [1, 0]


def test_another_frame_of_reference_is_another_place():
    assert contours_on(written(roi()), placed(ct(1, FrameOfReferenceUID="1.9"))) == ()


def test_names_types_and_colours_are_those_of_the_file_else_of_a_fixed_list():
    plain = DrawnROI(name="", contours=[], interpreted_type="", colour=None)
    dataset = structure_set(about(), ct(1), [roi(), plain], label="PLAN A")

    found = read_rois(dataset)

    assert [(one.name, one.interpreted_type) for one in found.rois] == [("Nodule", "ORGAN"), ("Region 2", "")]
    assert found.rois[0].colour == "#ff0000"
    assert found.rois[1].colour.startswith("#")
    assert (found.label, found.contours) == ("PLAN A", ())


@pytest.mark.parametrize("text", [b"1\\2\\x", b"", b"1e999\\0\\5", b"0" * 4000 + b"\\0\\5", b"\\\\"])
def test_a_contour_of_nonsense_is_left_out_alone(text: bytes):
    dataset = structure_set(about(), ct(1), [roi(), roi()])
    contour = dataset.ROIContourSequence[0].ContourSequence[0]
    contour["ContourData"] = RawDataElement(Tag("ContourData"), "DS", len(text), text, 0, False, True)

    (left,) = contours_on(read_structure_set(dataset), placed(ct(1)))

    assert left.place == 1


def test_a_line_that_is_cut_off_keeps_its_whole_points_and_nonsense_none():
    found = written(
        DrawnROI(name="A", contours=[("OPEN_PLANAR", (0, 0, 5, 2, 0, 5, 4), None)]),
        DrawnROI(name="B", contours=[("OPEN_PLANAR", (0, 0, float("nan")), None)]),
    )

    (line,) = contours_on(found, placed(ct(1)))

    assert line.points.tolist() == [[5.5, 10.5], [6.5, 10.5]]


@pytest.mark.parametrize(
    ("rois", "words"),
    [([], "names no regions"), ([DrawnROI(name="A", contours=[])] * 1001, "more than 1000")],
)
def test_what_cannot_be_used_says_so(rois: list[DrawnROI], words: str):
    with pytest.raises(InvalidStructureSetError, match=words):
        read_rois(structure_set(about(), ct(1), rois))


def test_too_many_contours_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dicomkit.structure_set._MOST_POINTS", 5)

    with pytest.raises(InvalidStructureSetError, match="more contours"):
        written(roi(), roi())


def test_an_object_without_contours_shows_none():
    dataset = structure_set(about(), ct(1), [roi()], ROIContourSequence=Sequence())

    assert contours_on(read_structure_set(dataset), placed(ct(1))) == ()
    assert np.array_equal(read_structure_set(dataset).all_points, np.empty((0, 3)))
