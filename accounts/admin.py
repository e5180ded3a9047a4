"""The administration of people, units and tokens; what has a verb is done through it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action as unfold_action
from unfold.paginator import InfinitePaginator

from accounts.domain import (
    admit_member,
    change_role,
    close_authority,
    create_unit,
    end_membership,
    hand_over_unit,
    move_unit,
    refuse_member,
    reopen_authority,
    reset_second_factor,
    revoke_token,
    sign_out_everywhere,
    withdraw_invitation,
)
from accounts.enums import Role, UnitKind
from accounts.models import ApiToken, ImportBatch, Invitation, Membership, Person, Unit
from ledger.acts import ActError, Actor, append
from rulebook.time import now

#: fields of a unit whose new value the ledger keeps: they decide who is competent, and who may file
RECORDED = frozenset({"name", "kind", "level", "uscc", "province_code", "head_office", "active"})


def admin_actor(request: HttpRequest) -> Actor:
    """An act from the administration is one of the administrator, whatever unit he works for."""
    return Actor(person_id=request.user.pk, unit_id=None, role=Role.SYSADMIN, person_name=str(request.user))


def row_by_row(
    admin_class: ModelAdmin, request: HttpRequest, rows: QuerySet[Any], verb: Any, done: Any
) -> None:
    """Does one verb on each row through the one door and says what happened to each that was refused."""
    count = 0
    for row in rows:
        try:
            verb(row)
        except ActError as error:
            admin_class.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            count += 1
    if count:
        admin_class.message_user(request, f"{done}: {count}", messages.SUCCESS)


class NoAddNoDelete(ModelAdmin):
    """Rows come from verbs and are never thrown away. Long tables are paged without counting them."""

    paginator = InfinitePaginator
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(NoAddNoDelete):
    """Nothing can be typed over."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(NoAddNoDelete):
    """People: name, language, and whether they may sign in. Rights hang on memberships."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("-pk",)
    fields = ("email", "name", "language", "is_active", "is_staff", "last_login", "created_at")
    readonly_fields = ("email", "last_login", "created_at")
    actions = ("reset_factor", "sign_out")

    @admin.action(description=_("Take away the second factor (telephone lost)"), permissions=["change"])
    def reset_factor(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(
            self, request, queryset, lambda r: reset_second_factor(person=r, by=by, now=moment),
            _("Second factor taken away"),
        )  # fmt: skip

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(
            self, request, queryset, lambda r: sign_out_everywhere(person=r, by=by, now=moment), _("Signed out")
        )

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Who may sign in, and who may open the administration, stands in the ledger; the name does not."""
        with transaction.atomic():
            said = {name: getattr(obj, name) for name in ("is_active", "is_staff") if name in form.changed_data}
            append(
                verb="amend_person", subject=obj, by=admin_actor(request), now=now(),
                payload={"fields": sorted(form.changed_data), **said},
            )  # fmt: skip
            super().save_model(request, obj, form, change)


class HandOverForm(forms.Form):
    """To whom, and why: both are needed before anything changes."""

    email = forms.EmailField(label=_("E-mail of the rightful owner"))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@admin.register(Unit)
class UnitAdmin(NoAddNoDelete):
    """Units. A new one and a move go through the verbs, which keep the tree whole."""

    list_display = ("name", "kind", "level", "code", "uscc", "province_code", "active")
    list_filter = ("kind", "level", "province_code", "active")
    search_fields = ("name", "name_en", "=code", "=uscc", "=school_code")
    ordering = ("path",)
    list_select_related = ("parent",)
    autocomplete_fields = ("parent", "head_office")
    fields = (
        "name", "name_en", "kind", "level", "code", "uscc", "school_code", "province_code", "parent", "head_office",
        "functional_department", "responsible_persons", "active", "path",
    )  # fmt: skip
    readonly_fields = ("path",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return super(NoAddNoDelete, self).has_add_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        # The key of an authority names it in policies and numbers; kind and level hang together with it.
        return ("path", "kind", "level", "code", "uscc") if obj else ("path", "head_office")

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        by, moment = admin_actor(request), now()
        if not change:
            made = create_unit(
                parent=obj.parent,
                kind=obj.kind,
                level=obj.level,
                code=obj.code,
                name=obj.name,
                name_en=obj.name_en,
                uscc=obj.uscc,
                school_code=obj.school_code,
                province_code=obj.province_code,
                functional_department=obj.functional_department,
                by=by,
                now=moment,
            )
            obj.pk, obj.path = made.pk, made.path
            return
        before = Unit.objects.get(pk=obj.pk)
        if obj.parent is not None and obj.parent_id != before.parent_id:
            move_unit(unit=before, parent=obj.parent, by=by, now=moment)
        plain = set(form.changed_data) - {"parent", "path"}
        if "active" in plain and before.kind == UnitKind.AUTHORITY:
            verb = reopen_authority if obj.active else close_authority
            verb(unit=before, by=by, now=moment)
            plain.discard("active")
        if plain:
            with transaction.atomic():
                said = {name: str(getattr(obj, name)) for name in sorted(plain) if name in RECORDED}
                append(verb="amend_unit", subject=before, by=by, now=moment, payload={"fields": sorted(plain), **said})
                obj.save(update_fields=sorted(plain))

    actions_detail = ("hand_over_page",)

    def get_urls(self) -> list[Any]:
        own = path("<int:pk>/hand-over/", self.admin_site.admin_view(self.hand_over), name="accounts_unit_hand_over")
        return [own, *super().get_urls()]

    @unfold_action(description=_("Hand over to the rightful owner"), url_path="to-hand-over")
    def hand_over_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The button on the page of a unit; the act itself asks for the person and the reason."""
        return redirect("admin:accounts_unit_hand_over", object_id)

    def hand_over(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Gives a wrongly registered unit to its rightful owner, through the verb."""
        unit = get_object_or_404(Unit, pk=pk)
        if not self.has_change_permission(request, unit):
            raise PermissionDenied
        form = HandOverForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            to = Person.objects.filter(email=form.cleaned_data["email"].lower()).first()
            try:
                if to is None:
                    form.add_error("email", _("Nobody has an account with this address. The person signs up first."))
                else:
                    hand_over_unit(
                        unit=unit, to=to, reason=form.cleaned_data["reason"], by=admin_actor(request), now=now()
                    )
                    self.message_user(request, _("The unit has been handed over."), messages.SUCCESS)
                    return redirect("admin:accounts_unit_change", unit.pk)
            except ActError as error:
                form.add_error(None, str(error))
        members = Membership.objects.filter(unit=unit).exclude(status="ended").select_related("person")
        context = {
            **self.admin_site.each_context(request), "form": form, "unit": unit, "members": members,
            "title": _("Hand over to the rightful owner"), "opts": self.model._meta,
        }  # fmt: skip
        return render(request, "accounts/admin_hand_over.html", context)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A refusal comes back as a message on the page, with nothing changed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ActError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(request.path)


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    """Memberships: decided by actions that call the verbs, never typed over."""

    list_display = ("person", "unit", "role", "status", "created_at", "ended_at")
    list_filter = ("role", "status")
    search_fields = ("person__email", "person__name", "unit__name", "=unit__code", "=unit__uscc")
    list_select_related = ("person", "unit")
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("admit", "refuse", "end", "make_owner")

    @admin.action(description=_("Let in"))
    def admit(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(
            self, request, queryset, lambda r: admit_member(membership=r, by=by, now=moment), _("Let in")
        )

    @admin.action(description=_("Refuse"))
    def refuse(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(
            self, request, queryset, lambda r: refuse_member(membership=r, by=by, now=moment), _("Refused")
        )

    @admin.action(description=_("End"))
    def end(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(
            self, request, queryset, lambda r: end_membership(membership=r, by=by, now=moment), _("Ended")
        )

    @admin.action(description=_("Make an owner (provider units)"))
    def make_owner(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(
            self,
            request,
            queryset,
            lambda r: change_role(membership=r, role=Role.PROVIDER_OWNER, by=by, now=moment),
            _("Made an owner"),
        )


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    """Invitations: who was invited by whom, and withdrawing."""

    list_display = (
        "email",
        "unit",
        "role",
        "invited_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    )
    list_filter = ("role",)
    search_fields = ("email", "name", "unit__name")
    list_select_related = ("unit", "invited_by")
    exclude = ("nonce", "secret_digest")
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("withdraw",)

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(
            self,
            request,
            queryset,
            lambda r: withdraw_invitation(invitation=r, by=by, now=moment),
            _("Withdrawn"),
        )


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnly):
    """Imports of units: who ran them, and how far they came."""

    list_display = ("file_name", "unit", "person", "status", "total", "created_at", "started_at", "finished_at")
    list_filter = ("status",)
    search_fields = ("file_name", "unit__name", "person__email")
    list_select_related = ("unit", "person")
    ordering = ("-pk",)
    show_full_result_count = False


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    """Tokens: what they are for and when they were used. The secret is nowhere."""

    list_display = ("label", "prefix", "membership", "scope", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("scope",)
    search_fields = ("label", "=prefix", "membership__person__email", "membership__unit__name")
    list_select_related = ("membership__person", "membership__unit")
    exclude = ("digest",)
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("revoke",)

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        by, moment = admin_actor(request), now()
        row_by_row(self, request, queryset, lambda r: revoke_token(token=r, by=by, now=moment), _("Revoked"))
