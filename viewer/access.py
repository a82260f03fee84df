"""Who may see a picture: whoever may see its study. Asked before any cache is. And who may draw on it."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Facility, User
from accounts.permissions import facilities_with, may_on
from accounts.roles import Codename
from archive.access import correctable_studies, visible_studies
from archive.models import Instance, Study


@dataclass(frozen=True)
class VisibleInstance:
    """What a tile needs to know of an instance that the user may see."""

    sha256: str
    sop_class_uid: str
    number_of_frames: int
    rows: int | None
    columns: int | None
    series_instance_uid: str
    study_instance_uid: str
    patient_id: str
    issuer_of_patient_id: str
    facility_code: str


# The columns of `VisibleInstance`, in its order.
_COLUMNS = (
    "blob__sha256",
    "sop_class_uid",
    "number_of_frames",
    "rows",
    "columns",
    "series__series_instance_uid",
    "series__study__study_instance_uid",
    "series__study__patient_id",
    "series__study__patient_record__issuer_of_patient_id",
    "series__study__facility__code",
)


def visible_instance(user: User | AnonymousUser, sop_instance_uid: str) -> VisibleInstance | None:
    """Return an instance of a study that the user may see; None where it does not exist or is not theirs to see.

    One query; one more for what was rejected, which only those see who may restore it.
    """
    row = (
        Instance.objects.filter(sop_instance_uid=sop_instance_uid, series__study__in=visible_studies(user))
        .values_list(*_COLUMNS)
        .first()
    )
    if row is None:
        rejected = Instance.kept.filter(sop_instance_uid=sop_instance_uid, rejection__isnull=False)
        row = rejected.filter(series__study__in=correctable_studies(user)).values_list(*_COLUMNS).first()
    return VisibleInstance(*row) if row else None


def may_annotate(user: User | AnonymousUser, study: Study) -> bool:
    """Return whether the user may draw, measure and mark on the images of a study that he may see."""
    return may_on(user, Codename.ANNOTATE_STUDY, study)


def may_export(user: User | AnonymousUser, study: Study) -> bool:
    """Return whether pictures of a study that the user may see may leave the viewer with him."""
    return may_on(user, Codename.DOWNLOAD_STUDY, study)


def instances_beside(instance: VisibleInstance, *, at_most: int) -> dict[str, VisibleInstance]:
    """Return the instances of the same series by SOP Instance UID: whoever may see one may see them all."""
    rows = Instance.objects.filter(series__series_instance_uid=instance.series_instance_uid).values_list(
        "sop_instance_uid", *_COLUMNS
    )
    return {uid: VisibleInstance(*row) for uid, *row in rows[:at_most]}


def facilities_with_protocols(user: User | AnonymousUser) -> QuerySet[Facility]:
    """Return the facilities whose hanging protocols the user may change: those that he administers."""
    return facilities_with(user, Codename.MANAGE_USERS)


def may_manage_protocols(user: User | AnonymousUser, facility: Facility) -> bool:
    """Return whether the user may change the hanging protocols of a facility and of the roles at it."""
    return facilities_with_protocols(user).filter(pk=facility.pk).exists()
