"""The Chinese catalogue: reading sources, merging, checking, compiling."""

from __future__ import annotations

import gettext
import json

import pytest

from filing_portal import messages
from filing_portal.messages import Key

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
_("Plain %(name)s")
ngettext("%d day", "%d days", 3)
pgettext("month", "May")
_(
    "Two "
    "parts"
)
"""
TEMPLATE = """
{% load i18n %}
    {% translate "In a template" %} <a title="{% trans 'Quoted' context "button" %}">
{% blocktranslate trimmed with a=b %}
    Over two
    lines {{ a }}
{% endblocktranslate %}
  {% blocktranslate count n=n %}One{% plural %}{{ n }} many{% endblocktranslate %}
{{ x|default:_("As an argument") }} 'not "this'
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "ledger" / "migrations").mkdir(parents=True)
    (tmp_path / "templates" / "ledger").mkdir(parents=True)
    (tmp_path / "ledger" / "models.py").write_text(PYTHON)
    (tmp_path / "ledger" / "migrations" / "0001_initial.py").write_text('_("Not this")')
    (tmp_path / "templates" / "ledger" / "page.html").write_text(TEMPLATE)
    return tmp_path


ALL = {
    Key(None, "Plain %(name)s"): None,
    Key(None, "%d day"): "%d days",
    Key("month", "May"): None,
    Key(None, "Two parts"): None,
    Key(None, "In a template"): None,
    Key("button", "Quoted"): None,
    Key(None, "Over two lines %(a)s"): None,
    Key(None, "One"): "%(n)s many",
    Key(None, "As an argument"): None,
}
CHINESE = {
    "Plain %(name)s": "普通 %(name)s",
    "%d day": ["%d 日"],
    "month\u0004May": "五月",
    "Two parts": "两部分",
    "In a template": "模板中",
    "button\u0004Quoted": "引用",
    "Over two lines %(a)s": "跨两行 %(a)s",
    "One": ["%(n)s 个"],
    "As an argument": "作为参数",
}


def merge(root, translations):
    file = root / "zh.json"
    file.write_text(json.dumps(translations))
    return messages.merge([file], root)


def test_sources_of_python_and_templates_are_all_found(root):
    assert {key: found.plural for key, found in messages.sources(root).items()} == ALL


def test_check_names_each_missing_text(root):
    assert len(messages.problems(root)) == len(ALL)
    assert "missing: 'In a template' (templates/ledger/page.html)" in messages.problems(root)
    assert messages.missing(root).keys() == CHINESE.keys()


def test_merge_of_all_leaves_no_problem_and_is_stable(root):
    assert merge(root, CHINESE) == len(ALL)
    assert messages.problems(root) == []
    before = messages.catalogue_path(root).read_bytes()
    assert merge(root, dict(reversed(CHINESE.items()))) == 0
    assert messages.catalogue_path(root).read_bytes() == before


def test_merge_replaces_an_earlier_translation(root):
    merge(root, CHINESE)
    assert merge(root, {"Two parts": "二部分", "%d day": ["%d 天"]}) == 2
    text = messages.catalogue_path(root).read_text()
    assert "二部分" in text
    assert "两部分" not in text
    assert 'msgstr[0] "%d 天"' in text


def test_check_finds_other_placeholders_and_fuzzy_texts(root):
    merge(root, {**CHINESE, "Plain %(name)s": "普通 %(nome)s"})
    assert messages.problems(root) == [
        "placeholders differ: 'Plain %(name)s' and '普通 %(nome)s' (ledger/models.py)"
    ]
    path = messages.catalogue_path(root)
    path.write_text(path.read_text().replace('msgid "Two parts"', '#, fuzzy\nmsgid "Two parts"'))
    assert "fuzzy: 'Two parts' (ledger/models.py)" in messages.problems(root)


def test_tidy_drops_what_no_source_uses(root):
    merge(root, {**CHINESE, "Gone": "没有了"})
    assert messages.obsolete(root) == [Key(None, "Gone")]
    assert messages.tidy(root) == 1
    assert messages.obsolete(root) == []
    assert messages.problems(root) == []


def test_compiled_catalogue_is_what_gettext_reads(root):
    merge(root, CHINESE)
    with messages.compile_catalogue(root).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("In a template") == "模板中"
    assert compiled.ngettext("%d day", "%d days", 5) == "%d 日"
    assert compiled.pgettext("month", "May") == "五月"
