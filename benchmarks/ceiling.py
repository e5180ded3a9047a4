"""The ceiling that all figures are compared with: a Django view without middleware that says ok."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

SECRET_KEY = "not secret: nothing is signed here"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.ceiling"
MIDDLEWARE: list[str] = []
USE_TZ = True


def ok(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


urlpatterns = [path("ok/", ok)]
