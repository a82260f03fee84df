"""The demo comes with drawings on its CT follow-up, and their numbers are those of the nodule that was put there."""

import math
from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
from django.test import Client
from pydicom.dataset import Dataset

from accounts.models import Facility, User
from archive.models import Study
from audit.actors import Actor
from dicomkit.synth import CURRENT_NODULE, ct_chest_series
from pacs_site.demo_annotations import seed_annotations
from tests.dicom_samples import about
from tests.factories import store
from tests.viewer.annotation_samples import delete, listed, put
from tests.viewer.evidence_samples import numbers, report_of
from viewer.models import Annotation, AnnotationRevision

pytestmark = pytest.mark.django_db


@pytest.fixture
def nodule_slice(north: Facility, radiologist: User) -> Dataset:
    """The slice through the nodule's middle, stored with one on each side, and drawn on."""
    slices = list(islice(ct_chest_series(about(1)), 29, 32))
    store(*slices, facility=north)
    seed(radiologist)
    return slices[1]


def seed(radiologist: User) -> None:
    """Draw what the demo draws."""
    seed_annotations(
        study=Study.objects.get(), author=radiologist, nodule=CURRENT_NODULE, actor=Actor.command("seed_demo")
    )


def test_the_radiologist_has_drawn_on_the_slice_through_the_nodule(
    nodule_slice: Dataset, radiologist: User, log_in: Callable[[User], Client]
) -> None:
    found = listed(log_in(radiologist))["annotations"]

    assert [(one["kind"], one["text"]) for one in found] == [
        ("length", "Nodule"),
        ("ellipse", ""),
        ("arrow", "Larger than in the prior"),
    ]
    assert {one["sop_instance_uid"] for one in found} == {nodule_slice.SOPInstanceUID}
    assert {(one["author"], one["revision"]) for one in found} == {(radiologist.get_full_name(), 1)}


def test_the_numbers_are_those_of_the_nodule(
    nodule_slice: Dataset, radiologist: User, log_in: Callable[[User], Client]
) -> None:
    found = numbers(report_of(log_in(radiologist)))

    # The phantom's grid: 512 pixels of 0.74 mm around 0 across, around 6 mm down.
    x_mm = (np.arange(512) - 255.5) * 0.74
    distance = np.hypot(x_mm - CURRENT_NODULE.centre[0], x_mm[:, None] + 6 - CURRENT_NODULE.centre[1])
    inside = nodule_slice.pixel_array[distance <= 0.6 * 8.5].astype(float) - 1024
    assert found[:2] == [
        ("Nodule", "Length", pytest.approx(17.0), "mm"),
        ("Ellipse 1", "Area", pytest.approx(math.pi * 5.1**2), "mm2"),
    ]
    assert [value for _, _, value, _ in found[2:]] == pytest.approx(
        [inside.mean(), inside.std(), inside.min(), inside.max()]
    )


def test_seeding_again_neither_repeats_nor_undoes(
    nodule_slice: Dataset, radiologist: User, log_in: Callable[[User], Client]
) -> None:
    browser = log_in(radiologist)
    length, ellipse, _ = Annotation.objects.order_by("pk")
    delete(browser, 1, ellipse.annotation_uid)
    put(
        browser,
        length.annotation_uid,
        sop_instance_uid=nodule_slice.SOPInstanceUID,
        points=[[0, 0], [8, 0]],
        revision=1,
    )

    seed(radiologist)

    assert [one["kind"] for one in listed(browser)["annotations"]] == ["length", "arrow"]
    assert listed(browser)["annotations"][0]["points"] == [[0, 0], [8, 0]]
    assert AnnotationRevision.objects.count() == 5
