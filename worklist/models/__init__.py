"""Orders, acquisition and reading."""

from worklist.models.acquisition import PerformedProcedureStep, ScheduledProcedureStep
from worklist.models.department import DEFAULT_GOALS, Department, Reader, ReadingGoal
from worklist.models.lists import ListSettings, SavedList, Scope
from worklist.models.numbering import AccessionCounter
from worklist.models.orders import ImagingServiceRequest, PatientClass, Priority, RequestedProcedure
from worklist.models.reading import ReadingEvent, ReadingTask, SkippedTask

__all__ = [
    "DEFAULT_GOALS",
    "AccessionCounter",
    "Department",
    "ImagingServiceRequest",
    "ListSettings",
    "PatientClass",
    "PerformedProcedureStep",
    "Priority",
    "Reader",
    "ReadingEvent",
    "ReadingGoal",
    "ReadingTask",
    "RequestedProcedure",
    "SavedList",
    "ScheduledProcedureStep",
    "Scope",
    "SkippedTask",
]
