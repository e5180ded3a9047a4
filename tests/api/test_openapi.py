"""The description of the interfaces is checked in; a change of an interface shows as a change of the file."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

CHECKED_IN = Path(__file__).resolve().parents[2] / "docs" / "openapi.yml"


def test_checked_in_description_is_what_the_portal_serves() -> None:
    with override("en"):
        schema = SchemaGenerator().get_schema(request=None, public=True)
    served = OpenApiYamlRenderer().render(schema, renderer_context={}).decode()
    assert served == CHECKED_IN.read_text(encoding="utf-8"), "run `make openapi` and look at the difference"
