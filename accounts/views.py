"""Login, logout, change and reset of the password."""

from typing import Any

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy

from accounts import forms
from accounts.decorators import public, requires
from accounts.middleware import CLEAR_SITE_DATA
from audit.decorators import not_audited


class LoginView(auth_views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = forms.LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say why the page came up where a session has ended."""
        return super().get_context_data(has_expired="expired" in self.request.GET, **kwargs)


class LogoutView(auth_views.LogoutView):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out and have the browser forget the images and pages that it kept."""
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = CLEAR_SITE_DATA
        return response


class PasswordChangeView(auth_views.PasswordChangeView):
    template_name = "accounts/password_change.html"
    form_class = forms.PasswordChangeForm
    success_url = reverse_lazy("accounts:password_change_done")


class PasswordResetView(auth_views.PasswordResetView):
    template_name = "accounts/password_reset.html"
    form_class = forms.PasswordResetForm
    email_template_name = "accounts/password_reset_email.txt"
    subject_template_name = "accounts/password_reset_subject.txt"
    success_url = reverse_lazy("accounts:password_reset_done")


class PasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    form_class = forms.PasswordSetForm
    success_url = reverse_lazy("accounts:password_reset_complete")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Keep the page, whose address is a key, out of every cache."""
        response = super().dispatch(*args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


_by_signal = not_audited("The signals of login and logout record success, refusal and lock.")
_by_service = not_audited("The service that sets a password, and the form that asks for a reset, record it.")
_shows_text = not_audited("A page of fixed text.")
_before_login = public("Who has forgotten the password cannot sign in.")

login = public("Everybody signs in here.")(_by_signal(LoginView.as_view()))
logout = public("Signing out twice is no mistake.")(_by_signal(LogoutView.as_view()))
password_change = requires(None)(_by_service(PasswordChangeView.as_view()))
password_change_done = requires(None)(
    _shows_text(auth_views.PasswordChangeDoneView.as_view(template_name="accounts/password_change_done.html"))
)
password_reset = _before_login(_by_service(PasswordResetView.as_view()))
password_reset_done = _before_login(
    _shows_text(auth_views.PasswordResetDoneView.as_view(template_name="accounts/password_reset_done.html"))
)
password_reset_confirm = _before_login(_by_service(PasswordResetConfirmView.as_view()))
password_reset_complete = _before_login(
    _shows_text(
        auth_views.PasswordResetCompleteView.as_view(template_name="accounts/password_reset_complete.html")
    )
)
