from django.urls import path

import common.converters  # noqa: F401 -- makes <uid:...> known
from worklist.views import (
    events,
    examination,
    examinations,
    export,
    goals,
    listing,
    lists,
    orders,
    reading,
    unmatched,
)

app_name = "worklist"
urlpatterns = [
    path("", listing.study_list, name="list"),
    path("start/", listing.start, name="start"),
    path("search/", listing.search, name="search"),
    path("counts/", listing.counts, name="counts"),
    path("export.csv", export.export, name="export"),
    path("lists/", lists.saved_lists, name="saved_lists"),
    path("lists/<uuid:list_uid>/", lists.saved_list, name="saved_list"),
    path("settings/", lists.settings, name="settings"),
    path("reading/", reading.act_on_many, name="reading_of_many"),
    path("studies/<uid:study_instance_uid>/reading/<slug:action>/", reading.act, name="reading"),
    path("events/", events.study_events, name="events"),
    path("rows/<uid:study_instance_uid>/", listing.study_row, name="row"),
    path("studies/<uid:study_instance_uid>/series/", listing.study_series, name="series"),
    path("studies/<uid:study_instance_uid>/check/", examination.image_check, name="image_check"),
    path("studies/<uid:study_instance_uid>/hand-over/", examination.hand_over, name="hand_over"),
    path("studies/<uid:study_instance_uid>/note/", examination.note_for_reader, name="note_for_reader"),
    path("studies/<uid:study_instance_uid>/order/match/", unmatched.match, name="match"),
    path("studies/<uid:study_instance_uid>/order/part/", unmatched.part, name="part"),
    path("studies/<uid:study_instance_uid>/order/waive/", unmatched.waive, name="waive"),
    path("examinations/", examinations.day_list, name="examinations"),
    path("examinations/rows/<uid:study_instance_uid>/", examinations.rows_of_study, name="examination_rows"),
    path("examinations/<int:procedure_pk>/", examination.examination, name="examination"),
    path("examinations/<int:procedure_pk>/protocol/", examination.protocol_note, name="protocol_note"),
    path("steps/<int:step_pk>/", examinations.act_on_step, name="act_on_step"),
    path("orders/new/", orders.new_order, name="new_order"),
    path("orders/<int:order_pk>/cancel/", orders.cancel, name="cancel_order"),
    path("goals/", goals.service_goals, name="goals"),
    path("goals/table.csv", goals.goals_table, name="goals_table"),
    path("wall/", goals.wall, name="wall"),
    path("without-order/", unmatched.queue, name="unmatched"),
]
