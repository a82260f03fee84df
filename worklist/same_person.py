"""Who may be the same person as a patient: what speaks for it and what against, for a person to decide."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from archive.access import visible_patients, visible_studies
from archive.models import Patient
from dicomkit.name_likeness import NameLikeness, name_likeness
from worklist.access import Visitor

# A birth date that stands for "unknown" may be that of thousands; the newest of them are compared.
_MOST_COMPARED = 500
_MOST_SHOWN = 12


@dataclass(frozen=True)
class Likeness:
    """How much two identities are alike.

    Attributes
    ----------
    weight
        The higher, the likelier it is one person.
    reasons, doubts
        What speaks for it and what against, in words.
    """

    weight: int
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """An identity that may be the same person.

    Attributes
    ----------
    is_of_same_issuer
        Then one of the two is a wrong double; else they are one person at two sites.
    """

    patient: Patient
    likeness: Likeness
    is_of_same_issuer: bool
    number_of_studies: int
    sites: tuple[str, ...]


def candidates_for(user: Visitor, patient: Patient, known: Collection[int]) -> list[Candidate]:
    """Return the patients of whom the user may see a study and who may be the same person, the likeliest first.

    Parameters
    ----------
    known
        Keys of the identities that are known to be of the person.
    """
    likely = Q()
    if patient.patient_birth_date:
        likely |= Q(patient_birth_date=patient.patient_birth_date)
    if patient.patient_id:
        likely |= Q(patient_id=patient.patient_id)
    if not likely:
        return []
    others = visible_patients(user).filter(likely).exclude(pk__in=known).order_by("-pk")[:_MOST_COMPARED]
    judged = [(likeness, other) for other in others if (likeness := likeness_of(patient, other))]
    judged.sort(key=lambda one: (-one[0].weight, one[1].pk))
    shown = judged[:_MOST_SHOWN]
    places = _places(user, [other.pk for _likeness, other in shown])
    return [
        Candidate(
            patient=other,
            likeness=likeness,
            is_of_same_issuer=other.issuer_of_patient_id == patient.issuer_of_patient_id,
            number_of_studies=sum(places.get(other.pk, {}).values()),
            sites=tuple(places.get(other.pk, {})),
        )
        for likeness, other in shown
    ]


def likeness_of(one: Patient, other: Patient) -> Likeness | None:
    """Return what speaks for two identities being one person; None where it is not worth a look.

    A birth date with a name that is alike is worth one, and so is the same ID under another issuer, unless both name
    and birth date are others: many hospitals count their patients from 1.
    """
    names = name_likeness(one.patient_name, other.patient_name)
    born, other_born = one.patient_birth_date, other.patient_birth_date
    same_birth = born is not None and born == other_born
    other_birth = born is not None and other_born is not None and born != other_born
    same_id = bool(one.patient_id) and one.patient_id == other.patient_id
    other_sex = bool(one.patient_sex and other.patient_sex) and one.patient_sex != other.patient_sex
    if names is NameLikeness.SAME_GIVEN_NAME and other_sex:
        names = NameLikeness.DIFFERENT
    by_person = same_birth and names > NameLikeness.DIFFERENT
    by_id = same_id and not (other_birth and names is NameLikeness.DIFFERENT)
    if not by_person and not by_id:
        return None
    return Likeness(
        weight=2 * names + 4 * same_birth + 3 * same_id - 4 * other_birth - 2 * other_sex,
        reasons=tuple(
            words
            for words, holds in (
                (_(_NAMES_ALIKE.get(names, "-")), names in _NAMES_ALIKE),
                (_("same birth date"), same_birth),
                (_("same Patient ID under another issuer"), same_id),
            )
            if holds
        ),
        doubts=tuple(
            words
            for words, holds in (
                (_("other name"), names is NameLikeness.DIFFERENT),
                (_("other birth date"), other_birth),
                (_("other sex"), other_sex),
            )
            if holds
        ),
    )


_NAMES_ALIKE = {
    NameLikeness.SAME_GIVEN_NAME: gettext_noop("same given name, other family name"),
    NameLikeness.SIMILAR: gettext_noop("similar name"),
    NameLikeness.SAME_WORDS: gettext_noop("same name in another order"),
    NameLikeness.SAME: gettext_noop("same name"),
}


def _places(user: Visitor, patient_pks: Collection[int]) -> dict[int, dict[str, int]]:
    """Return by patient how many studies the user may see at which site."""
    rows = (
        visible_studies(user)
        .filter(patient_record__in=patient_pks)
        .values("patient_record", "facility__name")
        .annotate(number=Count("pk"))
        .order_by("facility__name")
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["patient_record"], {})[row["facility__name"]] = row["number"]
    return found
