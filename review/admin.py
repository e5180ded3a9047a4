"""Administration of the review: tables that stand for outside sources. Cases are not changed here."""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.admin import EndlessReadOnlyAdmin
from review.domain.external import import_exchange
from review.models import Decision, ExchangeRow, ExternalCheck, UnitCheck
from rulebook.time import now as moment

MAX_BYTES = 20 * 1024 * 1024


class UploadForm(forms.Form):
    """A CSV file in UTF-8 whose first line names the columns; one of them is ``key``."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Table"),
        choices=[("unit", gettext_lazy("Units (key: credit code; name)")),
                 ("school", gettext_lazy("Schools (key: school code; name)")),
                 ("licence", gettext_lazy("Training licences (key: number; uscc; status)"))],
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("CSV file"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return file


@admin.register(ExchangeRow)
class ExchangeRowAdmin(EndlessReadOnlyAdmin):
    """Rows of the uploaded tables; they come in by upload alone."""

    list_display = ("kind", "key", "uploaded_at")
    list_filter = ("kind",)
    search_fields = ("=key",)
    ordering = ("-pk",)
    change_list_template = "review/admin_exchange.html"

    def get_urls(self) -> list[Any]:
        own = [path("upload/", self.admin_site.admin_view(self.upload), name="review_exchangerow_upload")]
        return own + super().get_urls()

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Takes a table in; a row that cannot be read refuses the whole file."""
        if not request.user.has_perm("review.add_exchangerow"):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                text = form.cleaned_data["file"].read().decode("utf-8-sig")
                count = import_exchange(
                    kind=form.cleaned_data["kind"], rows=csv.DictReader(io.StringIO(text)), now=moment()
                )
            except (ValueError, csv.Error) as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, _("%(count)s rows were taken in.") % {"count": count})
                return redirect(reverse("admin:review_exchangerow_changelist"))
        context = {**self.admin_site.each_context(request), "form": form, "title": _("Upload a table")}
        return render(request, "review/admin_upload.html", context)


@admin.register(Decision)
class DecisionAdmin(EndlessReadOnlyAdmin):
    ordering = ("-pk",)
    list_display = ("filing", "verb", "unit", "person", "decided_at", "on_time")
    list_filter = ("verb", "on_time")
    list_select_related = ("filing", "unit", "person")


@admin.register(ExternalCheck)
class ExternalCheckAdmin(EndlessReadOnlyAdmin):
    ordering = ("-pk",)
    list_display = ("filing", "connector", "status", "agrees", "attempts", "next_attempt_at")
    list_filter = ("connector", "status")
    list_select_related = ("filing",)


@admin.register(UnitCheck)
class UnitCheckAdmin(EndlessReadOnlyAdmin):
    ordering = ("-pk",)
    list_display = ("unit", "connector", "status", "agrees", "attempts", "next_attempt_at")
    list_filter = ("connector", "status", "agrees")
    list_select_related = ("unit",)
