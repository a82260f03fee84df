"""What is recorded: each event with its DICOM codes and action.

References
----------
PS3.15 A.5.3 (messages), PS3.16 CID 400 (event ids) and CID 401 (event types)
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class EventType(StrEnum):
    """Every event that the system records, by our own name for it."""

    APPLICATION_STARTED = "application_started"
    APPLICATION_STOPPED = "application_stopped"
    AUDIT_LOG_USED = "audit_log_used"
    TRANSFER_BEGAN = "transfer_began"
    STUDY_OPENED = "study_opened"
    STUDY_EDITED = "study_edited"
    PATIENT_CHANGED = "patient_changed"
    ANNOTATION_CREATED = "annotation_created"
    ANNOTATION_CHANGED = "annotation_changed"
    ANNOTATION_DELETED = "annotation_deleted"
    KEY_IMAGE_MARKED = "key_image_marked"
    KEY_IMAGE_UNMARKED = "key_image_unmarked"
    READING_CHANGED = "reading_changed"
    ORDER_CHANGED = "order_changed"
    PROCEDURE_CHANGED = "procedure_changed"
    INSTANCES_STORED = "instances_stored"
    INSTANCES_REFUSED = "instances_refused"
    INSTANCES_SENT = "instances_sent"
    STUDY_DELETED = "study_deleted"
    STUDY_EXPORTED = "study_exported"
    INSTANCES_IMPORTED = "instances_imported"
    ARCHIVE_REINDEXED = "archive_reindexed"
    QUERY = "query"
    SECURITY_ALERT = "security_alert"
    NODE_REFUSED = "node_refused"
    ACCESS_REFUSED = "access_refused"
    DEVICE_CHANGED = "device_changed"
    USER_CREATED = "user_created"
    USER_CHANGED = "user_changed"
    USER_DEACTIVATED = "user_deactivated"
    USER_REACTIVATED = "user_reactivated"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- the name of an event
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105 -- the name of an event
    TOKEN_CREATED = "token_created"  # noqa: S105 -- the name of an event
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 -- the name of an event
    FACILITY_CHANGED = "facility_changed"
    ROLE_GRANTED = "role_granted"
    ROLE_REVOKED = "role_revoked"
    STUDY_SHARED = "study_shared"
    STUDY_UNSHARED = "study_unshared"
    LOGIN = "login"
    LOGOUT = "logout"
    LOGIN_LOCKED = "login_locked"
    SESSION_EXPIRED = "session_expired"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 -- the name of an event


@dataclass(frozen=True)
class EventCodes:
    """The codes of one event.

    Parameters
    ----------
    event_id
        EventID, CID 400.
    action
        EventActionCode: C create, R read, U update, D delete, E execute.
    event_type_code
        EventTypeCode, CID 401; empty where the standard gives none.
    label
        Name to show.
    """

    event_id: str
    action: str
    label: str | Promise
    event_type_code: str = ""


CODES_OF: dict[EventType, EventCodes] = {
    EventType.APPLICATION_STARTED: EventCodes("110100", "E", _("Application started"), "110120"),
    EventType.APPLICATION_STOPPED: EventCodes("110100", "E", _("Application stopped"), "110121"),
    EventType.AUDIT_LOG_USED: EventCodes("110101", "R", _("Audit log used")),
    EventType.TRANSFER_BEGAN: EventCodes("110102", "E", _("Transfer began")),
    EventType.STUDY_OPENED: EventCodes("110103", "R", _("Study opened")),
    EventType.STUDY_EDITED: EventCodes("110103", "U", _("Study edited")),
    EventType.PATIENT_CHANGED: EventCodes("110110", "U", _("Patient record changed")),
    EventType.ANNOTATION_CREATED: EventCodes("110103", "U", _("Annotation made")),
    EventType.ANNOTATION_CHANGED: EventCodes("110103", "U", _("Annotation changed")),
    EventType.ANNOTATION_DELETED: EventCodes("110103", "U", _("Annotation deleted")),
    EventType.KEY_IMAGE_MARKED: EventCodes("110103", "U", _("Key image marked")),
    EventType.KEY_IMAGE_UNMARKED: EventCodes("110103", "U", _("Key image no longer marked")),
    EventType.READING_CHANGED: EventCodes("110103", "U", _("Reading moved on")),
    EventType.ORDER_CHANGED: EventCodes("110109", "U", _("Order changed")),
    EventType.PROCEDURE_CHANGED: EventCodes("110111", "U", _("Examination moved on")),
    EventType.INSTANCES_STORED: EventCodes("110104", "C", _("Instances received")),
    EventType.INSTANCES_REFUSED: EventCodes("110104", "C", _("Instances refused")),
    EventType.INSTANCES_SENT: EventCodes("110104", "R", _("Instances sent")),
    EventType.STUDY_DELETED: EventCodes("110105", "D", _("Study deleted")),
    EventType.STUDY_EXPORTED: EventCodes("110106", "R", _("Study exported")),
    EventType.INSTANCES_IMPORTED: EventCodes("110107", "C", _("Instances imported")),
    EventType.ARCHIVE_REINDEXED: EventCodes("110100", "U", _("Stored files read again")),
    EventType.QUERY: EventCodes("110112", "E", _("Query")),
    EventType.SECURITY_ALERT: EventCodes("110113", "E", _("Security alert")),
    EventType.NODE_REFUSED: EventCodes("110113", "E", _("Device refused"), "110126"),
    EventType.ACCESS_REFUSED: EventCodes("110113", "E", _("Access refused"), "110132"),
    EventType.DEVICE_CHANGED: EventCodes("110113", "E", _("Device changed"), "110129"),
    EventType.USER_CREATED: EventCodes("110113", "E", _("User created"), "110137"),
    EventType.USER_CHANGED: EventCodes("110113", "E", _("User changed"), "110137"),
    EventType.USER_DEACTIVATED: EventCodes("110113", "E", _("User deactivated"), "110137"),
    EventType.USER_REACTIVATED: EventCodes("110113", "E", _("User reactivated"), "110137"),
    EventType.PASSWORD_CHANGED: EventCodes("110113", "E", _("Password changed"), "110137"),
    EventType.PASSWORD_RESET_ASKED: EventCodes("110113", "E", _("Password reset asked for"), "110137"),
    EventType.TOKEN_CREATED: EventCodes("110113", "E", _("Token created"), "110137"),
    EventType.TOKEN_REVOKED: EventCodes("110113", "E", _("Token revoked"), "110137"),
    EventType.FACILITY_CHANGED: EventCodes("110113", "E", _("Facility changed"), "110129"),
    EventType.ROLE_GRANTED: EventCodes("110113", "E", _("Role granted"), "110136"),
    EventType.ROLE_REVOKED: EventCodes("110113", "E", _("Role revoked"), "110136"),
    EventType.STUDY_SHARED: EventCodes("110113", "E", _("Study shared"), "110135"),
    EventType.STUDY_UNSHARED: EventCodes("110113", "E", _("Study no longer shared"), "110135"),
    EventType.LOGIN: EventCodes("110114", "E", _("Login"), "110122"),
    EventType.LOGOUT: EventCodes("110114", "E", _("Logout"), "110123"),
    EventType.LOGIN_LOCKED: EventCodes("110114", "E", _("Login locked"), "110122"),
    EventType.SESSION_EXPIRED: EventCodes("110114", "E", _("Session expired"), "110123"),
    EventType.TOKEN_REFUSED: EventCodes("110114", "E", _("Token refused"), "110122"),
}


def label_of(event_type: str) -> str:
    """Return the name to show of a recorded event, also of one that a newer release wrote."""
    try:
        return str(CODES_OF[EventType(event_type)].label)
    except ValueError:
        return event_type
