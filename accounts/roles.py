"""The role catalogue: which role allows what. Reviewed like a document; nothing else grants a right.

A right over a *facility* reaches every study of the facility in which the role is held. A right over *shares* reaches
only studies that were shared with the user by name, whichever facility they belong to.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Codename(StrEnum):
    """Everything that may be allowed. Those on studies are also the codenames of object permissions."""

    VIEW_STUDY = "view_study"
    DOWNLOAD_STUDY = "download_study"
    UPLOAD_STUDY = "upload_study"
    EDIT_STUDY = "edit_study"
    OVERRIDE_FINAL = "override_final"
    REPORT_STUDY = "report_study"
    ANNOTATE_STUDY = "annotate_study"
    MANAGE_ORDERS = "manage_orders"
    ASSIGN_READING = "assign_reading"
    MANAGE_USERS = "manage_users"
    VIEW_AUDIT = "view_audit"


class Role(models.TextChoices):
    """What a person is at a facility."""

    RADIOLOGIST = "radiologist", _("Radiologist")
    TECHNOLOGIST = "technologist", _("Technologist")
    REFERRER = "referrer", _("Referring physician")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


@dataclass(frozen=True)
class Rights:
    """What one role allows."""

    over_facility: frozenset[Codename] = frozenset()
    over_shares: frozenset[Codename] = frozenset()


RIGHTS_OF: dict[Role, Rights] = {
    # Reads, reports, and takes in studies that patients bring along.
    Role.RADIOLOGIST: Rights(
        over_facility=frozenset(
            {
                Codename.VIEW_STUDY,
                Codename.DOWNLOAD_STUDY,
                Codename.UPLOAD_STUDY,
                Codename.REPORT_STUDY,
                Codename.ANNOTATE_STUDY,
                Codename.ASSIGN_READING,
            }
        ),
        over_shares=frozenset(
            {Codename.VIEW_STUDY, Codename.DOWNLOAD_STUDY, Codename.REPORT_STUDY, Codename.ANNOTATE_STUDY}
        ),
    ),
    # Makes the images, marks and measures on them, sends them and puts right what was entered wrongly; enters orders.
    Role.TECHNOLOGIST: Rights(
        over_facility=frozenset(
            {
                Codename.VIEW_STUDY,
                Codename.UPLOAD_STUDY,
                Codename.EDIT_STUDY,
                Codename.ANNOTATE_STUDY,
                Codename.MANAGE_ORDERS,
            }
        ),
        over_shares=frozenset({Codename.VIEW_STUDY}),
    ),
    # Sees nothing of a facility but what was shared by name.
    Role.REFERRER: Rights(over_shares=frozenset({Codename.VIEW_STUDY, Codename.DOWNLOAD_STUDY})),
    # Resolves problems, which takes sight of the studies; manages the people of the facility.
    Role.ADMINISTRATOR: Rights(
        over_facility=frozenset(
            {
                Codename.VIEW_STUDY,
                Codename.DOWNLOAD_STUDY,
                Codename.UPLOAD_STUDY,
                Codename.EDIT_STUDY,
                Codename.OVERRIDE_FINAL,
                Codename.MANAGE_ORDERS,
                Codename.ASSIGN_READING,
                Codename.MANAGE_USERS,
            }
        ),
        over_shares=frozenset({Codename.VIEW_STUDY}),
    ),
    # Watches the watchers: the audit log, never an image.
    Role.AUDITOR: Rights(over_facility=frozenset({Codename.VIEW_AUDIT})),
}


def roles_over_facility(codename: Codename) -> list[Role]:
    """Return the roles that allow it on everything of their facility."""
    return [role for role, rights in RIGHTS_OF.items() if codename in rights.over_facility]


def roles_over_shares(codename: Codename) -> list[Role]:
    """Return the roles that allow it on what was shared with the user by name."""
    return [role for role, rights in RIGHTS_OF.items() if codename in rights.over_shares]
