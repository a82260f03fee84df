from django.urls import path

import common.converters  # noqa: F401 -- makes <uid:...> known
from archive.views import files, upload

app_name = "archive"
urlpatterns = [
    path("upload/", upload.upload_page, name="upload"),
    path("upload/files/", upload.upload_file, name="upload_file"),
    path("instances/<uid:sop_instance_uid>/file.dcm", files.instance_file, name="instance_file"),
    path("instances/<uid:sop_instance_uid>/original.dcm", files.original_file, name="original_file"),
]
