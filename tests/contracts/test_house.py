"""Rules of the house that no linter sees."""

from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.bearer import opens_to_tokens
from common.tasks import QUEUE_OF, TaskName
from pacs_site.layers import LAYER_OF

# Django's own pages, which stand behind the admin's own checks; and the empty address, which only forwards.
UNMARKED = {"admin", "home"}


def _routes(resolver: URLResolver, prefix: str = ""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in UNMARKED:
                yield from _routes(pattern, f"{prefix}{pattern.pattern}")
        elif pattern.name not in UNMARKED:
            yield f"{prefix}{pattern.pattern}", pattern


ROUTES = list(_routes(get_resolver()))


@pytest.mark.parametrize(("address", "route"), ROUTES, ids=[address for address, _ in ROUTES])
def test_every_route_says_who_may_and_whether_it_is_recorded(address: str, route: URLPattern):
    assert getattr(route.callback, "permission_mark", None), f"{address} has no permission mark"
    assert getattr(route.callback, "audit_mark", None), f"{address} has no audit mark"


def _names(resolver: URLResolver, namespace: str = ""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name or ''}", pattern


NAMES = dict(_names(get_resolver()))
# People sign in there, manage each other and read what is on record: a leaked token must not buy any of it.
CLOSED_TO_TOKENS = ("accounts:", "admin:", "audit:")


def test_every_address_that_tokens_open_exists_and_says_who_may():
    assert set(NAMES) >= settings.PACS_TOKEN_ROUTES
    for name in settings.PACS_TOKEN_ROUTES:
        assert getattr(NAMES[name].callback, "permission_mark", None), f"{name} has no permission mark"


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(CLOSED_TO_TOKENS)])
def test_tokens_open_no_page_of_accounts_admin_or_audit_log(name: str):
    assert not opens_to_tokens(name)


def test_the_pages_that_are_closed_to_tokens_were_found():
    assert {f"{name.split(':')[0]}:" for name in NAMES if ":" in name} >= set(CLOSED_TO_TOKENS)
    assert "" not in settings.PACS_TOKEN_ROUTES


def test_every_foreign_key_points_down_the_layers():
    for model in apps.get_models():
        package = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if package in LAYER_OF and field.many_to_one and target._meta.app_label in LAYER_OF:
                assert LAYER_OF[target._meta.app_label] <= LAYER_OF[package], f"{model.__name__}.{field.name}"


def test_the_audit_log_has_no_foreign_keys():
    for model in apps.get_app_config("audit").get_models():
        assert not [field for field in model._meta.get_fields() if field.is_relation]


def test_every_task_is_registered_and_has_a_queue():
    celery_app = import_module("pacs_site.celery").app
    celery_app.loader.import_default_modules()

    assert set(TaskName) == set(QUEUE_OF)
    assert {str(name) for name in TaskName} <= set(celery_app.tasks)
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= {
        str(name) for name in TaskName
    }
