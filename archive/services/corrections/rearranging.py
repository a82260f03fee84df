"""Plans that put series, or some images of them, into the study to which they belong.

Series keep their UIDs wherever they go. Images that leave their series get a series of their own, for what stays
behind keeps the old UID. SOP Instance UIDs never change.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from archive.exceptions import CorrectionError
from archive.models import CorrectionKind, Instance, NewRow, Plan, PreviewLine, RowChange, Series, Study
from archive.services.corrections.received import SERIES_COLUMNS, moved_with
from archive.services.corrections.rows import change_of
from archive.services.corrections.words import counted_images, series_name, study_name
from dicomkit.identity import is_uid
from dicomkit.uid import new_uid

# What a study that is split off has in common with the one that it came from.
_OF_THE_SOURCE = (
    "patient_name",
    "patient_name_key",
    "patient_id",
    "issuer_of_patient_id",
    "patient_sex",
    "patient_age_days",
    "timezone_offset_from_utc",
    "referring_physician_name",
)
_OF_A_SERIES = (
    "modality",
    "series_number",
    "series_description",
    "body_part_examined",
    "laterality",
    "protocol_name",
    "station_name",
    "manufacturer",
    "manufacturer_model_name",
    "institution_name",
    "requested_procedure_id",
    "scheduled_procedure_step_id",
)


@dataclass(frozen=True)
class NewStudy:
    """What the study that is split off is called.

    Attributes
    ----------
    study_instance_uid
        Of the order to which it belongs; empty for a new one.
    """

    study_description: str = ""
    accession_number: str = ""
    study_instance_uid: str = ""


def plan_moving_series(*, study: Study, series_instance_uids: Collection[str], target: Study) -> Plan:
    """Return the plan that moves series to another study of the same facility.

    Raises
    ------
    CorrectionError
        The target is not one to which they can go, or a series is not there.
    """
    _require_reachable(study, target)
    series = _series(study, series_instance_uids)
    return _moving(CorrectionKind.MOVE_SERIES, study, series, target)


def plan_merging_studies(*, study: Study, into: Study) -> Plan:
    """Return the plan that puts all series of a study into another one of the same patient.

    Raises
    ------
    CorrectionError
        The studies are of different patients or facilities.
    """
    _require_reachable(study, into)
    if study.patient_record_id != into.patient_record_id:
        raise CorrectionError(
            _("These studies are of different patients. Move one to the right patient first, then merge.")
        )
    series = list(Series.objects.filter(study=study).order_by("series_number", "pk"))
    plan = _moving(CorrectionKind.MERGE_STUDIES, study, series, into)
    return plan.with_more(
        change_of(study, merged_into=into),
        [_("Images of this study that still arrive go to the other one, too.")],
    )


def plan_splitting(
    *,
    study: Study,
    series_instance_uids: Collection[str] = (),
    sop_instance_uids: Collection[str] = (),
    new: NewStudy,
) -> Plan:
    """Return the plan that makes a study of its own of some series and single images.

    Raises
    ------
    CorrectionError
        Nothing is chosen, or nothing would stay.
    """
    whole = _series(study, series_instance_uids) if series_instance_uids else []
    single = _single_images(study, sop_instance_uids, whole)
    moved = len(single) + sum(one.number_of_series_related_instances for one in whole)
    if not moved:
        raise CorrectionError(_("Choose series or images to split off."))
    if moved >= study.number_of_study_related_instances:
        raise CorrectionError(_("Nothing would stay in this study. Move it as a whole instead."))
    made = _new_study_row(study, new)
    uid = str(made.values["study_instance_uid"])
    new_series, changes = _images_apart(single, uid)
    for one in whole:
        changes += _into_study(one, {"study_instance_uid": uid}, uid)
    count = study.number_of_study_related_instances
    here, there = _("this study"), _("the new study")
    lines = [PreviewLine(series_name(one), here, there) for one in whole]
    if single:
        lines.append(PreviewLine(counted_images(len(single)), here, there))
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.SPLIT,
        studies={study.study_instance_uid: study.revision},
        new_rows=(made, *new_series),
        changes=tuple(changes),
        lines=(
            *lines,
            PreviewLine(_("Images of this study"), str(count), str(count - moved)),
            PreviewLine(_("Images of the new study"), "0", str(moved)),
            PreviewLine(_("Description of the new study"), "", str(made.values["study_description"])),
            PreviewLine(_("Accession number of the new study"), "", str(made.values["accession_number"])),
        ),
    )


def _moving(kind: CorrectionKind, study: Study, series: Sequence[Series], target: Study) -> Plan:
    moved = sum(one.number_of_series_related_instances for one in series)
    changes: list[RowChange] = []
    for one in series:
        changes += _into_study(
            one, {"study_instance_uid": target.study_instance_uid}, target.study_instance_uid
        )
    left = study.number_of_study_related_instances - moved
    there = target.number_of_study_related_instances
    lines = [PreviewLine(series_name(one), study_name(study), study_name(target)) for one in series]
    notes = (
        []
        if left
        else [_("Nothing is left of the study that they leave: it goes out of the lists, and is kept.")]
    )
    return Plan(
        correction_uid=str(uuid4()),
        kind=kind,
        studies={one.study_instance_uid: one.revision for one in (study, target)},
        changes=tuple(changes),
        lines=(
            *lines,
            PreviewLine(_("Images of this study"), str(left + moved), str(left)),
            PreviewLine(_("Images of the other study"), str(there), str(there + moved)),
        ),
        notes=tuple(notes),
    )


def _into_study(series: Series, study: dict[str, str], study_instance_uid: str) -> list[RowChange]:
    return change_of(series, study=study, received_attributes=moved_with(series, study_instance_uid))


def _require_reachable(study: Study, target: Study) -> None:
    if study.pk == target.pk:
        raise CorrectionError(_("Choose another study."))
    if study.facility_id != target.facility_id:
        raise CorrectionError(
            _("The other study belongs to another facility. Images do not change facility.")
        )
    if target.merged_into_id is not None:
        raise CorrectionError(_("The other study was merged into a third one. Choose that one."))


def _series(study: Study, uids: Collection[str]) -> list[Series]:
    found = list(
        Series.objects.filter(study=study, series_instance_uid__in=set(uids))
        .select_related("study")
        .order_by("series_number", "pk")
    )
    if not found or len(found) != len(set(uids)):
        raise CorrectionError(_("Choose series of this study. If it has changed, look at it again."))
    return found


def _single_images(study: Study, uids: Collection[str], whole: Sequence[Series]) -> list[Instance]:
    wanted = Instance.objects.filter(series__study=study, sop_instance_uid__in=set(uids))
    found = list(
        wanted.exclude(series__in=whole)
        .select_related("series__study")
        .order_by("series_id", "instance_number", "pk")
    )
    if wanted.count() != len(set(uids)):
        raise CorrectionError(_("Some of these images are not there any more. Look at the study again."))
    return found


def _images_apart(images: Sequence[Instance], study_uid: str) -> tuple[list[NewRow], list[RowChange]]:
    """Return the series that single images get in another study, one for each series that they leave."""
    made: dict[int, NewRow] = {}
    changes: list[RowChange] = []
    for one in images:
        row = made.setdefault(one.series_id, _series_row(one.series, study_uid))
        changes += change_of(one, series={"series_instance_uid": row.values["series_instance_uid"]})
    return list(made.values()), changes


def _series_row(series: Series, study_uid: str) -> NewRow:
    values: dict[str, Any] = {name: getattr(series, name) for name in _OF_A_SERIES}
    corrected = {
        keyword: came for keyword, came in series.received_attributes.items() if keyword in SERIES_COLUMNS
    }
    return NewRow(
        "archive.Series",
        values
        | {
            "series_instance_uid": new_uid(),
            "study": {"study_instance_uid": study_uid},
            "received_attributes": corrected,
        },
    )


def _new_study_row(study: Study, new: NewStudy) -> NewRow:
    uid = new.study_instance_uid
    if uid and (not is_uid(uid) or Study.objects.filter(study_instance_uid=uid).exists()):
        uid = ""
    values: dict[str, Any] = {name: getattr(study, name) for name in _OF_THE_SOURCE}
    moments = {
        "patient_birth_date": study.patient_birth_date,
        "study_date": study.study_date,
        "study_time": study.study_time,
        "study_moment": study.study_moment.astimezone(UTC),
        "last_instance_at": timezone.now(),
    }
    return NewRow(
        "archive.Study",
        values
        | {name: value.isoformat() if value else None for name, value in moments.items()}
        | {
            "study_instance_uid": uid or new_uid(),
            "patient_record": {"pk": study.patient_record_id},
            "facility": {"pk": study.facility_id},
            "study_description": new.study_description.strip() or study.study_description,
            "accession_number": new.accession_number.strip(),
            "status": "complete",
        },
    )
