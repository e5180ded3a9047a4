"""Addresses of supervision for providers, under /api/v1/provider/."""

from django.urls import path

from supervision.api import checklists, provider

urlpatterns = [
    path("supervision/", provider.Standing.as_view(), name="api_provider_supervision"),
    path("orders/", provider.OwnOrders.as_view(), name="api_provider_orders"),
    path("orders/<int:pk>/", provider.OwnOrder.as_view(), name="api_provider_order"),
    *provider.ORDER_ACTS,
    path("complaints/", provider.OwnForwardings.as_view(), name="api_provider_complaints"),
    path("complaints/<int:pk>/", provider.OwnForwarding.as_view(), name="api_provider_complaint"),
    *provider.FORWARDING_ACTS,
    path("listings/", provider.OwnListings.as_view(), name="api_provider_listings"),
    path("listings/<int:pk>/", provider.OwnListing.as_view(), name="api_provider_listing"),
    *provider.LISTING_ACTS,
    path("warnings/", provider.OwnWarnings.as_view(), name="api_provider_warnings"),
    path("checklist/", checklists.ProviderChecklist.as_view(), name="api_provider_inspection_checklist"),
]
