"""What the confirming authority says of a use that goes on: it advises the unit to end it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ledger.acts import Refused
from review import domain
from review.views.base import actor_of, authority_view, case_url, use_of
from rulebook.time import now as moment


@require_POST
@authority_view
def advise(request: HttpRequest, pk: int) -> HttpResponse:
    """Serves the advice with its reason; the unit decides."""
    filing = use_of(request, pk)
    text = request.POST.get("text", "").replace("\x00", "")
    try:
        domain.advise_end(filing=filing, by=actor_of(request), now=moment(), text=text)
    except Refused as refused:
        messages.error(request, " ".join(str(reason.message) for reason in refused.reasons))
    else:
        messages.success(request, _("The unit has been advised to end this use."))
    return redirect(case_url(filing))
