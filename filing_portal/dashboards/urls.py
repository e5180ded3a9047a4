"""Addresses of the authorities' overview, under /overview/."""

from django.urls import path

from filing_portal.dashboards.views import campaigns, lists, pages, registers, sheets

urlpatterns = [
    path("", pages.overview_page, name="dashboard"),
    path("units/<int:pk>/", pages.unit_page, name="dashboard_unit"),
    path("units/<int:pk>/sheet/", sheets.sheet, name="use_sheet"),
    path("units/<int:pk>/compare/", sheets.compare, name="use_sheet_compare"),
    path("units/<int:pk>/register/", registers.register, name="use_register"),
    path("below/", registers.below, name="units_below"),
    path("export/<slug:figure>/", pages.export, name="dashboard_export"),
    path("lists/<slug:name>/", lists.units, name="dashboard_list"),
    path("lists/<slug:name>/remind/", lists.remind, name="dashboard_remind"),
    path("providers/", lists.providers, name="dashboard_providers"),
    path("campaigns/", campaigns.campaigns, name="filing_campaigns"),
    path("campaigns/new/", campaigns.edit, name="filing_campaign_new"),
    path("campaigns/<int:pk>/", campaigns.campaign, name="filing_campaign"),
    path("campaigns/<int:pk>/edit/", campaigns.edit, name="filing_campaign_edit"),
    path("campaigns/<int:pk>/close/", campaigns.close, name="filing_campaign_close"),
]
