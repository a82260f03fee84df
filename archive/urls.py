from django.urls import path

from archive.views import upload

app_name = "archive"
urlpatterns = [
    path("upload/", upload.upload_page, name="upload"),
    path("upload/files/", upload.upload_file, name="upload_file"),
]
