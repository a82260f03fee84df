from django.urls import path

import common.converters  # noqa: F401 -- makes <uid:...> known
from viewer.views import (
    ahead,
    annotations,
    cine,
    documents,
    evidence,
    exports,
    fusion,
    hanging,
    page,
    palettes,
    planes,
    preferences,
    presentations,
    recordings,
    regions,
    slides,
    statistics,
    tiles,
)

app_name = "viewer"
urlpatterns = [
    path("studies/<uid:study_instance_uid>/", page.study_page, name="study"),
    path("preferences.json", preferences.preferences, name="preferences"),
    path("palettes.json", palettes.palettes, name="palettes"),
    path("hanging/protocols.json", hanging.protocols, name="hanging_protocols"),
    path("hanging/protocols/<slug:protocol_id>.json", hanging.protocol, name="hanging_protocol"),
    path("studies/<uid:study_instance_uid>/ahead/", ahead.ahead, name="ahead"),
    path("studies/<uid:study_instance_uid>/manifest.json", page.manifest, name="manifest"),
    path(
        "studies/<uid:study_instance_uid>/presentations.json",
        presentations.presentations,
        name="presentations",
    ),
    path("studies/<uid:study_instance_uid>/annotations.json", annotations.annotations, name="annotations"),
    path(
        "studies/<uid:study_instance_uid>/annotations/<uid:annotation_uid>/statistics.json",
        statistics.statistics_on_plane,
        name="statistics_on_plane",
    ),
    path(
        "studies/<uid:study_instance_uid>/annotations/<uid:annotation_uid>",
        annotations.annotation,
        name="annotation",
    ),
    path(
        "studies/<uid:study_instance_uid>/key-images/<uid:sop_instance_uid>/<int:frame_number>",
        annotations.key_image,
        name="key_image",
    ),
    path("studies/<uid:study_instance_uid>/exports", exports.export, name="export"),
    path("studies/<uid:study_instance_uid>/films", cine.film, name="film"),
    path("studies/<uid:study_instance_uid>/films/<uuid:export_id>.json", cine.progress, name="film_progress"),
    path("studies/<uid:study_instance_uid>/films/<uuid:export_id>", cine.download, name="film_download"),
    path("studies/<uid:study_instance_uid>/recordings", recordings.recording, name="recording"),
    path(
        "studies/<uid:study_instance_uid>/recordings/<uuid:export_id>/<int:index>",
        recordings.recorded_picture,
        name="recorded_picture",
    ),
    path("studies/<uid:study_instance_uid>/evidence", evidence.evidence, name="evidence"),
    path(
        "presentations/<uid:state_sop_instance_uid>/<uid:sop_instance_uid>.bin",
        presentations.presented_table,
        name="presented_table",
    ),
    path(
        "presentations/<uid:state_sop_instance_uid>/<uid:sop_instance_uid>.png",
        presentations.presented_marks,
        name="presented_marks",
    ),
    path(
        "tiles/<uid:sop_instance_uid>/<int:frame_number>/<int:level>/<int:column>/<int:row>.png",
        tiles.tile,
        name="tile",
    ),
    path(
        "slides/<uid:sop_instance_uid>/<int:picture_number>/<int:level>/<int:column>/<int:row>.png",
        slides.slide,
        name="slide",
    ),
    path(
        "lookups/<uid:sop_instance_uid>/<int:frame_number>/<int:voi_index>.bin", tiles.lookup, name="lookup"
    ),
    path("marks/<uid:sop_instance_uid>/<int:frame_number>.png", tiles.marks, name="marks"),
    path(
        "regions/<uid:region_sop_instance_uid>/<uid:sop_instance_uid>/<int:frame_number>.png",
        regions.region_bitmap,
        name="region_bitmap",
    ),
    path(
        "regions/<uid:region_sop_instance_uid>/<uid:sop_instance_uid>/<int:frame_number>.json",
        regions.region_contours,
        name="region_contours",
    ),
    path("documents/<uid:sop_instance_uid>/report.json", documents.report, name="report_document"),
    path("documents/<uid:sop_instance_uid>/document.pdf", documents.pdf, name="pdf_document"),
    path("documents/<uid:sop_instance_uid>/waveform.json", documents.waveform, name="waveform_document"),
    path(
        "documents/<uid:sop_instance_uid>/waveform/<int:group_number>/<int:chunk_index>.bin",
        documents.samples,
        name="waveform_samples",
    ),
    path("documents/<uid:sop_instance_uid>/file", documents.download, name="document_file"),
    path(
        "statistics/<uid:sop_instance_uid>/<int:frame_number>.json",
        statistics.statistics,
        name="statistics",
    ),
    path("series/<uid:series_instance_uid>/thumbnail.png", tiles.thumbnail, name="thumbnail"),
    path("series/<uid:series_instance_uid>/fusion.json", fusion.partners, name="fusion"),
    path(
        "fusion/<uid:overlay_uid>/images/<uid:sop_instance_uid>/<int:frame_number>/<int:level>/<int:column>/<int:row>.png",
        fusion.image,
        name="fused_image",
    ),
    path(
        "fusion/<uid:overlay_uid>/planes/<uid:series_instance_uid>/oblique/<int:level>/<int:column>/<int:row>.png",
        fusion.oblique_plane,
        name="fused_oblique_plane",
    ),
    path(
        "fusion/<uid:overlay_uid>/planes/<uid:series_instance_uid>/<slug:name>/<int:index>/<int:level>/<int:column>"
        "/<int:row>.png",
        fusion.plane,
        name="fused_plane",
    ),
    path("series/<uid:series_instance_uid>/volume.json", planes.volume, name="volume"),
    path("series/<uid:series_instance_uid>/block.bin", planes.block, name="volume_block"),
    path(
        "planes/<uid:series_instance_uid>/oblique/<int:level>/<int:column>/<int:row>.png",
        planes.oblique_plane,
        name="oblique_plane",
    ),
    path(
        "planes/<uid:series_instance_uid>/<slug:name>/<int:index>/<int:level>/<int:column>/<int:row>.png",
        planes.plane,
        name="plane",
    ),
]
