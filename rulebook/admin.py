"""The rulebook in the admin: read, import a year with a preview, publish a policy. All through the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from ledger.acts import Actor, Refused
from rulebook import calendar
from rulebook.domain.calendar import import_year, preview_year
from rulebook.domain.policies import PolicyInvalid, publish_policy
from rulebook.forms import CalendarFileForm, PolicyForm
from rulebook.models import Article, CalendarDay, CalendarYear, Clock, PolicyVersion
from rulebook.time import now

MOST_SHOWN = 200


def actor(request: HttpRequest) -> Actor:
    """The administrator who acts. The verb asks the role again: staff without the permission is refused."""
    user = request.user
    name = getattr(user, "name", "") or str(user)
    role = "sysadmin" if user.has_perm("rulebook.change_calendaryear") else "staff"
    return Actor(person_id=user.pk, unit_id=None, role=role, person_name=name)


class ReadOnly(ModelAdmin):
    """Shown, searched and filtered; changed by verbs alone."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DayInline(TabularInline):
    model = CalendarDay
    extra = 0
    can_delete = False
    fields = readonly_fields = ("date", "working", "name_zh", "name_en")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CalendarYear)
class CalendarYearAdmin(ReadOnly):
    list_display = ("year", "version", "imported_at", "imported_by_label")
    inlines = (DayInline,)
    list_before_template = "rulebook/admin/calendar_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = {**(extra_context or {}), "calendar_warning": calendar.warning(now())}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="rulebook_calendaryear_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """A file is read and previewed; a second POST, with “confirm”, imports what was previewed."""
        posted = request.method == "POST"
        form = CalendarFileForm(request.POST, request.FILES) if posted else CalendarFileForm()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a calendar year"),
            "form": form,
        }
        if posted and form.is_valid():
            if "confirm" in request.POST:
                return self._import(request, form)
            found = preview_year(form.year)
            context |= {
                "year": form.year,
                "text": form.cleaned_data["text"],
                "moves": found[:MOST_SHOWN],
                "moving": sum(move.moves for move in found),
                "settled": sum(not move.moves for move in found),
            }
        return render(request, "rulebook/admin/calendar_import.html", context)

    def _import(self, request: HttpRequest, form: CalendarFileForm) -> HttpResponse:
        back = redirect(reverse("admin:rulebook_calendaryear_changelist"))
        try:
            done = import_year(data=form.year, by=actor(request), now=now())
        except Refused as error:
            messages.error(request, str(error))
            return back
        moved = done.recomputed.moved
        messages.success(
            request,
            ngettext(
                "%(year)d is published; %(n)d running clock moved.",
                "%(year)d is published; %(n)d running clocks moved.",
                moved,
            )
            % {"year": done.year.year, "n": moved},
        )
        return back


@admin.register(Clock)
class ClockAdmin(ReadOnly):
    paginator = InfinitePaginator
    list_display = (
        "kind",
        "subject_type",
        "subject_id",
        "authority_code",
        "due_day",
        "provisional",
        "status",
        "overdue_at",
        "attempts",
    )
    list_filter = ("status", "kind", "provisional")
    search_fields = ("=subject_id", "=authority_code")
    ordering = ("-id",)


@admin.register(Article)
class ArticleAdmin(ReadOnly):
    list_display = ("key", "source", "number_zh", "title_zh", "title_en", "zh_is_rendering")
    list_filter = ("source",)
    search_fields = ("key", "title_zh", "title_en")


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnly):
    list_display = ("authority_code", "version", "effective_from", "effective_to", "created_at")
    list_filter = ("authority_code",)
    list_before_template = "rulebook/admin/policy_list.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.publish_view)
        return [path("publish/", view, name="rulebook_policyversion_publish"), *super().get_urls()]

    def publish_view(self, request: HttpRequest) -> HttpResponse:
        """A new version; what the verb refuses stands on the form."""
        form = PolicyForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                values = dict(form.cleaned_data)
                row = publish_policy(data=values.pop("settings"), **values, by=actor(request), now=now())
            except PolicyInvalid as error:
                form.add_error("settings", list(error.problems))
            except Refused as error:
                form.add_error(None, [str(reason) for reason in error.reasons])
            else:
                messages.success(request, _("Published: %(policy)s.") % {"policy": row})
                return redirect(reverse("admin:rulebook_policyversion_changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Publish a policy"), "form": form}
        return render(request, "rulebook/admin/policy_publish.html", context)
