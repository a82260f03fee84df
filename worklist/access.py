"""Who may order, examine, read and assign. The only file of the worklist that names rights."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Facility, Membership, User
from accounts.permissions import facilities_with, filter_visible, may, may_on
from accounts.roles import Codename, roles_over_facility
from archive.access import visible_studies
from archive.models import Study
from worklist.models import (
    Department,
    Reader,
    ReadingGrant,
    ReadingTask,
    RequestedProcedure,
    SavedList,
    ScheduledProcedureStep,
    Scope,
)

Visitor = User | AnonymousUser


def visible_tasks(user: Visitor) -> QuerySet[ReadingTask]:
    """Return the reading tasks of the studies that a user may see."""
    return ReadingTask.objects.filter(study__in=visible_studies(user))


def readable_studies(user: Visitor) -> QuerySet[Study]:
    """Return the studies on which the user may report, by membership or because they were shared for that."""
    return filter_visible(Study.objects.filter(is_withdrawn=False), user, Codename.REPORT_STUDY)


def exportable_studies(user: Visitor) -> QuerySet[Study]:
    """Return the studies that may leave the system with the user."""
    return filter_visible(Study.objects.all(), user, Codename.DOWNLOAD_STUDY)


def may_read(user: Visitor, study: Study) -> bool:
    """Return whether the user may claim and report a study."""
    return may_on(user, Codename.REPORT_STUDY, study)


def may_assign(user: Visitor, study: Study) -> bool:
    """Return whether the user may give a study to a reader and change its priority."""
    return may(user, Codename.ASSIGN_READING, study.facility_id)


def may_be_lent(reader: User, study: Study) -> bool:
    """Return whether a study may be assigned to somebody who reads at a facility from which its own takes readers."""
    partners = Department.objects.filter(pk=study.facility_id).values("readers_from")
    return facilities_with(reader, Codename.REPORT_STUDY).filter(pk__in=partners).exists()


def readers_on_duty() -> QuerySet[Reader]:
    """Return the profiles of those who are on duty and may report at their facility."""
    reading = Membership.objects.filter(
        user=OuterRef("user"),
        facility=OuterRef("facility"),
        facility__is_active=True,
        role__in=roles_over_facility(Codename.REPORT_STUDY),
    )
    return Reader.objects.filter(Exists(reading), is_on_duty=True, user__is_active=True)


def assigning_facilities(user: Visitor) -> QuerySet[Facility]:
    """Return the facilities at which the user reads and which assign by load and subspecialty."""
    return facilities_with(user, Codename.REPORT_STUDY).filter(department__assigns_automatically=True)


def may_correct(user: Visitor, study: Study) -> bool:
    """Return whether the user may check the images of a study and put right what is wrong."""
    return may_on(user, Codename.EDIT_STUDY, study)


def goal_facilities(user: Visitor) -> QuerySet[Facility]:
    """Return the facilities whose reading the user assigns, and whose service he therefore watches."""
    return facilities_with(user, Codename.ASSIGN_READING).select_related("department")


def ordering_facilities(user: Visitor) -> QuerySet[Facility]:
    """Return the facilities whose orders and examinations the user manages."""
    return facilities_with(user, Codename.MANAGE_ORDERS)


def may_protocol(user: Visitor, procedure: RequestedProcedure) -> bool:
    """Return whether the user may lay down how an examination is done: who reads there, and who examines."""
    facility_pk = procedure.imaging_service_request.facility_id
    return may(user, Codename.MANAGE_ORDERS, facility_pk) or may(user, Codename.REPORT_STUDY, facility_pk)


def facilities_in_sight(user: Visitor) -> QuerySet[Facility]:
    """Return the facilities of which the user sees everything or reads something, with their departments."""
    lent = ReadingGrant.objects.filter(user=user.pk).values("task__facility")
    whole = facilities_with(user, Codename.VIEW_STUDY).values("pk")
    return Facility.objects.filter(Q(pk__in=whole) | Q(pk__in=lent, is_active=True)).select_related(
        "department"
    )


def viewing_facilities(user: Visitor) -> QuerySet[Facility]:
    """Return the facilities whose examinations the user may see, with their departments."""
    return facilities_with(user, Codename.VIEW_STUDY).select_related("department")


def visible_procedures(user: Visitor) -> QuerySet[RequestedProcedure]:
    """Return the requested procedures of the facilities whose studies the user may see."""
    facilities = facilities_with(user, Codename.VIEW_STUDY)
    return RequestedProcedure.objects.filter(imaging_service_request__facility__in=facilities)


def visible_steps(user: Visitor) -> QuerySet[ScheduledProcedureStep]:
    """Return the scheduled steps of the facilities whose studies the user may see."""
    return ScheduledProcedureStep.objects.filter(facility__in=facilities_with(user, Codename.VIEW_STUDY))


def list_facilities(user: Visitor) -> QuerySet[Facility]:
    """Return the facilities for which the user saves lists: those that he administers."""
    return facilities_with(user, Codename.MANAGE_USERS)


def may_save_lists(user: Visitor, facility: Facility) -> bool:
    """Return whether the user may save and change the lists of a facility and of the roles at it."""
    return list_facilities(user).filter(pk=facility.pk).exists()


def visible_lists(user: Visitor) -> QuerySet[SavedList]:
    """Return the saved lists that a user has: the own ones, those of the own roles, those of the own facilities."""
    if user.pk is None:
        return SavedList.objects.none()
    memberships = Membership.objects.filter(
        user=user.pk, facility__is_active=True, facility=OuterRef("facility")
    )
    of_role = Exists(memberships.filter(role=OuterRef("role")))
    return SavedList.objects.filter(
        Q(scope=Scope.USER, user=user.pk)
        | Q(of_role, scope=Scope.ROLE)
        | Q(Exists(memberships), scope=Scope.FACILITY)
    ).order_by("name", "pk")


def readers_of(user: Visitor) -> QuerySet[User]:
    """Return the people to whom studies that the user may see can be assigned, for choosing one.

    They report at those facilities, or at others from which these take readers.
    """
    facilities = facilities_with(user, Codename.VIEW_STUDY)
    partners = Department.objects.filter(facility__in=facilities, readers_from__isnull=False)
    reading = Membership.objects.filter(
        Q(facility__in=facilities) | Q(facility__in=partners.values("readers_from")),
        facility__is_active=True,
        role__in=roles_over_facility(Codename.REPORT_STUDY),
    )
    return User.objects.filter(pk__in=reading.values("user"), is_active=True).order_by(
        "display_name", "username"
    )
