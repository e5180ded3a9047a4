"""Public pages of the rulebook."""

from django.urls import path

from rulebook.views import public

urlpatterns = [
    path("", public.articles, name="articles"),
    path("<slug:key>/", public.article, name="article"),
]
