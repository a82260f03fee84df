"""Models of the archive, one level of the information model per file."""

from archive.models import lookups as lookups
from archive.models.blob import Blob
from archive.models.conflict import ArrivalConflict
from archive.models.correction import AwaitedRejection, Correction, CorrectionKind
from archive.models.instance import Instance
from archive.models.outbox import OwedWork
from archive.models.patient import Patient
from archive.models.permissions import StudyGroupObjectPermission, StudyUserObjectPermission
from archive.models.plan import Contribution, NewRow, Plan, PreviewLine, RowChange
from archive.models.reindexing import Reindexing
from archive.models.series import Series
from archive.models.study import ReceptionStatus, Study, StudySearchTerm

__all__ = [
    "ArrivalConflict",
    "AwaitedRejection",
    "Blob",
    "Contribution",
    "Correction",
    "CorrectionKind",
    "Instance",
    "NewRow",
    "OwedWork",
    "Patient",
    "Plan",
    "PreviewLine",
    "ReceptionStatus",
    "Reindexing",
    "RowChange",
    "Series",
    "Study",
    "StudyGroupObjectPermission",
    "StudySearchTerm",
    "StudyUserObjectPermission",
]
