"""Lists by the editorial API, under what door.py guards."""

from django.urls import path

from cases.desk.lists import api

urlpatterns = [
    path("", api.HandInView.as_view(), name="editorial-lists"),
    path("<id:list_id>/", api.StateView.as_view(), name="editorial-list"),
    path(
        "<id:list_id>/compare/",
        api.CompareView.as_view(),
        name="editorial-list-compare",
    ),
    path(
        "<id:list_id>/accept/", api.AcceptView.as_view(), name="editorial-list-accept"
    ),
    path("<id:list_id>/rows/", api.RowsView.as_view(), name="editorial-list-rows"),
]
