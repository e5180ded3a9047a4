"""Addresses of the provider's interface, under /api/v1/provider/."""

from django.urls import path

from providers.api import apps, records, upkeep, views

urlpatterns = [
    path("filings/", views.Filings.as_view(), name="api_provider_filings"),
    path("filings/<int:pk>/", views.OneFiling.as_view(), name="api_provider_filing"),
    path("filings/<int:pk>/parts/<slug:part>/", views.Part.as_view(), name="api_provider_part"),
    path("filings/<int:pk>/problems/", views.Problems.as_view(), name="api_provider_problems"),
    path("filings/<int:pk>/submit/", views.Submit.as_view(), name="api_provider_submit"),
    path("filings/<int:pk>/withdraw/", views.Withdraw.as_view(), name="api_provider_withdraw"),
    path("filings/<int:pk>/versions/", views.Versions.as_view(), name="api_provider_versions"),
    path("filings/<int:pk>/diff/", apps.Diff.as_view(), name="api_provider_diff"),
    path("apps/", apps.Apps.as_view(), name="api_provider_apps"),
    path("systems/", apps.Systems.as_view(), name="api_provider_systems"),
    path("filings/<int:pk>/receipt/", views.Receipt.as_view(), name="api_provider_receipt"),
    path("platform-records/", records.OwnRecords.as_view(), name="api_provider_platform_records"),
    path("materials/", views.Materials.as_view(), name="api_provider_materials"),
    path("materials/<int:pk>/", upkeep.MaterialFile.as_view(), name="api_provider_material"),
    path("upkeep/", upkeep.Upkeep.as_view(), name="api_provider_upkeep"),
    path("branches/", upkeep.Branches.as_view(), name="api_provider_branches"),
    path("branches/<int:pk>/", upkeep.DecideBranch.as_view(), name="api_provider_branch_decide"),
    path("schema/<slug:kind>/", views.FormSchema.as_view(), name="api_provider_schema"),
]
