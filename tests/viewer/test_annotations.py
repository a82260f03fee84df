"""What a reader draws is there for the next one, changes only from what was seen, and keeps its history."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import Facility, User
from accounts.roles import Role
from archive.models import Instance, Study
from audit.models import AuditEvent
from tests.conftest import member
from tests.dicom_samples import image
from tests.factories import store
from tests.viewer.annotation_samples import BODY, SOP_UID, STUDY, UID, delete, listed, put
from viewer.exceptions import RevisionChangeError
from viewer.models import Annotation, AnnotationRevision, KeyImage, RevisionRelease
from viewer.services import annotations as services

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored(north: Facility) -> None:
    """A study with two images."""
    store(image(), image(number=2), facility=north)


@pytest.fixture
def colleague(north: Facility, log_in: Callable[[User], Client]) -> Client:
    """The browser of a technologist of the same facility."""
    return log_in(member(Role.TECHNOLOGIST, north))


def test_an_annotation_is_there_for_the_next_reader(reader: Client, colleague: Client) -> None:
    answer = put(reader, text="Nodule")

    (found,) = listed(colleague)["annotations"]

    assert (answer.status_code, answer.json()) == (201, found)
    assert found.pop("changed_at").endswith("+00:00")
    assert found == BODY | {
        "annotation_uid": UID,
        "series_instance_uid": image().SeriesInstanceUID,
        "text": "Nodule",
        "plane": None,
        "revision": 1,
        "author": "radiologist.north",
        "may_edit": True,
    }


def test_a_change_starts_from_what_was_seen(reader: Client, colleague: Client) -> None:
    put(reader)

    changed = put(colleague, points=[[0, 0], [5, 5]], revision=1)
    late = put(reader, points=[[1, 1], [2, 2]], revision=1)

    assert (changed.status_code, changed.json()["revision"]) == (200, 2)
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert late.json()["current"] == changed.json()
    (kept,) = listed(reader)["annotations"]
    assert (kept["points"], kept["author"]) == ([[0, 0], [5, 5]], "technologist.north")


def test_what_was_sent_twice_is_written_once(reader: Client) -> None:
    first, again = put(reader), put(reader)
    changed, changed_again = put(reader, text="x", revision=1), put(reader, text="x", revision=1)

    assert [one.status_code for one in (first, again, changed, changed_again)] == [201, 200, 200, 200]
    assert again.json() == first.json()
    assert changed_again.json() == changed.json()
    assert list(AnnotationRevision.objects.values_list("revision", flat=True)) == [1, 2]


def test_a_deleted_annotation_is_gone_but_its_history_stays(reader: Client) -> None:
    put(reader, text="first")
    put(reader, text="second", revision=1)

    assert delete(reader, 2).status_code == 204

    assert listed(reader)["annotations"] == []
    history = AnnotationRevision.objects.order_by("revision").values_list("revision", "text", "is_deleted")
    assert list(history) == [(1, "first", False), (2, "second", False), (3, "second", True)]


def test_a_deletion_does_not_take_what_was_changed_meanwhile(reader: Client, colleague: Client) -> None:
    put(reader)
    put(colleague, text="mine", revision=1)

    answer = delete(reader, 1)

    assert (answer.status_code, answer.json()["current"]["text"]) == (409, "mine")
    assert len(listed(reader)["annotations"]) == 1


def test_a_change_of_what_was_deleted_meanwhile_is_a_conflict(reader: Client, colleague: Client) -> None:
    put(reader)
    delete(colleague, 1)

    answer = put(reader, text="late", revision=1)

    assert (answer.status_code, answer.json()["current"]) == (409, None)
    assert listed(reader)["annotations"] == []


def test_who_deleted_it_can_undo_that(reader: Client) -> None:
    put(reader)
    delete(reader, 1)
    assert delete(reader, 1).status_code == 204

    answer = put(reader, revision=2)

    assert (answer.status_code, answer.json()["revision"]) == (200, 3)
    assert len(listed(reader)["annotations"]) == 1


def test_an_annotation_that_never_was_cannot_be_deleted_or_changed(reader: Client) -> None:
    assert delete(reader, 1).status_code == 404
    assert put(reader, revision=4).status_code == 409
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "scribble"}, "kind must be one of: length"),
        ({"points": [[1, 2]]}, "points must be a list of 2 points"),
        ({"points": [[1, 2], [3]]}, "two finite numbers"),
        ({"points": [[1, 2], [3, "4"]]}, "two finite numbers"),
        ({"points": [[1, 2], [3, float("nan")]]}, "two finite numbers"),
        ({"points": [[1, 2], [3, 10**400]]}, "two finite numbers"),
        ({"points": [[1, 2], [True, 3]]}, "two finite numbers"),
        ({"points": [[1, 2], [3, 2e6]]}, "far outside"),
        ({"kind": "polygon", "points": [[1, 2]] * 2001}, "3 to 2000 points"),
        ({"kind": "text", "points": [[1, 2]], "text": "  "}, "text must not be empty"),
        ({"text": "x" * 1001}, "at most 1,000 characters"),
        ({"text": "a\x00b"}, "cannot be written"),
        ({"text": "\ud800"}, "cannot be written"),
        ({"length_mm": 10}, "must be null for length"),
        ({"kind": "calibration"}, "length of the line in millimetres"),
        ({"kind": "calibration", "length_mm": 0}, "length of the line in millimetres"),
        ({"frame_number": 0}, "frame_number must be"),
        ({"frame_number": 2}, "no such image"),
        ({"sop_instance_uid": "1.2.3"}, "no such image"),
        ({"revision": -1}, "revision must be"),
        ({"revision": None}, "revision must be"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(
    changes: dict[str, Any], said: str, reader: Client
) -> None:
    answer = put(reader, **changes)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert said in answer.json()["detail"]
    assert not Annotation.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '"x"', "[" * 100_000], ids=range(5))
def test_a_body_that_is_no_object_is_refused(body: str, reader: Client) -> None:
    answer = reader.put(f"{STUDY}annotations/{UID}", body, content_type="application/json")

    assert answer.status_code == 422


def test_a_body_beyond_all_measure_is_refused(reader: Client) -> None:
    answer = put(reader, text="x" * 3_000_000)

    assert answer.status_code == 422
    assert "too large" in answer.json()["detail"]


@pytest.mark.parametrize("uid", ["1..2", "01.2", "7"])
def test_the_identifier_is_a_uid(uid: str, reader: Client) -> None:
    assert put(reader, uid).status_code == 422


def test_an_annotation_stays_on_its_image_and_of_its_kind(reader: Client) -> None:
    put(reader)

    moved = put(reader, sop_instance_uid=image(number=2).SOPInstanceUID, revision=1)
    other = put(reader, kind="arrow", revision=1)

    assert [moved.status_code, other.status_code] == [422, 422]
    assert Annotation.objects.get().revision == 1


def test_a_study_keeps_so_many_annotations_only(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_ANNOTATIONS", 2)
    put(reader, "2.25.1")
    put(reader, "2.25.2")

    refused = put(reader, "2.25.3")
    changed = put(reader, "2.25.1", text="still", revision=1)
    delete(reader, 1, "2.25.2")
    taken = put(reader, "2.25.3")

    assert [refused.status_code, changed.status_code, taken.status_code] == [422, 200, 201]
    assert "Delete some first" in refused.json()["detail"]


def test_key_images_are_marked_once_and_unmarked(reader: Client, colleague: Client) -> None:
    address = f"{STUDY}key-images/{SOP_UID}/1"

    marks = [reader.put(address).status_code, colleague.put(address).status_code]
    (found,) = listed(colleague)["key_images"]
    unmarks = [colleague.delete(address).status_code, reader.delete(address).status_code]

    assert (marks, unmarks) == ([204, 204], [204, 204])
    assert (found["sop_instance_uid"], found["frame_number"], found["author"]) == (
        SOP_UID,
        1,
        "radiologist.north",
    )
    assert listed(reader)["key_images"] == []
    assert reader.put(f"{STUDY}key-images/{SOP_UID}/2").status_code == 422


def test_everything_written_is_on_record_without_its_words(reader: Client) -> None:
    put(reader, text="Suspicious")
    put(reader, text="Benign", revision=1)
    put(reader, text="Late", revision=1)
    delete(reader, 2)
    reader.put(f"{STUDY}key-images/{SOP_UID}/1")
    reader.delete(f"{STUDY}key-images/{SOP_UID}/1")

    events = AuditEvent.objects.filter(event_type__contains="_").order_by("pk")
    kept = [
        (one.event_type, one.outcome)
        for one in events
        if "annotation" in one.event_type or "key_image" in one.event_type
    ]
    assert kept == [
        ("annotation_created", 0),
        ("annotation_changed", 0),
        ("annotation_changed", 4),
        ("annotation_deleted", 0),
        ("key_image_marked", 0),
        ("key_image_unmarked", 0),
    ]
    assert not [one for one in events if "Suspicious" in str(one.details) or "Benign" in str(one.details)]


def test_history_is_neither_changed_nor_removed(reader: Client) -> None:
    put(reader)
    revision = AnnotationRevision.objects.get()

    with pytest.raises(RevisionChangeError):
        revision.save()
    with pytest.raises(RevisionChangeError):
        revision.delete()
    with pytest.raises(RevisionChangeError):
        AnnotationRevision.objects.update(text="")
    with pytest.raises(RevisionChangeError):
        AnnotationRevision.objects.all().delete()


def test_what_is_drawn_goes_with_the_study(reader: Client) -> None:
    put(reader)
    reader.put(f"{STUDY}key-images/{SOP_UID}/1")

    Study.objects.get().delete()

    assert not (
        AnnotationRevision.objects.exists() or Annotation.objects.exists() or KeyImage.objects.exists()
    )
    assert not RevisionRelease.objects.exists()


def _by_statement() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM viewer_annotationrevision")


@pytest.mark.parametrize(
    "delete_history",
    [_by_statement, lambda: Annotation.objects.all().delete(), lambda: Instance.objects.all().delete()],
    ids=["statement", "annotation", "image"],
)
def test_the_database_itself_refuses_to_delete_the_history_of_what_stays(
    delete_history: Callable[[], object], reader: Client
) -> None:
    put(reader)
    put(reader, text="Again", revision=1)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        delete_history()

    assert AnnotationRevision.objects.count() == 2


@pytest.mark.parametrize(
    "columns",
    [{"revision": 0}, {"kind": "scribble"}, {"frame_number": 0}, {"length_mm": 3.0}, {"kind": "calibration"}],
    ids=str,
)
def test_the_database_itself_refuses_what_no_annotation_is(columns: dict[str, Any], reader: Client) -> None:
    put(reader)

    with pytest.raises(IntegrityError), transaction.atomic():
        Annotation.objects.update(**columns)


PLANE = {
    "position": [0.0, 0.0, 12.5],
    "orientation": [1.0, 0.0, 0.0, 0.0, 0.0, -1.0],
    "spacing_mm": [0.5, 0.5],
    "rows": 200,
    "columns": 300,
    "thickness_mm": None,
}


def put_on_plane(client: Client, series_instance_uid: str, **changes: Any) -> HttpResponse:
    """Draw on a plane through a series."""
    return put(
        client, sop_instance_uid="", series_instance_uid=series_instance_uid, **({"plane": PLANE} | changes)
    )


def test_a_mark_on_a_plane_is_kept_with_its_plane_and_moves_with_it(reader: Client) -> None:
    series_uid = image().SeriesInstanceUID
    elsewhere = {**PLANE, "position": [0.0, 4.0, 12.5], "thickness_mm": 5.0}

    made = put_on_plane(reader, series_uid)
    moved = put_on_plane(reader, series_uid, plane=elsewhere, revision=1)

    assert (made.status_code, made.json()["plane"]) == (201, PLANE)
    assert (moved.status_code, moved.json()["plane"]) == (200, elsewhere)
    assert list(AnnotationRevision.objects.order_by("pk").values_list("plane", flat=True)) == [
        PLANE,
        elsewhere,
    ]
    assert put(reader, revision=2).status_code == 422


@pytest.mark.parametrize(
    "plane",
    [
        "axial",
        {},
        {**PLANE, "position": [0.0, 0.0]},
        {**PLANE, "orientation": [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]},
        {**PLANE, "spacing_mm": [0.5, 0.0]},
        {**PLANE, "rows": 0},
        {**PLANE, "thickness_mm": -1},
    ],
)
def test_what_is_no_plane_is_refused(plane: Any, reader: Client) -> None:
    series_uid = image().SeriesInstanceUID

    assert put_on_plane(reader, series_uid, plane=plane).status_code == 422
    assert put_on_plane(reader, "1.2.3").status_code == 422
    assert not Annotation.objects.exists()


def test_the_database_itself_refuses_to_change_a_revision(reader: Client) -> None:
    put(reader)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE viewer_annotationrevision SET text = 'X'")

    assert AnnotationRevision.objects.get().text != "X"
