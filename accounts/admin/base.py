"""Who may open the pages of accounts, and what their forms offer."""

from typing import Any

from django.forms import ModelChoiceField
from django.http import HttpRequest

from accounts.access import managed_facilities, may_manage_users
from accounts.models import User


class ManagedAdmin:
    """Who may open these pages, in place of Django's model permissions."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_manage_users(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage_users(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage_users(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage_users(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SuperuserAdmin(ManagedAdmin):
    """The same for what superusers alone may write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser


class ChoiceOfManaged:
    """Offers only the facilities and users that the user manages."""

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any]":
        choices = {
            "facility": managed_facilities(request.user),
            "user": User.objects.filter(is_active=True)
            if request.user.is_superuser
            else User.objects.filter(is_active=True, is_staff=False, is_superuser=False),
        }
        kwargs["queryset"] = choices[db_field.name]
        field: ModelChoiceField[Any] = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        return field
