from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DimseConfig(AppConfig):
    name = "dimse"
    verbose_name = _("DICOM devices")
