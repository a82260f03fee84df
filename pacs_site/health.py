"""Is the system alive, and can it do its work?"""

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from accounts.decorators import public
from archive.selectors import is_storage_usable
from audit.decorators import not_audited
from audit.models import AuditChainHead
from common.redis_client import redis_client


@require_GET
@not_audited("It tells nothing of patients or users.")
@public("Load balancers ask before anybody has logged in.")
def alive(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process can answer."""
    return JsonResponse({"status": "alive"})


@require_GET
@not_audited("It tells nothing of patients or users.")
@public("Load balancers ask before anybody has logged in.")
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, storage, broker and audit can all be used, else 503 and which cannot."""
    checks = {
        "database": _is_database_usable(),
        "storage": is_storage_usable(),
        "broker": _is_broker_usable(),
        "audit": _is_audit_usable(),
    }
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _is_database_usable() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_broker_usable() -> bool:
    try:
        return bool(redis_client().ping())
    except redis.RedisError:
        return False


def _is_audit_usable() -> bool:
    try:
        AuditChainHead.objects.exists()
    except DatabaseError:
        return False
    return True
