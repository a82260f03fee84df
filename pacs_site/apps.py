from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "pacs_site"
