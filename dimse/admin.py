"""Application entities in Django's admin. Every write goes through the service, so that it is recorded.

Superusers manage all; an administrator of a facility, who is also staff, manages the devices of that facility.
Nothing is deleted: an entity that is no longer there is made inactive, so that its title keeps its meaning in old
records.
"""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest

from accounts.access import managed_facilities
from audit.context import current_actor
from dimse.models import ApplicationEntity
from dimse.services.peers import add_peer, change_peer


@admin.register(ApplicationEntity)
class ApplicationEntityAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = [
        "ae_title", "host", "port", "facility", "may_store", "may_query", "may_retrieve", "may_use_worklist",
        "is_active", "last_seen_at",
    ]  # fmt: skip
    list_filter = ["is_active", "facility"]
    list_select_related = ["facility"]
    search_fields = ["ae_title", "host", "description"]
    readonly_fields = ["last_seen_at"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ApplicationEntity]":
        """Return the entities of the facilities that the user manages."""
        return ApplicationEntity.objects.filter(facility__in=managed_facilities(request.user)).order_by(
            "ae_title"
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return managed_facilities(request.user).exists()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return managed_facilities(request.user).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return managed_facilities(request.user).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return managed_facilities(request.user).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the title: old records name it."""
        return [*self.readonly_fields, "ae_title"] if obj else [*self.readonly_fields, "is_active"]

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Offer the facilities that the user manages."""
        kwargs["queryset"] = managed_facilities(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ApplicationEntity, form: "ModelForm[ApplicationEntity]", change: bool
    ) -> None:
        """Write through the services."""
        if change:
            change_peer(
                obj,
                host=obj.host,
                port=obj.port,
                facility=obj.facility,
                rights=obj.rights,
                description=obj.description,
                is_active=obj.is_active,
                actor=current_actor(),
            )
            return
        added = add_peer(
            ae_title=obj.ae_title,
            host=obj.host,
            port=obj.port,
            facility=obj.facility,
            rights=obj.rights,
            description=obj.description,
            actor=current_actor(),
        )
        obj.pk, obj._state.adding = added.pk, False
