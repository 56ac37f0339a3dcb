"""The addresses of allauth that we need: nobody registers here, nothing is mailed."""

from allauth.account import views as account
from django.urls import include, path

from cases.desk.signin import views

urlpatterns = [
    path("", views.own_account, name="own_account"),
    path("language/", views.own_language, name="own_language"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", views.OwnPassword.as_view(), name="account_change_password"),
    path(
        "password/<uidb64>/<token>/", views.NewPassword.as_view(), name="new_password"
    ),
    path("sessions/", views.OwnSessions.as_view(), name="usersessions_list"),
    path("second-factor/", include("allauth.mfa.urls")),
]
