"""Supervision as a provider meets it, under /provider/supervision/."""

from django.urls import path

from supervision.views import provider

urlpatterns = [
    path("", provider.home, name="provider_supervision"),
    path("orders/<int:pk>/", provider.order, name="provider_order"),
    path("orders/<int:pk>/refuse/", provider.refuse_order, name="provider_order_refuse"),
    path("complaints/<int:pk>/", provider.forwarding, name="provider_forwarding"),
    path("listings/<int:pk>/", provider.listing, name="provider_listing"),
]
