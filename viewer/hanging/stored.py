"""Stored protocols that hang for a user."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from archive.models import Study
from viewer.access import facilities_with_protocols
from viewer.exceptions import InvalidProtocolError
from viewer.hanging.matching import Candidate, Rank
from viewer.hanging.reading import read_protocol
from viewer.models import HangingProtocol
from viewer.models.hanging_protocol import Scope

_RANKS = {Scope.USER: Rank.USER, Scope.ROLE: Rank.ROLE, Scope.FACILITY: Rank.FACILITY}


def protocols_of(user: User | AnonymousUser, facility_pk: int | None = None) -> QuerySet[HangingProtocol]:
    """Return the protocols of a user, of his roles and of the facilities that he works at; of one facility if named."""
    held = Membership.objects.filter(user=user.pk, facility__is_active=True)
    if facility_pk is not None:
        held = held.filter(facility=facility_pk)
    groups = Q()
    for facility, role in held.values_list("facility", "role"):
        groups |= Q(scope=Scope.FACILITY, facility=facility) | Q(
            scope=Scope.ROLE, facility=facility, role=role
        )
    found = HangingProtocol.objects.filter(Q(scope=Scope.USER, user=user.pk) | groups)
    return found.select_related("facility").order_by("name", "pk")


def listed_protocols(user: User | AnonymousUser) -> QuerySet[HangingProtocol]:
    """Return the protocols of a user and those that he manages: those of every role of his facilities."""
    own = Q(pk__in=protocols_of(user).values("pk"))
    managed = Q(facility__in=facilities_with_protocols(user))
    return HangingProtocol.objects.filter(own | managed).select_related("facility").order_by("name", "pk")


def own_candidates(user: User | AnonymousUser, study: Study) -> list[Candidate]:
    """Return the stored protocols that may hang a study for a user."""
    return list(candidates_of(protocols_of(user, study.facility_id)))


def candidates_of(rows: Iterable[HangingProtocol]) -> Iterable[Candidate]:
    """Yield stored protocols as values; one that another release wrote and this one cannot read is left out."""
    for row in rows:
        try:
            protocol = read_protocol(row.body)
        except InvalidProtocolError:
            continue
        yield Candidate(str(row.protocol_uid), _RANKS[Scope(row.scope)], protocol, row.updated_at)
