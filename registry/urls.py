"""Public addresses of the registry."""

from django.urls import path, re_path, register_converter

from registry.views import entry, home, lists


class ListName:
    """One of the public lists."""

    regex = "filed|revoked|offline|rectifying|cancelled"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ListName, "list_name")

urlpatterns = [
    path("", home.home, name="home"),
    path("v/", entry.verify_form, name="verify_form"),
    path("v/<path:number>", entry.verify, name="verify"),
    path("registry/<str:number>/", entry.entry, name="entry"),
    path("registry/<str:number>/badge.svg", entry.badge, name="badge"),
    re_path(r"^registry/(?P<number>[^/]+)/qr\.(?P<kind>svg|png)$", entry.qr, name="qr"),
    path("registry/<str:number>/display/", entry.display_kit, name="display_kit"),
    path("lists/", lists.lists, name="lists"),
    path("lists/revoked/", lists.one_list, {"name": "revoked"}, name="list_revoked"),
    path("lists/<list_name:name>/", lists.one_list, name="list"),
    re_path(
        r"^lists/(?P<name>filed|revoked|offline|rectifying|cancelled)\.(?P<kind>csv|json|atom)$",
        lists.list_file,
        name="list_file",
    ),
]
