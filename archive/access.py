"""Who may see and take in what. The only file of the archive that names rights."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Facility, User
from accounts.permissions import facilities_with, filter_visible
from accounts.roles import Codename
from archive.models import Study


def visible_studies(user: User | AnonymousUser) -> QuerySet[Study]:
    """Return the studies that a user may open: of facilities by membership, or shared by name."""
    return filter_visible(Study.objects.all(), user, Codename.VIEW_STUDY)


def upload_facilities(user: User | AnonymousUser) -> QuerySet[Facility]:
    """Return the facilities for which a user may bring in studies."""
    return facilities_with(user, Codename.UPLOAD_STUDY)
