from django.urls import path

import common.converters  # noqa: F401 -- makes <uid:...> known
from worklist.views import events, listing

app_name = "worklist"
urlpatterns = [
    path("", listing.study_list, name="list"),
    path("search/", listing.search, name="search"),
    path("events/", events.study_events, name="events"),
    path("rows/<uid:study_instance_uid>/", listing.study_row, name="row"),
    path("studies/<uid:study_instance_uid>/series/", listing.study_series, name="series"),
]
