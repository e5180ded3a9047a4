"""One page of a form: showing, saving, autosave, uploads. Rows of tables work without a script.

The same for every kind of filing: what is a room's own comes from its ``Desk``.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ledger.acts import ActError, Refused
from providers import forms, materials, presentation, schema
from providers.queries import files_in
from providers.schema import Context
from providers.views.desk import Desk, actor_of
from rulebook.time import ZONE
from rulebook.time import now as moment


class Page:
    """What every act on a section needs, read once."""

    def __init__(self, desk: Desk, request: HttpRequest, pk: int, key: str) -> None:
        self.desk = desk
        self.request = request
        self.filing = desk.find(request, pk)
        self.now = moment()
        self.policy = desk.policy(self.filing, self.now)
        self.kind = desk.kind(self.filing)
        found = schema.section(key, self.kind, self.policy)
        if found is None:
            raise Http404
        self.section = found
        self.on = desk.policy_day(self.filing, self.now)
        self.failed: dict[str, Any] = {}
        self._came: dict[int, dict[str, Any]] = {}

    def context(self, document: Any = None) -> Context:
        return Context(document or self.desk.working_copy(self.filing), self.policy, self.kind, self.on)

    def problems(self, context: Context) -> list[schema.Problem]:
        """Those of this section, those of mirrored files included."""
        own = {item.key for item in self.section.fields}
        return [
            problem
            for problem in schema.validate(context.doc, self.policy, self.kind, self.on)
            if problem.field_key in own
        ]

    def stops(self, context: Context) -> list[Any]:
        return self.desk.stops(self.section, context, self.now)

    def save(self, values: dict[str, Any]) -> None:
        for part, inner in forms.split_parts(values).items():
            self.desk.save(self.filing, part, inner, actor_of(self.request), self.now)
        self.again()

    def save_sent(self) -> Context:
        """Saves what was sent and gives the document as it is now; what is hidden keeps its value."""
        before = self.desk.working_copy(self.filing)
        values = forms.read(self.section, self._sent())
        self._put_files(values, before)
        after = self.context(forms.merged(before, values))
        shown = {item.key for item in self.section.fields if schema.is_shown(item, after)}
        self.save({key: value for key, value in values.items() if key in shown})
        return self.context()

    def _file_cells(self) -> list[tuple[schema.Field, schema.Column]]:
        return [
            (item, column) for item in self.section.fields for column in item.columns if column.kind == "file"
        ]

    def _sent(self) -> QueryDict:
        """The POST, with the ids of files that came in cells of tables; what was refused stands in ``failed``."""
        cells = self._file_cells()
        if not cells or not self.request.FILES:
            return self.request.POST
        data = self.request.POST.copy()
        for item, column in cells:
            for name, sent in self.request.FILES.items():
                if not (name.startswith(f"{item.key}-") and name.endswith(f"-{column.key}")):
                    continue
                try:
                    row = keep_file(self, sent)  # type: ignore[arg-type]
                except materials.Refused as refused:
                    self.failed[item.key] = refused.message
                else:
                    self._came[row.pk] = materials.file_value(row)
                    data[name] = str(row.pk)
        return data

    def _put_files(self, values: dict[str, Any], before: Any) -> None:
        """Files in the place of their ids: those that just came, and those that the document named already."""
        known = {file["id"]: file for _key, file in files_in(before)} | self._came
        for item, column in self._file_cells():
            for row in values.get(item.key) or ():
                named = row.pop(column.key, None)
                file = known.get(named["id"]) if isinstance(named, dict) else None
                if file is not None:
                    row[column.key] = file

    def again(self) -> None:
        """Reads the filing anew, with what hangs on it."""
        self.filing = self.desk.find(self.request, self.filing.pk)


def section(desk: Desk, request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """The page. A POST saves everything; what is wrong is shown, what is missing may wait."""
    page = Page(desk, request, pk, section)
    if request.method != "POST":
        return _render(page, page.context(), ask="check" in request.GET)
    if "remove_file" in request.POST:
        _remove_file(page)
    context = page.save_sent()
    failed = page.failed | _uploads_without_script(page)
    if failed:
        return _render(page, page.context(), failed=failed, status=422)
    if "add_row" in request.POST or "remove_row" in request.POST or "remove_file" in request.POST:
        return _render(page, page.context(), add_to=request.POST.get("add_row", ""))
    wrong = [p for p in page.problems(context) if p.is_error and p.code != "required"]
    if wrong or page.stops(context):
        return _render(page, context, status=422)
    messages.success(request, _("Saved."))
    following = None if "to_tasks" in request.POST else _next(page)
    if following is None:
        return redirect(desk.names.filing, pk=page.filing.pk)
    return redirect(desk.names.section, pk=page.filing.pk, section=following)


def _next(page: Page) -> str | None:
    keys = [one.key for one in schema.sections(page.kind, page.policy) if not one.mirror]
    if page.section.key not in keys:
        return None
    place = keys.index(page.section.key) + 1
    return keys[place] if place < len(keys) else None


def _render(
    page: Page,
    context: Context,
    *,
    ask: bool = False,
    failed: dict[str, Any] | None = None,
    add_to: str = "",
    status: int = 200,
) -> HttpResponse:
    filing, desk = page.filing, page.desk
    editable = not desk.may_edit(actor_of(page.request), filing)
    document = dict(context.doc)
    noted = desk.notes(filing, document)
    every = page.problems(context)
    problems = [p for p in every if ask or p.code != "required" or not p.is_error]
    right = desk.in_order(filing, document) if editable else set()
    laid = forms.controls(page.section, context, problems=problems, notes=noted, blank_rows=1)
    for control in laid:
        if failed and control.item.key in failed:
            control.problems.insert(
                0, schema.Problem(control.item.key, page.section.key, failed[control.item.key], code="file")
            )
        control.note = None if page.section.mirror else control.note
        control.verified = control.item.key in right and control.note is None and not control.problems
    tasks = desk.tasks(filing, document, page.policy, page.on)
    waiting = [c for c in laid if c.note is not None and not c.note.fixed]
    values = {
        "desk": desk,
        "filing": filing,
        "section": page.section,
        "controls": laid,
        "editable": editable,
        "tasks": tasks,
        "answers": [presentation.answer(c.item, c.value) for c in laid] if not editable else [],
        "task": next((t for group in tasks for t in group.tasks if t.key == page.section.key), None),
        "errors": [p for control in laid for p in control.problems],
        "waiting": waiting,
        "wrong_count": sum(len(control.problems) for control in laid) + len(waiting),
        "noted": [c for c in laid if c.note is not None],
        "stops": page.stops(context),
        "beside": desk.beside(page.request, page.section, context),
        "about": desk.about(page.section, context),
        "clock": desk.clock(filing),
        "add_to": add_to,
        "max_bytes": materials.MAX_BYTES,
    }
    return render(page.request, "wizard/section.html", values, status=status)


def autosave(desk: Desk, request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Saves what is typed and answers with the time, what is wrong, and what follows from the answers."""
    try:
        page = Page(desk, request, pk, section)
        context = page.save_sent()
    except ActError as error:
        return _json_refusal(error)
    wrong = [p.as_dict() for p in page.problems(context) if p.code != "required"]
    answer: dict[str, Any] = {
        "at": f"{page.now.astimezone(ZONE):%H:%M}",
        "problems": wrong,
        "stops": [str(reason.message) for reason in page.stops(context)],
    }
    beside = desk.beside(request, page.section, context)
    if beside:
        answer["derived"] = beside
    return JsonResponse(answer)


def upload(desk: Desk, request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Takes one file for one field; answers with the line that shows it."""
    try:
        page = Page(desk, request, pk, section)
        key = request.POST.get("key", "")
        item = next((one for one in page.section.fields if one.key == key and one.kind == "file"), None)
        sent = request.FILES.get("file")
        if item is None or not isinstance(sent, UploadedFile):
            return JsonResponse({"error": _("No file was sent.")}, status=400)
        value = _keep(page, key, sent)
    except materials.Refused as refused:
        return JsonResponse({"error": str(refused.message), "code": refused.code}, status=422)
    except ActError as error:
        return _json_refusal(error)
    control = forms.Control(item, value, required=True)
    line = render_to_string("wizard/file_now.html", {"control": control, "desk": desk}, request)
    return JsonResponse({"file": value, "html": line, "at": f"{page.now.astimezone(ZONE):%H:%M}"})


def _json_refusal(error: ActError) -> JsonResponse:
    reasons = (
        [str(reason.message) for reason in error.reasons] if isinstance(error, Refused) else [str(error)]
    )
    return JsonResponse({"error": " ".join(reasons), "code": str(error.code)}, status=error.status)


def keep_file(page: Page, sent: UploadedFile, key: str = "") -> Any:
    """Inspects, scans and keeps a file for the field of that key. Raises ``materials.Refused`` or an ``ActError``."""
    by = actor_of(page.request)
    reasons = page.desk.may_edit(by, page.filing)
    if reasons:
        raise Refused(reasons)
    standing = page.desk.standing(page.filing, key) if key else {}
    return page.desk.keep(page.filing, by, page.now, **materials.examine(sent), **standing)


def _keep(page: Page, key: str, sent: UploadedFile) -> dict[str, Any]:
    """Inspects, scans, keeps the file and writes it into the field. Raises ``materials.Refused`` or an ``ActError``."""
    value = materials.file_value(keep_file(page, sent, key))
    page.save({key: value})
    return value


def _uploads_without_script(page: Page) -> dict[str, Any]:
    """Files that came with the form itself; what was refused, by field."""
    failed: dict[str, Any] = {}
    for item in page.section.fields:
        sent = page.request.FILES.get(item.key) if item.kind == "file" else None
        if isinstance(sent, UploadedFile):
            try:
                _keep(page, item.key, sent)
            except materials.Refused as refused:
                failed[item.key] = refused.message
    return failed


def _remove_file(page: Page) -> None:
    """Takes a file out of its field. The file itself stays where a submitted version holds it."""
    key = page.request.POST.get("remove_file", "")
    if any(item.key == key and item.kind == "file" for item in page.section.fields):
        page.save({key: None})
