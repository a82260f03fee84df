"""Which studies fit what was asked."""

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from archive.models import ReceptionStatus, Series, Study, StudySearchTerm
from dicomkit.person_name import fold
from worklist.built_in import BUILT_IN_OF, of_subspecialties, overdue, read_by
from worklist.criteria import ME, MINE, NOBODY, Criteria
from worklist.search_line import understand


def matching(studies: QuerySet[Study], criteria: Criteria, *, user: User, today: date) -> QuerySet[Study]:
    """Return those studies that fit the criteria, in no order."""
    chosen = BUILT_IN_OF.get(criteria.list_key)
    if chosen:
        studies = studies.filter(chosen.condition(user, timezone.now()))
    studies = _of_line(studies, criteria.text, today)
    studies = studies.filter(_of_reading(criteria, user))
    if criteria.modality:
        studies = studies.filter(pk__in=Series.objects.filter(modality=criteria.modality).values("study_id"))
    if criteria.body_part:
        studies = studies.filter(body_parts_examined__icontains=criteria.body_part)
    if criteria.facility_code:
        studies = studies.filter(facility__code=criteria.facility_code)
    if criteria.is_arriving:
        studies = studies.filter(status=ReceptionStatus.RECEIVING)
    return _between(studies, *criteria.date_range(today))


def _of_line(studies: QuerySet[Study], text: str, today: date) -> QuerySet[Study]:
    line = understand(text, today)
    for word in line.words:
        found = StudySearchTerm.objects.filter(term__begins_with=word).values("study_id")
        studies = studies.filter(pk__in=found)
    if line.modalities:
        of_modality = Series.objects.filter(modality__in=line.modalities).values("study_id")
        studies = studies.filter(pk__in=of_modality)
    return _between(studies, line.first, line.last)


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
