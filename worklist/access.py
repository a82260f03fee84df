"""Who may order, examine, read and assign. The only file of the worklist that names rights."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Facility, User
from accounts.permissions import facilities_with, filter_visible, may, may_on
from accounts.roles import Codename
from archive.access import visible_studies
from archive.models import Study
from worklist.models import ReadingTask, RequestedProcedure, ScheduledProcedureStep

Visitor = User | AnonymousUser


def visible_tasks(user: Visitor) -> QuerySet[ReadingTask]:
    """Return the reading tasks of the studies that a user may see."""
    return ReadingTask.objects.filter(study__in=visible_studies(user))


def readable_studies(user: Visitor) -> QuerySet[Study]:
    """Return the studies on which the user may report, by membership or because they were shared for that."""
    return filter_visible(Study.objects.all(), user, Codename.REPORT_STUDY)


def may_read(user: Visitor, study: Study) -> bool:
    """Return whether the user may claim and report a study."""
    return may_on(user, Codename.REPORT_STUDY, study)


def correctable_studies(user: Visitor) -> QuerySet[Study]:
    """Return the studies on which the user may put right what is wrong."""
    return filter_visible(Study.objects.all(), user, Codename.EDIT_STUDY)


def may_assign(user: Visitor, study: Study) -> bool:
    """Return whether the user may give a study to a reader and change its priority."""
    return may(user, Codename.ASSIGN_READING, study.facility_id)


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
