"""The public map of the system: one include per app."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from pacs_site import health, notices

handler500 = "pacs_site.errors.answer_failure"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="worklist:start"), name="home"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("archive/", include("archive.urls")),
    path("audit/", include("audit.urls")),
    path("worklist/", include("worklist.urls")),
    path("viewer/", include("viewer.urls")),
    path("notices/", notices.notices, name="notices"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
