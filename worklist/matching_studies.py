"""Which studies fit what was asked."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Facility, User
from archive.models import ReceptionStatus, Study, StudySearchTerm
from dicomkit.person_name import fold
from worklist.built_in import BUILT_IN_OF, of_subspecialties, overdue, read_by
from worklist.criteria import ME, MINE, NOBODY, UNFILTERED_LIST, Criteria
from worklist.few_values import values_that
from worklist.search_line import understand
from worklist.states import ReadingStatus

_MONTH = timedelta(days=31)
# How nearly all studies of an archive end.
_USUAL = frozenset({ReadingStatus.FINAL, ReadingStatus.ADDENDED})


def matching(studies: QuerySet[Study], criteria: Criteria, *, user: User, today: date) -> QuerySet[Study]:
    """Return those studies that fit the criteria, in no order."""
    chosen = BUILT_IN_OF.get(criteria.list_key)
    if chosen:
        studies = studies.filter(chosen.condition(user, timezone.now()))
    studies = _of_line(studies, criteria.text, today)
    studies = studies.filter(_of_reading(criteria, user))
    if criteria.modality:
        studies = _of_modalities(studies, [criteria.modality])
    if criteria.body_part:
        sought = criteria.body_part.casefold()
        parts = values_that("body_parts_examined", lambda held: sought in held.casefold())
        studies = studies.filter(body_parts_examined__in=parts)
    if criteria.facility_code:
        # By key, or the database walks through everything to find that nothing of it is of a facility out of sight.
        codes = Facility.objects.filter(code=criteria.facility_code)
        studies = studies.filter(facility__in=list(codes.values_list("pk", flat=True)))
    if criteria.is_arriving:
        studies = studies.filter(status=ReceptionStatus.RECEIVING)
    return _between(studies, *criteria.date_range(today))


def are_few(criteria: Criteria, today: date) -> bool:
    """Return whether what fits is few for what it is: not yet final, of one month at most, or found by two words.

    A department has some thousands of these, whatever the size of its archive.
    """
    waits = criteria.list_key != UNFILTERED_LIST or criteria.is_overdue or criteria.is_arriving
    is_rare = bool(criteria.statuses) and _USUAL.isdisjoint(criteria.statuses)
    line = understand(criteria.text, today)
    ranges = [criteria.date_range(today), (line.first, line.last)]
    is_short = any(first and last and last - first <= _MONTH for first, last in ranges)
    return waits or is_rare or is_short or len(line.words) > 1


def _of_line(studies: QuerySet[Study], text: str, today: date) -> QuerySet[Study]:
    line = understand(text, today)
    if line.words:
        studies = studies.filter(pk__in=_of_words(line.words))
    if line.modalities:
        studies = _of_modalities(studies, line.modalities)
    return _between(studies, line.first, line.last)


def _of_words(words: Sequence[str]) -> QuerySet[StudySearchTerm, Any]:
    """Return the keys of the studies that are found by all the words, one within the other before any study is read."""
    terms = StudySearchTerm.objects.filter(term__begins_with=words[0])
    for word in words[1:]:
        terms = StudySearchTerm.objects.filter(term__begins_with=word, study__in=terms.values("study"))
    return terms.values_list("study", flat=True)


def _of_modalities(studies: QuerySet[Study], modalities: Collection[str]) -> QuerySet[Study]:
    sought = set(modalities)
    combinations = values_that("modalities_in_study", lambda held: not sought.isdisjoint(held.split("\\")))
    return studies.filter(modalities_in_study__in=combinations)


def _between(studies: QuerySet[Study], first: date | None, last: date | None) -> QuerySet[Study]:
    if first:
        studies = studies.filter(study_moment__gte=datetime.combine(first, time(), tzinfo=UTC))
    if last:
        end = datetime.combine(last + timedelta(days=1), time(), tzinfo=UTC)
        studies = studies.filter(study_moment__lt=end)
    return studies


def _of_reading(criteria: Criteria, user: User) -> Q:
    condition = Q()
    if criteria.statuses:
        condition &= Q(reading__status__in=criteria.statuses)
    if criteria.priorities:
        condition &= Q(reading__priority__in=criteria.priorities)
    if criteria.patient_class:
        condition &= Q(reading__patient_class=criteria.patient_class)
    if criteria.subspecialty == MINE:
        condition &= of_subspecialties(user)
    elif criteria.subspecialty:
        condition &= Q(reading__subspecialty=criteria.subspecialty)
    if criteria.physician:
        condition &= Q(reading__referring_physician_key__begins_with=fold(criteria.physician))
    if criteria.is_overdue:
        condition &= overdue(timezone.now())
    return condition & _of_reader(criteria.reader, user)


def _of_reader(reader: str, user: User) -> Q:
    if not reader:
        return Q()
    if reader == ME:
        return read_by(user)
    if reader == NOBODY:
        return Q(reading__assigned_to__isnull=True, reading__claimed_by__isnull=True, reading__isnull=False)
    person = User.objects.filter(username=reader).first()
    return read_by(person) if person else Q(pk__in=[])
