"""What the navigation of every page needs to know."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.decorators import roles_of_request
from accounts.permissions import roles_allow
from accounts.roles import Codename


def navigation(request: HttpRequest) -> dict[str, object]:
    """Return what the menu may offer; looked up only by pages that ask."""

    def flag(codename: Codename) -> object:
        return SimpleLazyObject(lambda: roles_allow(roles_of_request(request), codename))

    return {
        "may_upload": flag(Codename.UPLOAD_STUDY),
        "may_download": flag(Codename.DOWNLOAD_STUDY),
        "may_view_audit": flag(Codename.VIEW_AUDIT),
        "may_view_examinations": flag(Codename.VIEW_STUDY),
        "may_assign_reading": flag(Codename.ASSIGN_READING),
        "may_manage_orders": flag(Codename.MANAGE_ORDERS),
        "may_correct_studies": flag(Codename.EDIT_STUDY),
    }
