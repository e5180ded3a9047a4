"""Addresses of the institution's interface, under /api/v1/institution/."""

from django.urls import path

from users.api import views

urlpatterns = [
    path("uses/", views.Uses.as_view(), name="api_institution_uses"),
    path("uses/<int:pk>/", views.OneUse.as_view(), name="api_institution_use"),
    path("uses/<int:pk>/parts/<slug:part>/", views.Part.as_view(), name="api_institution_part"),
    path("uses/<int:pk>/problems/", views.Problems.as_view(), name="api_institution_problems"),
    path("uses/<int:pk>/submit/", views.Submit.as_view(), name="api_institution_submit"),
    path("uses/<int:pk>/change/", views.Change.as_view(), name="api_institution_change"),
    path("uses/<int:pk>/review/", views.Review.as_view(), name="api_institution_review"),
    path("uses/<int:pk>/checked/", views.Checked.as_view(), name="api_institution_checked"),
    path("uses/<int:pk>/withdraw/", views.Withdraw.as_view(), name="api_institution_withdraw"),
    path("uses/<int:pk>/versions/", views.Versions.as_view(), name="api_institution_versions"),
    path("uses/<int:pk>/receipt/", views.Receipt.as_view(), name="api_institution_receipt"),
    path("selectable/<str:number>/", views.Selectable.as_view(), name="api_institution_selectable"),
    path("materials/", views.Materials.as_view(), name="api_institution_materials"),
    path("materials/<int:pk>/", views.MaterialFile.as_view(), name="api_institution_material"),
    path("register/", views.Register.as_view(), name="api_institution_register"),
    path("unit/", views.Institution.as_view(), name="api_institution_unit"),
    path("selection-systems/", views.SelectionSystems.as_view(), name="api_institution_systems"),
    path("schema/<slug:kind>/", views.FormSchema.as_view(), name="api_institution_schema"),
]
