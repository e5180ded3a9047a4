"""The tags that all pages share: statuses, pills, deadline card, fields, dates."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from filing_portal import deadlines, statuses
from filing_portal.templatetags import dates
from filing_portal.templatetags import portal as tags
from providers.enums import FilingState
from registry.enums import EntryState
from rulebook.arithmetic import DayException, WorkingDays

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 10, 12, 14, 32, tzinfo=BEIJING)
DAY = dt.date


def calendar_2026() -> WorkingDays:
    """Mid-Autumn and National Day 2026, with Saturday 10 October as a make-up working day."""
    days = {DAY(2026, 9, d): DayException(False, "中秋节", "Mid-Autumn") for d in (25, 26, 27)}
    days |= {DAY(2026, 10, d): DayException(False, "国庆节", "National Day") for d in range(1, 8)}
    days[DAY(2026, 10, 10)] = DayException(True, "国庆节", "National Day")
    return WorkingDays(days, frozenset({2026}), 1)


def clock(due: dt.date, kind: str = "supplement", **more: object) -> SimpleNamespace:
    given = {
        "kind": kind,
        "status": "running",
        "day0": DAY(2026, 9, 24),
        "days": 10,
        "due_day": due,
        "provisional": False,
    }
    return SimpleNamespace(**(given | more))


def pill(due: dt.date, mine: bool = True, **more: object) -> deadlines.Pill:
    made = deadlines.pill(clock(due, **more), now=NOW, working=calendar_2026(), mine=mine)
    assert made is not None
    return made


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/")
    request.portal_today = (NOW, calendar_2026())
    return Template("{% load portal dates %}" + source).render(Context({"request": request, **context}))


# --- statuses --------------------------------------------------------------------------------
ALL = [(kind, state) for kind, states in statuses.STATUSES.items() for state in states]


@pytest.mark.parametrize(("kind", "state"), ALL)
def test_status_of_every_state_has_family_icon_and_both_words(kind, state):
    look = statuses.look(kind, state)
    assert look.family in statuses.FAMILIES
    assert look.icon in tags.icon_names()
    with translation.override("en"):
        html = render("{% status kind state %}", kind=kind, state=state)
        assert str(look.word) in html
    assert f"p-st--{look.family}" in html
    assert f"#i-{look.icon}" in html


def test_status_covers_every_state_of_filings_and_entries():
    assert set(FilingState.values) <= set(statuses.STATUSES["provider_filing"])
    assert set(EntryState.values) <= set(statuses.STATUSES["entry"])


def test_status_of_one_kind_never_gives_one_word_and_icon_to_two_meanings():
    for kind in ("provider_filing", "entry", "user_filing", "order", "complaint", "listing"):
        looks = [(look.icon, str(look.word)) for look in statuses.STATUSES[kind].values()]
        assert len(set(looks)) == len(looks), kind


def test_status_unknown_raises_while_testing(settings):
    settings.PORTAL_STRICT_TEMPLATES = True
    with pytest.raises(KeyError, match="sleeping"):
        tags.status("entry", "sleeping")


def test_status_unknown_is_plain_text_in_production(settings):
    settings.DEBUG = settings.PORTAL_STRICT_TEMPLATES = False
    assert tags.status("entry", "<b>") == '<span class="p-st">&lt;b&gt;</span>'


def test_icon_unknown_raises():
    with pytest.raises(ValueError, match="no-such"):
        tags.icon("no-such")


# --- pills -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("due", "family", "words"),
    [
        (DAY(2026, 10, 23), "", "<b>9</b> days left"),
        (DAY(2026, 10, 16), "", "<b>4</b> days left"),
        (DAY(2026, 10, 15), "soon", "<b>3</b> days left"),
        (DAY(2026, 10, 13), "soon", "<b>1</b> day left"),
        (DAY(2026, 10, 12), "today", "<b>Due today</b>"),
        (DAY(2026, 10, 11), "late", "<b>1</b> day overdue"),
        (DAY(2026, 10, 9), "late", "<b>2</b> days overdue"),  # the make-up Saturday counts
    ],
)
def test_days_pill_by_working_days_left(due, family, words):
    with translation.override("en"):
        made = pill(due)
    assert (made.family, str(made.text)) == (family, words)
    assert str(due.year) in made.title


def test_days_pill_of_another_party_is_dashed_and_says_so():
    with translation.override("en"):
        made = pill(DAY(2026, 10, 15), mine=False)
    assert (made.family, str(made.text)) == ("off", "They have <b>3</b> days")


@pytest.mark.parametrize("day", [9, 12, 20])
def test_days_pill_of_a_service_target_never_says_overdue(day):
    with translation.override("en"):
        made = pill(DAY(2026, 10, day), kind="ministry_target")
    assert made.family == "off"
    assert "overdue" not in made.text
    assert "arget" in made.text


def test_days_pill_provisional_is_marked_and_explained():
    with translation.override("en"):
        made = pill(DAY(2027, 1, 8), provisional=True)
    assert made.family == "off"
    assert "(provisional)" in made.text
    assert "not yet published" in made.title


def test_days_pill_paused_and_stopped():
    assert pill(DAY(2026, 10, 15), status="paused").family == "off"
    assert (
        deadlines.pill(clock(DAY(2026, 10, 15), status="stopped"), now=NOW, working=calendar_2026()) is None
    )
    assert render("{% days_pill nothing %}", nothing=None) == ""


def test_days_pill_shows_the_date_to_those_who_do_not_see_it():
    with translation.override("en"):
        html = render("{% days_pill clock %}", clock=clock(DAY(2026, 10, 15)))
    assert '<span class="visually-hidden"> Due 15 Oct 2026 (Thu), 24:00</span>' in html


def test_days_pill_reads_the_calendar_once_for_many_rows(django_assert_num_queries, db):
    request = RequestFactory().get("/")
    source = Template("{% load portal %}{% for c in clocks %}{% days_pill c %}{% endfor %}")
    rows = [clock(DAY(2026, 10, 15))] * 30
    source.render(Context({"request": RequestFactory().get("/"), "clocks": rows}))  # fills the cache
    with django_assert_num_queries(1):
        source.render(Context({"request": request, "clocks": rows}))


# --- deadline card ---------------------------------------------------------------------------
@pytest.mark.requirement("R83")
def test_deadline_card_shows_date_days_calendar_consequence_and_article():
    with translation.override("en"):
        html = render("{% deadline_card clock %}", clock=clock(DAY(2026, 10, 15)))
    assert "15 Oct" in html
    assert "Thu 24:00" in html
    assert "3 working days left" in html
    assert '<td class="is-0">24<small>day 0</small></td>' in html
    assert '<td class="is-past">10<small>work 6</small></td>' in html
    assert '<td class="is-due">15<small>due</small></td>' in html
    assert "given up" in html
    assert "Measures, Art. 13" in html
    assert "Mid-Autumn, National Day" in html


def test_deadline_card_of_a_missed_period_is_marked_late():
    card = deadlines.card(clock(DAY(2026, 10, 9)), now=NOW, working=calendar_2026())
    assert card is not None
    assert card.family == "late"


# --- fields ----------------------------------------------------------------------------------
class Sample(forms.Form):
    level = forms.ChoiceField(choices=[("1", "one"), ("2", "two")], widget=forms.RadioSelect)
    number = forms.CharField(help_text="11 digits")
    agree = forms.BooleanField(required=False)

    def clean_number(self) -> str:
        raise forms.ValidationError("The 14th character is a letter.")


def test_field_with_an_error_names_hint_error_and_note_to_assistive_technology():
    form = Sample({"number": "x"})
    html = render("{% field form.number note=note earlier='y' %}", form=form, note="Compare with the scan.")
    assert 'aria-describedby="id_number_hint id_number_error id_number_note"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_number_note"' in html
    assert "is-back" in html
    assert "Compare with the scan." in html


def test_field_answered_turns_green_and_keeps_the_note():
    html = render("{% field form.agree note='Please agree' fixed=True %}", form=Sample())
    assert "is-fixed" in html
    assert "is-back" not in html
    assert "Please agree" in html


def test_error_summary_links_every_error_to_an_id_that_exists():
    form = Sample({"number": "x"})
    html = render(
        "{% error_summary form %}{% field form.level %}{% field form.number %}{% field form.agree %}",
        form=form,
    )
    assert html.count("<li>") == 2
    for anchor in ("id_level_0", "id_number"):
        assert f'href="#{anchor}"' in html
        assert f'id="{anchor}"' in html


def test_error_summary_is_absent_without_errors():
    assert "p-err" not in render("{% error_summary form %}", form=Sample())


def test_field_escapes_what_people_typed():
    form = Sample({"number": "<script>x</script>"})
    html = render("{% field form.number note=note earlier=earlier %}", form=form, note="<i>", earlier="<b>")
    assert "<script>" not in html
    assert "<i>" not in html
    assert "<b>" not in html


# --- small tags ------------------------------------------------------------------------------
def test_app_tile_keeps_its_colour():
    assert tags.app_tile("榆荚阅读") == tags.app_tile("榆荚阅读")
    assert ">榆<" in tags.app_tile("榆荚阅读")


def test_baton_marks_the_present_holder_in_words_and_for_assistive_technology():
    steps = [{"name": "A", "text": "", "state": "done"}, {"name": "B", "text": "now", "state": "now"}]
    with translation.override("en"):
        html = render("{% baton steps %}", steps=steps)
    assert 'aria-current="step"><b>B (now)</b>' in html


def test_timeline_of_ledger_records_has_words_basis_and_mark():
    record = SimpleNamespace(
        verb="return_for_correction",
        basis=["me-13"],
        at=NOW,
        seq=4,
        hash="9c41e7aa",
        actor_kind="person",
        actor_role="reviewer",
    )
    with translation.override("en"):
        html = render("{% timeline records marks=True %}", records=[record])
    for part in ("Returned for correction", "Measures, Art. 13", "#4 9c41e7", "is-act", "Reviewer"):
        assert part in html


def test_url_if_gives_nothing_for_a_page_that_is_not_there():
    assert tags.url_if("no-such-page") == ""
    assert tags.url_if("healthz") == "/healthz"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh-hans", ("10月12日", "10月12日 14:32", "周一", "2026年10月12日")),
        ("en", ("12 Oct", "12 Oct, 14:32", "Mon", "12 Oct 2026")),
    ],
)
def test_dates_in_both_languages_and_in_the_legal_zone(language, expected):
    moment = NOW.astimezone(dt.UTC)
    with translation.override(language):
        found = (dates.day(moment), dates.daytime(moment), dates.weekday(moment), dates.day(moment, "year"))
    assert found == expected


def test_isoday_of_a_late_evening_in_utc_is_the_next_day_in_beijing():
    assert dates.isoday(dt.datetime(2026, 10, 11, 16, 30, tzinfo=dt.UTC)) == "2026-10-12"
    assert dates.isoday(None) == ""


def test_filesize_in_words():
    assert [tags.filesize(n) for n in (None, 300, 350_000, 1_300_000)] == ["0 KB", "1 KB", "342 KB", "1.2 MB"]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Safari/604.1 MicroMessenger/8.0", "WeChat · iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", "—"),
    ],
)
def test_device_of_a_user_agent_in_words(agent, words):
    assert tags.device(agent) == words


def test_pager_and_empty_state_show_only_what_there_is():
    html = render("{% pager 'one' '' '?after=3' %}{% empty_state 'inbox' 'Nothing' %}")
    assert 'rel="next"' in html
    assert 'rel="prev"' not in html
    assert "btn" not in html.split("p-empty")[1]
