"""The help centre in the administration: pages with preview and versions, categories, contacts, trainings.

What has a state moves by verbs alone, on pages of their own; the forms write working copies, through verbs too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action as unfold_action

from accounts.admin import admin_actor
from guidance import domain
from guidance.domain.pages import EDITABLE
from guidance.forms import CategoryForm, ContactForm, EventForm, FileForm, PageForm, PublishForm, ReasonForm
from guidance.models import Attendance, Contact, HelpCategory, HelpFile, HelpPage, PageVersion, TrainingEvent
from ledger.acts import ActError
from ledger.admin import timeline_of
from providers.materials import Refused as FileRefused
from providers.materials import examine
from rulebook.time import now


class _Verbs(ModelAdmin):
    """Written by verbs; never deleted here. What a verb refuses is said, and nothing is half done."""

    view_on_site = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ActError as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())

    def asked(
        self, request: HttpRequest, row: Any, form: forms.Form, title: Any, act: Callable[[], Any], done: Any,
        **more: Any,
    ) -> HttpResponse:  # fmt: skip
        """One question before an act: shows the form, does the act, says what was refused; back to the row."""
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        if request.method == "POST" and form.is_valid():
            try:
                act()
            except ActError as error:
                form.add_error(None, str(error))
            except FileRefused as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, done)
                return redirect(more.pop("stay", back))
        context = {
            **self.admin_site.each_context(request), "title": title, "form": form, "row": row, "back": back, **more,
        }  # fmt: skip
        return render(request, "guidance/admin/ask.html", context)


@admin.register(HelpCategory)
class HelpCategoryAdmin(ModelAdmin):
    form = CategoryForm
    list_display = ("name_zh", "name_en", "slug", "audience", "order")
    list_filter = ("audience",)
    ordering = ("order", "id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()


class VersionInline(TabularInline):
    """Every publication: when, by whom, and what changed."""

    model = PageVersion
    extra = 0
    can_delete = False
    fields = readonly_fields = ("number", "published_at", "published_by", "note")
    ordering = ("-number",)
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(HelpPage)
class HelpPageAdmin(_Verbs):
    """The working copy. Save it, look at it in both languages, then publish it."""

    form = PageForm
    inlines = (VersionInline,)
    list_display = ("title_zh", "title_en", "slug", "category", "kind", "state", "whole")
    list_filter = ("state", "kind", "category")
    list_select_related = ("category", "current")
    search_fields = ("slug", "title_zh", "title_en")
    ordering = ("category__order", "order", "id")
    readonly_fields = ("state", "previews", "edited_at", "edited_by", "withdrawn_reason", "acts")
    fieldsets = (
        (None, {"fields": ("seen_revision", "slug", "category", "kind", "order", "state", "previews")}),
        (_("Chinese"), {"fields": ("title_zh", "summary_zh", "body_zh")}),
        (_("English"), {"fields": ("title_en", "summary_en", "body_en")}),
        (_("To be found by"), {"fields": ("keywords", "articles")}),
        (_("History"), {"fields": ("edited_at", "edited_by", "withdrawn_reason", "acts")}),
    )
    actions_detail = ("to_publish", "to_files", "to_withdraw")

    def get_readonly_fields(self, request: HttpRequest, obj: HelpPage | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    @admin.display(description=_("all of it published"), boolean=True)
    def whole(self, row: HelpPage) -> bool:
        return not row.unpublished

    @admin.display(description=_("acts"))
    def acts(self, row: HelpPage) -> Any:
        return timeline_of(row)

    @admin.display(description=_("preview"))
    def previews(self, row: HelpPage) -> Any:
        if not row.pk:
            return _("Save first.")
        address = reverse("help_draft", args=[row.pk])
        return format_html(
            '<a href="{}?in=zh" target="_blank">中文</a> · <a href="{}?in=en" target="_blank">English</a>',
            address,
            address,
        )

    def save_model(self, request: HttpRequest, obj: HelpPage, form: PageForm, change: bool) -> None:
        by, moment = admin_actor(request), now()
        values = {name: form.cleaned_data[name] for name in form.changed_data if name in EDITABLE}
        if not change:
            fields = {name: value for name, value in form.cleaned_data.items() if name in EDITABLE}
            made = domain.create_page(slug=form.cleaned_data["slug"], by=by, now=moment, **fields)
            obj.pk = made.pk
        elif values:
            seen = form.cleaned_data.get("seen_revision")
            domain.edit_page(
                page=HelpPage.objects.get(pk=obj.pk), by=by, now=moment, seen_revision=seen, **values
            )  # fmt: skip

    def get_urls(self) -> list[Any]:
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"guidance_helppage_{name}")
            for name, view in (("publish", self.publish), ("withdraw", self.withdraw), ("files", self.files))
        ]
        return [*own, *super().get_urls()]

    @unfold_action(description=_("Publish"), url_path="to-publish")
    def to_publish(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:guidance_helppage_publish", object_id)

    @unfold_action(description=_("Material"), url_path="to-files")
    def to_files(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:guidance_helppage_files", object_id)

    @unfold_action(description=_("Withdraw the page"), url_path="to-withdraw")
    def to_withdraw(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:guidance_helppage_withdraw", object_id)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """A new version, with a note on what changed."""
        row = get_object_or_404(HelpPage.objects.select_related("current"), pk=pk)
        form = PublishForm(request.POST or None)
        return self.asked(
            request, row, form, _("Publish"), done=_("Published."),
            act=lambda: domain.publish_page(
                page=row, note=form.cleaned_data["note"], by=admin_actor(request), now=now()
            ),
            lead=_("What is published stays for good as a version, with your name and the time."),
        )  # fmt: skip

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The page is no longer found; its address says that it was withdrawn."""
        row = get_object_or_404(HelpPage, pk=pk)
        form = ReasonForm(request.POST or None)
        return self.asked(
            request, row, form, _("Withdraw the page"), done=_("Withdrawn."),
            act=lambda: domain.withdraw_page(
                page=row, reason=form.cleaned_data["reason"], by=admin_actor(request), now=now()
            ),
            lead=_("Readers are told that the page was withdrawn, with the reason. Its versions stay."),
        )  # fmt: skip

    def files(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Material of the page: added after a look at its content, taken away for the next version."""
        row = get_object_or_404(HelpPage, pk=pk)
        here = reverse("admin:guidance_helppage_files", args=[pk])
        dropped = request.POST.get("drop", "")
        if request.method == "POST" and dropped.isdecimal() and self.has_change_permission(request, row):
            found = get_object_or_404(HelpFile.objects.select_related("page"), pk=int(dropped[:18]), page=row)
            domain.drop_file(file=found, by=admin_actor(request), now=now())
            messages.success(request, _("Taken out of the next version."))
            return redirect(here)
        form = FileForm(request.POST or None, request.FILES or None)
        return self.asked(
            request, row, form, _("Material"), done=_("Added; it is published with the next version."), stay=here,
            act=lambda: domain.add_file(
                page=row, title_zh=form.cleaned_data["title_zh"], title_en=form.cleaned_data["title_en"],
                examined=examine(form.cleaned_data["file"]), by=admin_actor(request), now=now(),
            ),
            lead=_("Files go with the page from its next publication on."),
            files=row.files.filter(active=True), multipart=True, button=_("Add the file"),
        )  # fmt: skip


@admin.register(Contact)
class ContactAdmin(_Verbs):
    form = ContactForm
    list_display = ("authority", "name_zh", "duty_zh", "phone", "email", "active")
    list_filter = ("active",)
    list_select_related = ("authority",)
    search_fields = ("authority__name", "name_zh", "name_en")
    autocomplete_fields = ("authority",)
    ordering = ("authority__path", "order", "id")

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        row = Contact.objects.get(pk=obj.pk) if change else None
        names = form.changed_data if change else list(form.cleaned_data)
        fields = {name: form.cleaned_data[name] for name in names}
        if fields:
            obj.pk = domain.save_contact(contact=row, by=admin_actor(request), now=now(), **fields).pk


class AttendanceInline(TabularInline):
    """Who has registered, and who came."""

    model = Attendance
    extra = 0
    can_delete = False
    fields = readonly_fields = ("unit", "state", "people", "came", "registered_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(TrainingEvent)
class TrainingEventAdmin(_Verbs):
    form = EventForm
    inlines = (AttendanceInline,)
    list_display = ("title_zh", "host", "starts_at", "register_until", "seats", "state")
    list_filter = ("state",)
    list_select_related = ("host",)
    search_fields = ("title_zh", "title_en")
    autocomplete_fields = ("host", "material")
    ordering = ("-starts_at", "-id")
    readonly_fields = ("state", "cancelled_reason", "acts")
    fields = (
        "host", "state", "audiences", "title_zh", "title_en", "body_zh", "body_en", "place_zh", "place_en",
        "starts_at", "ends_at", "register_until", "seats", "material", "cancelled_reason", "acts",
    )  # fmt: skip
    actions_detail = ("to_announce", "to_cancel", "to_attendance")

    @admin.display(description=_("acts"))
    def acts(self, row: TrainingEvent) -> Any:
        return timeline_of(row)

    def save_model(self, request: HttpRequest, obj: TrainingEvent, form: Any, change: bool) -> None:
        row = TrainingEvent.objects.get(pk=obj.pk) if change else None
        names = form.changed_data if change else list(form.cleaned_data)
        fields = {name: form.cleaned_data[name] for name in names}
        if fields:
            obj.pk = domain.save_event(event=row, by=admin_actor(request), now=now(), **fields).pk

    def get_urls(self) -> list[Any]:
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"guidance_trainingevent_{name}")
            for name, view in (("announce", self.announce), ("cancel", self.cancel))
        ]
        return [*own, *super().get_urls()]

    @unfold_action(description=_("Announce"), url_path="to-announce")
    def to_announce(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:guidance_trainingevent_announce", object_id)

    @unfold_action(description=_("Cancel the training"), url_path="to-cancel")
    def to_cancel(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("admin:guidance_trainingevent_cancel", object_id)

    @unfold_action(description=_("Who comes"), url_path="to-attendance")
    def to_attendance(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return redirect("help_attendance", object_id)

    def announce(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = get_object_or_404(TrainingEvent, pk=pk)
        return self.asked(
            request, row, forms.Form(request.POST if request.method == "POST" else None), _("Announce"),
            done=_("Announced."), act=lambda: domain.announce_event(event=row, by=admin_actor(request), now=now()),
            lead=_("Everybody sees it, and the units it is for can register."),
        )  # fmt: skip

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = get_object_or_404(TrainingEvent, pk=pk)
        form = ReasonForm(request.POST or None)
        return self.asked(
            request, row, form, _("Cancel the training"), done=_("Cancelled."),
            act=lambda: domain.cancel_event(
                event=row, reason=form.cleaned_data["reason"], by=admin_actor(request), now=now()
            ),
            lead=_("Its page says that it was cancelled, and why."),
        )  # fmt: skip
