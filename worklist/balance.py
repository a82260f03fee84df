"""Who should get the next study: the readers on duty, what each has before him, and whose it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.models import Facility, User
from worklist.access import Visitor, assigning_facilities, readers_on_duty
from worklist.models import DEFAULT_WEIGHTS, Priority, Reader, ReadingTask, ReadingWeight
from worklist.states import ReadingStatus

# Checked, or a STAT whose images are all there; of what still arrives nobody knows yet whose it is.
READY = Q(status=ReadingStatus.CHECKED) | Q(status=ReadingStatus.COMPLETED, priority=Priority.STAT)
_BEFORE_HIM = (ReadingStatus.COMPLETED, ReadingStatus.CHECKED, ReadingStatus.BEING_READ)
_FILM = Decimal(1)


@dataclass(frozen=True)
class OnDuty:
    """A reader who takes studies of a facility now.

    Attributes
    ----------
    subspecialties
        Codes of what he reads there; none means everything.
    share_percent
        His share of the work, 100 a full one.
    waiting
        How many studies are assigned to him and not yet reported, wherever they come from.
    load
        What they weigh.
    """

    user: User
    subspecialties: frozenset[str] = frozenset()
    share_percent: int = 100
    waiting: int = 0
    load: Decimal = field(default_factory=Decimal)

    @property
    def burden(self) -> tuple[Decimal, int]:
        """What he has before him by his share, the least first; of equals the one who was there first."""
        return self.load * 100 / self.share_percent, self.user.pk


def choose(readers: Iterable[OnDuty], subspecialty: str) -> OnDuty | None:
    """Return who gets a study; None where nobody on duty reads it.

    Those of its subspecialty come first, then those who read everything. A study of which nothing tells the
    subspecialty goes to these, else to anybody.
    """
    readers = list(readers)
    own = [reader for reader in readers if subspecialty and subspecialty in reader.subspecialties]
    general = [reader for reader in readers if not reader.subspecialties]
    fitting = own or general or ([] if subspecialty else readers)
    return min(fitting, key=lambda reader: reader.burden, default=None)


def read_by_any(readers: Sequence[OnDuty]) -> Q:
    """Return the condition that one of the readers would get a task."""
    if not readers:
        return Q(pk__in=[])
    if any(not reader.subspecialties for reader in readers):
        return Q()
    return Q(subspecialty__in=frozenset().union(*(reader.subspecialties for reader in readers), {""}))


def on_duty_at(facility_pk: int) -> list[OnDuty]:
    """Return the readers on duty at a facility with what each has before him. Three queries."""
    profiles = list(readers_on_duty().filter(facility=facility_pk).select_related("user").order_by("user"))
    waiting = _waiting([profile.user_id for profile in profiles])
    return [
        OnDuty(
            user=profile.user,
            subspecialties=frozenset(profile.subspecialties),
            share_percent=profile.share_percent,
            waiting=sum(count for count, _ in waiting.get(profile.user_id, [])),
            load=sum((count * weight for count, weight in waiting.get(profile.user_id, [])), Decimal()),
        )
        for profile in profiles
    ]


def is_on_duty(user: Visitor, facilities: Iterable[Facility]) -> bool | None:
    """Return whether studies are assigned to the user now; None where he reads nowhere that assigns automatically.

    Parameters
    ----------
    facilities
        Those in his sight, with their departments; where none of them assigns, the database is not asked.
    """
    departments = [getattr(facility, "department", None) for facility in facilities]
    if not any(department and department.assigns_automatically for department in departments):
        return None
    profiles = Reader.objects.filter(user=user.pk, facility=OuterRef("pk"), is_on_duty=True)
    assigning = assigning_facilities(user).annotate(is_on_duty=Exists(profiles))
    duties = list(assigning.values_list("is_on_duty", flat=True))
    return any(duties) if duties else None


def _waiting(user_pks: Sequence[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """Return by reader how many studies wait for him, and what one weighs, by facility and modality."""
    rows = (
        ReadingTask.objects.filter(
            Q(claimed_by__isnull=True) | Q(claimed_by=F("assigned_to")),
            assigned_to__in=user_pks,
            status__in=_BEFORE_HIM,
            study__is_withdrawn=False,
        )
        .values_list("assigned_to", "facility", "modality")
        .annotate(count=Count("pk"))
        .order_by()
    )
    own = {
        (weight.facility_id, weight.modality): weight.weight
        for weight in ReadingWeight.objects.filter(facility__readers__user__in=user_pks).distinct()
    }
    waiting: dict[int, list[tuple[int, Decimal]]] = {}
    for user_pk, facility_pk, modality, count in rows:
        weight = own.get((facility_pk, modality), DEFAULT_WEIGHTS.get(modality, _FILM))
        waiting.setdefault(user_pk, []).append((count, weight))
    return waiting
