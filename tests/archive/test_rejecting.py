"""Rejected images are hidden, kept, and named in a note with the reason."""

import io
import shutil
import subprocess
from pathlib import Path

import pydicom
import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Facility, User
from accounts.roles import Role
from archive.access import correctable_studies, visible_studies
from archive.exceptions import CorrectionError
from archive.models import Instance
from archive.services.corrections.carrying_out import carry_out, undo
from archive.services.corrections.rejecting import plan_rejection, plan_restoring
from tests.archive.correcting import correct, everything, file_of, images_of, stored_bytes, study, two_studies
from tests.conftest import member
from tests.factories import ingest

pytestmark = pytest.mark.django_db

POSITIONING = "111209"
WRONG_ENTRY = "113038"


def test_a_rejected_image_is_neither_shown_nor_counted(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    first, *others = images_of(one)

    correct(
        plan_rejection(study=one, sop_instance_uids=[first], reason_code=POSITIONING),
        technologist,
        reason_code=POSITIONING,
    )

    now = study(1)
    assert images_of(now) == others
    assert (now.number_of_study_related_series, now.number_of_study_related_instances) == (2, 2)
    assert now.modalities_in_study == one.modalities_in_study
    assert stored_bytes(first) == file_of(1, series=1, number=1)


def test_the_note_names_the_images_and_the_reason(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    first = images_of(one)[0]
    correction = correct(
        plan_rejection(study=one, sop_instance_uids=[first], reason_code=POSITIONING),
        technologist,
        reason_code=POSITIONING,
    )

    [note] = Instance.kept.filter(rejection=correction).exclude(sop_instance_uid=first)

    dataset = pydicom.dcmread(io.BytesIO(stored_bytes(note.sop_instance_uid)))  # noqa: TID251 -- the judge
    assert dataset.Modality == "KO"
    assert dataset.ConceptNameCodeSequence[0].CodeValue == "113001"
    assert dataset.ContentSequence[0].ConceptCodeSequence[0].CodeValue == POSITIONING
    referenced = dataset.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    assert [item.ReferencedSOPInstanceUID for item in referenced.ReferencedSOPSequence] == [first]
    assert dataset.StudyInstanceUID == one.study_instance_uid


def test_sending_a_rejected_image_again_does_not_bring_it_back(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    first = images_of(one)[0]
    correct(
        plan_rejection(study=one, sop_instance_uids=[first], reason_code=WRONG_ENTRY),
        technologist,
        reason_code=WRONG_ENTRY,
    )

    result = ingest(file_of(1, series=1, number=1), facility=north)

    assert result.outcome == "duplicate"
    assert first not in images_of(study(1))


def test_a_study_without_any_image_left_is_out_of_the_lists_for_all_but_those_who_can_restore(
    north: Facility, technologist: User, radiologist: User, outsider: User
) -> None:
    one, two = two_studies(north)
    correct(
        plan_rejection(study=one, sop_instance_uids=images_of(one), reason_code=WRONG_ENTRY),
        technologist,
        reason_code=WRONG_ENTRY,
    )

    assert list(visible_studies(technologist)) == [two]
    assert set(correctable_studies(technologist)) == {one, two}
    assert not correctable_studies(radiologist).exists()
    assert not correctable_studies(outsider).exists()


def test_undoing_a_rejection_shows_everything_again(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    correction = correct(
        plan_rejection(study=one, sop_instance_uids=images_of(one), reason_code=WRONG_ENTRY),
        technologist,
        reason_code=WRONG_ENTRY,
    )

    undo(correction=correction, user=technologist)

    now = study(1)
    assert images_of(now) == images_of(one)
    assert (now.number_of_study_related_series, now.number_of_study_related_instances, now.is_withdrawn) == (
        2,
        3,
        False,
    )


def test_part_of_a_rejection_can_be_restored_and_then_the_whole_cannot_be_undone(
    north: Facility, technologist: User
) -> None:
    one, _ = two_studies(north)
    first, second, _ = images_of(one)
    rejection = correct(
        plan_rejection(study=one, sop_instance_uids=[first, second], reason_code=POSITIONING),
        technologist,
        reason_code=POSITIONING,
    )

    restoring = correct(plan_restoring(study=study(1), sop_instance_uids=[second]), technologist)

    assert second in images_of(study(1))
    with pytest.raises(CorrectionError, match="builds on this"):
        undo(correction=rejection, user=technologist)
    undo(correction=restoring, user=technologist)
    undo(correction=rejection, user=technologist)
    assert images_of(study(1))[:2] == [first, second]


@pytest.mark.parametrize("role", [Role.RADIOLOGIST, Role.REFERRER, Role.AUDITOR])
def test_only_who_may_correct_the_study_rejects(north: Facility, role: Role) -> None:
    one, _ = two_studies(north)
    plan = plan_rejection(study=one, sop_instance_uids=images_of(one), reason_code=POSITIONING)
    before = everything()

    with pytest.raises(PermissionDenied):
        carry_out(plan=plan, user=member(role, north), reason="blurred", reason_code=POSITIONING)

    assert everything() == before


def test_who_corrects_at_one_facility_corrects_nothing_at_another(north: Facility, south: Facility) -> None:
    one, _ = two_studies(north)
    plan = plan_rejection(study=one, sop_instance_uids=images_of(one), reason_code=POSITIONING)

    with pytest.raises(PermissionDenied):
        carry_out(plan=plan, user=member(Role.ADMINISTRATOR, south), reason="x", reason_code=POSITIONING)


def test_nothing_is_corrected_without_saying_why(north: Facility, technologist: User) -> None:
    one, _ = two_studies(north)
    plan = plan_rejection(study=one, sop_instance_uids=images_of(one), reason_code=POSITIONING)

    with pytest.raises(CorrectionError, match="Say why"):
        carry_out(plan=plan, user=technologist, reason="  ", reason_code=POSITIONING)


def test_an_unknown_reason_is_refused(north: Facility) -> None:
    one, _ = two_studies(north)

    with pytest.raises(CorrectionError, match="reason from the list"):
        plan_rejection(study=one, sop_instance_uids=images_of(one), reason_code="113000")


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="DCMTK is not installed")
def test_dcmtk_reads_the_note(north: Facility, technologist: User, tmp_path: Path) -> None:
    one, _ = two_studies(north)
    correction = correct(
        plan_rejection(study=one, sop_instance_uids=images_of(one)[:1], reason_code=POSITIONING),
        technologist,
        reason_code=POSITIONING,
    )
    note = Instance.kept.get(rejection=correction, series__modality="KO")
    path = tmp_path / "note.dcm"
    path.write_bytes(stored_bytes(note.sop_instance_uid))

    ran = subprocess.run(["dsrdump", "-v", str(path)], capture_output=True, text=True, check=True)

    assert "Rejected for Quality Reasons" in ran.stdout
    assert "Positioning" in ran.stdout
    assert "E:" not in ran.stderr
