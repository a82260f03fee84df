"""Addresses of the auditor's log."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.log, name="log"),
    path("search/", views.search, name="search"),
    path("export/", views.export, name="export"),
]
