"""Which other studies of a patient there are, and how relevant they are."""

from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.models import User
from archive.models import Study
from archive.selectors import studies_of_patient, study_traits
from dicomkit.priors import Relevance, rank_priors

# So many of the latest studies of one patient are listed; nobody reads more of them in a viewer.
_MOST_STUDIES = 200


class PatientStudyBody(TypedDict):
    """One study of the patient, as the timeline shows it."""

    study_instance_uid: str
    study_date: str | None
    study_time: str | None
    study_description: str
    modalities: list[str]
    body_parts: list[str]
    facility: dict[str, str]
    number_of_series: int
    number_of_instances: int
    is_current: bool
    relevance: float | None
    reasons: list[str]
    manifest_url: str


def patient_studies(user: User | AnonymousUser, study: Study) -> list[PatientStudyBody]:
    """Return the studies of a study's patient that the user may see, the latest first, with their relevance to it.

    The relevance is None for the study itself and for those made after it. Costs the archive's question for visible
    studies and one more, however many studies there are.
    """
    studies = list(studies_of_patient(user, study)[:_MOST_STUDIES])
    if all(one.pk != study.pk for one in studies):
        studies.append(study)
    traits = study_traits(studies)
    current = traits[study.study_instance_uid]
    ranked = {one.study_instance_uid: one for one in rank_priors(current, traits.values())}
    return [_body(one, study, ranked.get(one.study_instance_uid)) for one in studies]


def _body(study: Study, current: Study, found: Relevance | None) -> PatientStudyBody:
    return {
        "study_instance_uid": study.study_instance_uid,
        "study_date": study.study_date.isoformat() if study.study_date else None,
        "study_time": study.study_time.isoformat("seconds") if study.study_time else None,
        "study_description": study.study_description,
        "modalities": _values(study.modalities_in_study),
        "body_parts": _values(study.body_parts_examined),
        "facility": {"code": study.facility.code, "name": study.facility.name},
        "number_of_series": study.number_of_study_related_series,
        "number_of_instances": study.number_of_study_related_instances,
        "is_current": study.pk == current.pk,
        "relevance": found.score if found else None,
        "reasons": list(found.reasons) if found else [],
        "manifest_url": f"{reverse('viewer:manifest', args=[study.study_instance_uid])}?images_only=1",
    }


def _values(joined: str) -> list[str]:
    return [value for value in joined.split("\\") if value]
