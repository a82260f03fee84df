"""Who may see and take in what. The only file of the archive that names rights."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Facility, User
from accounts.permissions import facilities_with, filter_visible, may
from accounts.roles import Codename
from archive.models import Correction, Patient, Study


def visible_studies(user: User | AnonymousUser) -> QuerySet[Study]:
    """Return the studies that a user may open: of facilities by membership, or shared by name.

    Those of which nothing is left to show are not among them.
    """
    return filter_visible(Study.objects.filter(is_withdrawn=False), user, Codename.VIEW_STUDY)


def visible_patients(user: User | AnonymousUser) -> QuerySet[Patient]:
    """Return the patients of whom the user may open at least one study."""
    return Patient.objects.filter(
        Exists(visible_studies(user).filter(patient_record=OuterRef("pk")).order_by())
    )


def correctable_studies(user: User | AnonymousUser) -> QuerySet[Study]:
    """Return the studies that a user may put right, those of which all was rejected or moved away among them."""
    return filter_visible(Study.objects.all(), user, Codename.EDIT_STUDY)


def correctable_patients(user: User | AnonymousUser) -> QuerySet[Patient]:
    """Return the patients of whom the user may put right at least one study."""
    return Patient.objects.filter(studies__in=correctable_studies(user)).distinct()


def correctable_corrections(user: User | AnonymousUser) -> QuerySet[Correction]:
    """Return the corrections of which the user may know: all of their studies and patients are the user's to correct.

    A patient of whom no study is left was merged away; the studies that were its own are among those of the correction.
    """
    correctable = correctable_studies(user).order_by()
    studies = Correction.studies.through.objects.filter(correction=OuterRef("pk"))
    patients = Correction.patients.through.objects.filter(correction=OuterRef("pk"))
    # Asked row by row: a list of all that is correctable is as long as the archive.
    of_others = ~Exists(correctable.filter(pk=OuterRef("study_id")))
    has_studies = Exists(Study.objects.filter(patient_record=OuterRef("patient_id")))
    has_none_correctable = ~Exists(correctable.filter(patient_record=OuterRef("patient_id")))
    return Correction.objects.filter(
        ~Exists(studies.filter(of_others)),
        ~Exists(patients.filter(has_studies, has_none_correctable)),
    )


def may_override_final(user: User | AnonymousUser, study: Study) -> bool:
    """Return whether the user may correct a study although its report is final: whoever administers its facility."""
    return may(user, Codename.OVERRIDE_FINAL, study.facility_id)


def upload_facilities(user: User | AnonymousUser) -> QuerySet[Facility]:
    """Return the facilities for which a user may bring in studies."""
    return facilities_with(user, Codename.UPLOAD_STUDY)
