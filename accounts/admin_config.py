"""Django's admin as an application, with our site in place of its own."""

from django.contrib.admin.apps import AdminConfig


class ReadingRoomAdminConfig(AdminConfig):
    """Django's admin with our own login page in front."""

    default_site = "accounts.admin_site.ReadingRoomAdminSite"
