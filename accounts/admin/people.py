"""Users, facilities and memberships in Django's admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.forms.models import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import manageable_users, managed_facilities, may_manage_users
from accounts.admin.base import ChoiceOfManaged, ManagedAdmin, SuperuserAdmin
from accounts.forms import AdminPasswordForm
from accounts.models import Facility, Membership, User
from accounts.services import facilities, memberships, users
from audit.context import current_actor

admin.site.unregister(Group)


class MembershipInline(ChoiceOfManaged, ManagedAdmin, admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    verbose_name_plural = _("roles at facilities")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A membership is granted or revoked, never changed into another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage_users(request.user)


@admin.register(User)
class AccountAdmin(ManagedAdmin, UserAdmin):  # type: ignore[type-arg]
    change_password_form = AdminPasswordForm
    inlines = [MembershipInline]
    list_display = ["username", "display_name", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "memberships__role", "memberships__facility"]
    search_fields = ["username", "display_name", "email"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["display_name", "email"]}),
        (
            _("Access"),
            {
                "fields": ["is_active", "is_staff", "is_superuser"],
                "description": _(
                    "Staff may open this site; a superuser manages all of it. Neither opens a single study: "
                    "only the roles below do. Users are deactivated, never deleted."
                ),
            },
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"fields": ["username", "usable_password", "password1", "password2", "display_name", "email"]},
        ),
    ]
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[User]":
        """Return the users whose account may be changed."""
        return manageable_users(request.user).order_by("username")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep names for ever, and the two highest rights in the hands of those who hold them."""
        fixed = [*self.readonly_fields, *(["username"] if obj else [])]
        return fixed if request.user.is_superuser else [*fixed, "is_staff", "is_superuser"]

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        """Create or change through the services."""
        actor = current_actor()
        if not change:
            password = (
                form.cleaned_data["password1"] if form.cleaned_data.get("set_usable_password", True) else None
            )
            created = users.create_user(
                username=obj.username,
                password=password,
                email=obj.email,
                display_name=obj.display_name,
                actor=actor,
            )
            obj.pk, obj._state.adding = created.pk, False
            return
        values = {name: getattr(obj, name) for name in users.CHANGEABLE if name in form.changed_data}
        users.change_user(obj, **values, actor=actor)
        if "is_active" in form.changed_data:
            set_active = users.reactivate_user if obj.is_active else users.deactivate_user
            set_active(obj, actor=actor)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Grant and revoke through the services."""
        save_memberships(formset)


def save_memberships(formset: "BaseModelFormSet[Membership, Any]") -> None:
    """Write what the formset asks for: removed rows are revoked, new ones granted."""
    added = formset.save(commit=False)
    for membership in formset.deleted_objects:
        memberships.revoke_membership(membership=membership, actor=current_actor())
    for membership in added:
        grant(membership)


def grant(membership: Membership) -> None:
    """Grant the membership that a form has filled in, and give the form its key."""
    granted = memberships.grant_membership(
        user=membership.user, facility=membership.facility, role=membership.role, actor=current_actor()
    )
    membership.pk, membership._state.adding = granted.pk, False


@admin.register(Facility)
class FacilityAdmin(SuperuserAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "issuer_of_patient_id", "is_active"]
    search_fields = ["code", "name"]
    actions = None

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Facility]":
        """Return the facilities that the user manages."""
        return managed_facilities(request.user).order_by("code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the code: devices, commands and old records name it."""
        return ["code"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: Facility, form: "ModelForm[Facility]", change: bool
    ) -> None:
        """Create or change through the services."""
        if change:
            names = ("name", "issuer_of_patient_id", "is_active")
            values = {name: getattr(obj, name) for name in names if name in form.changed_data}
            facilities.change_facility(obj, **values, actor=current_actor())
            return
        created = facilities.create_facility(
            code=obj.code, name=obj.name, issuer_of_patient_id=obj.issuer_of_patient_id, actor=current_actor()
        )
        obj.pk, obj._state.adding = created.pk, False


@admin.register(Membership)
class MembershipAdmin(ChoiceOfManaged, ManagedAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["user", "facility", "role"]
    list_filter = ["role", "facility"]
    search_fields = ["user__username", "user__display_name"]
    list_select_related = ["user", "facility"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Membership]":
        """Return the memberships at the facilities that the user manages."""
        managed = managed_facilities(request.user).values("pk")
        return Membership.objects.filter(facility__in=managed)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A membership is granted or revoked, never changed into another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_manage_users(request.user)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Grant through the service."""
        grant(obj)

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        """Revoke through the service."""
        memberships.revoke_membership(membership=obj, actor=current_actor())

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Membership]") -> None:
        """Revoke each through the service."""
        for membership in queryset.select_related("user", "facility"):
            memberships.revoke_membership(membership=membership, actor=current_actor())
