"""Single values: what is read, what is forgiven, what is refused and with which words."""

from __future__ import annotations

import string
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import checks
from providers.checks import CHECKS, CheckFailed, icp, uscc

ALPHABET = uscc.ALPHABET
PREFIXES = ["91110108", "52440100", "12510000", "51310115", "91650102"]

READ = [
    ("uscc", "91110108MA01TE5T3U", "91110108MA01TE5T3U"),
    ("uscc", "52110000MJ01A23XXA", "52110000MJ01A23XXA"),
    ("uscc", " ９１１１０１０８ma01te5t3u ", "91110108MA01TE5T3U"),
    ("uscc", "9111 0108 MA01 TE5T 3U", "91110108MA01TE5T3U"),
    ("icp", "京ICP备14035507号", "京ICP备14035507号"),
    ("icp", "京icp备14035507号-1", "京ICP备14035507号-1"),
    ("icp", "京ＩＣＰ备１４０３５５０７号－１", "京ICP备14035507号-1"),
    ("icp", "京ICP备 14035507 号", "京ICP备14035507号"),
    ("icp", "蜀ICP备2021001234号-3X", "蜀ICP备2021001234号-3X"),
    ("icp", "川ICP备2021001234号", "川ICP备2021001234号"),
    ("icp", "陇ICP备12345678号", "陇ICP备12345678号"),
    ("icp", "甘ICP备12345678", "甘ICP备12345678号"),
    ("miit_app", "京ICP备14035507号-25A", "京ICP备14035507号-25A"),
    ("miit_app", "粤icp备2021001234号-3x", "粤ICP备2021001234号-3X"),
    ("telecom", "京ICP证123456号", "京ICP证123456号"),
    ("telecom", "京icp证123456", "京ICP证123456号"),
    ("telecom", "粤B2-20090059-1626X", "粤B2-20090059-1626X"),
    ("telecom", "粤B1.B2-20150286", "粤B1.B2-20150286"),
    ("telecom", "b2-20201234", "B2-20201234"),
    ("mlps", "11010899021-20301", "11010899021-20301"),
    ("mlps", "1101089902120301", "11010899021-20301"),
    ("mlps", "１１０１０８９９０２１—２０３０１", "11010899021-20301"),
    ("school_code", "2111 000123", "2111000123"),
    ("teacher_certificate", "20211101230001234", "20211101230001234"),
    ("teacher_certificate", "20211101231001234", "20211101231001234"),
    ("teacher_certificate", "20211101232001234", "20211101232001234"),
    ("mobile", "138 0000 0000", "13800000000"),
    ("mobile", "+86 13800000000", "13800000000"),
    ("mobile", "0086-13800000000", "13800000000"),
    ("landline", "010-66000000", "010-66000000"),
    ("landline", "（0571）8600000", "0571-8600000"),
    ("landline", "02066000000-12", "020-66000000-12"),
    ("phone", "400 000 0126", "400-000-0126"),
    ("phone", "8008201234", "800-820-1234"),
    ("phone", "13800000000", "13800000000"),
    ("phone", "010-66000000", "010-66000000"),
    ("url", "https://www.example.com/help?a=1", "https://www.example.com/help?a=1"),
    ("url", "http://例子.测试/", "http://例子.测试/"),
    ("domain_or_url", "App.Example.com", "app.example.com"),
    ("domain_or_url", "https://app.example.com", "https://app.example.com"),
    ("email", "Name@Example.COM", "Name@example.com"),
    ("package", "com.example.reading_2", "com.example.reading_2"),
    ("bundle", "com.example.Reading-App", "com.example.Reading-App"),
    ("miniprogram", "wx0123456789abcdef", "wx0123456789abcdef"),
    ("version", "v4.3.0", "4.3.0"),
    ("version", "4.3.0-beta1", "4.3.0-beta1"),
    ("date", "2026/9/4", "2026-09-04"),
    ("date", "2026年9月24日", "2026-09-24"),
]

REFUSED: list[tuple[str, str, str, int | None]] = [
    ("uscc", "91110108MA01TE5T3", "length", None),
    ("uscc", "911101O8MA01TE5T3U", "letter_for_digit", 7),
    ("uscc", "91110108MA01TE5T3*", "character", 18),
    ("uscc", "9111A108MA01TE5T3U", "not_a_digit", 5),
    ("uscc", "B1110108MA01TE5T3U", "registrar", 1),
    ("uscc", "91110108MA01TE5T3T", "check_character", None),
    ("uscc", "91110108MA01TE5T4U", "check_character", None),
    ("icp", "京ICP证123456号", "licence_for_filing", None),
    ("icp", "教APP备1100871号", "education_number", None),
    ("icp", "东ICP备14035507号", "province", 1),
    ("icp", "京ICP备1403550号", "length", None),
    ("icp", "京ICP备14O35507号", "letter_for_digit", 8),
    ("icp", "京ICP备14035507号-0", "suffix", None),
    ("icp", "京ICP备14035507号-25B", "suffix", None),
    ("icp", "hello", "form", None),
    ("miit_app", "京ICP备14035507号-1", "not_an_app", None),
    ("telecom", "京ICP备14035507号", "filing_for_licence", None),
    ("telecom", "粤C2-20090059", "form", None),
    ("mlps", "11010899021-2O301", "letter_for_digit", 14),
    ("mlps", "1101089902-120301", "hyphen", 11),
    ("mlps", "11010899021-2030", "length", None),
    ("mlps", "第11010899021-20301", "not_a_digit", 1),
    ("school_code", "211100012", "length", None),
    ("school_code", "2199000123", "province", 3),
    ("teacher_certificate", "20211101233001234", "sex_digit", 11),
    ("teacher_certificate", "19211101230001234", "year", 1),
    ("teacher_certificate", "20219901230001234", "province", 5),
    ("teacher_certificate", "2021110123000123", "length", None),
    ("mobile", "12800000000", "mobile", 1),
    ("mobile", "1380000000", "length", None),
    ("mobile", "1380000000O", "letter_for_digit", 11),
    ("landline", "66000000", "landline", None),
    ("landline", "010-6600000", "landline", None),
    ("phone", "110", "length", None),
    ("url", "www.example.com", "scheme", None),
    ("url", "javascript:alert(1)", "scheme", None),
    ("url", "https://user:secret@example.com/", "user", None),
    ("url", "https://192.168.0.1/", "inner_address", None),
    ("url", "http://localhost/", "url", None),
    ("url", "https://server.local/", "inner_address", None),
    ("url", "https://example.com/<script>", "url", None),
    ("url", "https://example.com:99999/", "url", None),
    ("domain_or_url", "127.0.0.1", "inner_address", None),
    ("domain_or_url", "example", "url", None),
    ("email", "name.example.com", "email", None),
    ("email", "name@", "email", None),
    ("package", "reading", "parts", None),
    ("package", "com.1example", "part", 5),
    ("package", "https://example.com/app", "link_for_id", None),
    ("bundle", "com.example.-x", "part", 13),
    ("miniprogram", "wx!", "miniprogram", None),
    ("version", "newest", "version", None),
    ("date", "soon", "date", None),
    ("date", "2026-02-30", "no_such_day", None),
    ("uscc", "9" * 500, "too_long", None),
]


@pytest.mark.parametrize(("name", "typed", "expected"), READ)
def test_check_reads_and_normalises(name: str, typed: str, expected: str) -> None:
    assert CHECKS[name](typed) == expected


@pytest.mark.parametrize(("name", "typed", "expected"), READ)
def test_check_reads_its_own_answer(name: str, typed: str, expected: str) -> None:
    assert CHECKS[name](expected) == expected


@pytest.mark.parametrize(("name", "typed", "code", "position"), REFUSED)
def test_check_refuses_and_says_where(name: str, typed: str, code: str, position: int | None) -> None:
    with pytest.raises(CheckFailed) as refusal:
        CHECKS[name](typed)
    assert refusal.value.code == code
    assert refusal.value.position == position
    with translation.override("en"):
        said = str(refusal.value)
    assert said
    assert "%(" not in said
    assert position is None or str(position) in said or code in ("province", "year", "mobile")


def test_message_names_the_letter_and_the_digit_that_was_meant() -> None:
    with pytest.raises(CheckFailed) as refusal, translation.override("en"):
        checks.parse_mlps_certificate("11010899021-2O301")
    with translation.override("en"):
        assert str(refusal.value) == "Character 14 is the letter “O”; the digit “0” is probably meant."


@pytest.mark.parametrize("province", icp.PROVINCES)
def test_icp_of_every_province_is_read(province: str) -> None:
    assert checks.parse_icp(f"{province}ICP备12345678号-2") == f"{province}ICP备12345678号-2"


@pytest.mark.parametrize(
    ("number", "kind"),
    [("京ICP备14035507号", "unit"), ("京ICP备14035507号-1", "site"), ("京ICP备14035507号-1A", "app"),
     ("京ICP备14035507号-1X", "mini_program")],
)  # fmt: skip
def test_kind_of_icp_number(number: str, kind: str) -> None:
    assert icp.kind_of(number) == kind


@pytest.mark.requirement("R75")
@pytest.mark.parametrize(
    ("prefix", "office", "kind"),
    [("52110000", "civil_affairs", "private_non_enterprise"), ("51110000", "civil_affairs", "association"),
     ("53110000", "civil_affairs", "foundation"), ("59110000", "civil_affairs", "other"),
     ("91110108", "market", ""), ("12110000", "organs", "")],
)  # fmt: skip
def test_registrar_and_kind_from_the_first_characters(prefix: str, office: str, kind: str) -> None:
    code = uscc.make(prefix, 7)
    assert (uscc.registrar(code), uscc.civil_affairs_kind(code)) == (office, kind)


def test_inner_organisation_code_has_its_own_check() -> None:
    good = uscc.make("91110108", 42)
    from stdnum.cn import uscc as gb

    other = next(c for c in "0123456789X" if c != good[16])
    first = good[:16] + other
    bad = first + str(gb.calc_check_digit(first + "0"))
    with pytest.raises(CheckFailed) as refusal:
        checks.parse_uscc(bad)
    assert refusal.value.code == "organisation_check"


@given(st.sampled_from(PREFIXES), st.integers(0, 31**6 - 1))
def test_made_codes_are_valid_and_differ(prefix: str, serial: int) -> None:
    code = uscc.make(prefix, serial)
    assert checks.parse_uscc(code) == code
    assert uscc.make(prefix, (serial + 1) % 31**6) != code


@given(st.sampled_from(PREFIXES), st.integers(0, 31**6 - 1), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_refused(prefix: str, serial: int, place: int, char: str) -> None:
    code = uscc.make(prefix, serial)
    if code[place] == char:
        return
    with pytest.raises(CheckFailed):
        checks.parse_uscc(code[:place] + char + code[place + 1 :])


@pytest.mark.parametrize("prefix", ["9111010", "B1110108", "9111010X", ""])
def test_make_refuses_what_is_no_prefix(prefix: str) -> None:
    with pytest.raises(ValueError, match="beginning"):
        uscc.make(prefix, 1)


def test_make_refuses_a_serial_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="too large"):
        uscc.make("91110108", 31**6)


@given(st.sampled_from(sorted(CHECKS)), st.text(max_size=60))
@settings(max_examples=600)
def test_checks_never_raise_anything_but_their_refusal(name: str, typed: str) -> None:
    try:
        value = CHECKS[name](typed)
    except CheckFailed as refusal:
        assert str(refusal)
    else:
        assert CHECKS[name](value) == value


@given(
    st.sampled_from(sorted(CHECKS)),
    st.text(alphabet="京粤ICP备证号ABX0123456789-.年@:/ " + string.ascii_lowercase, max_size=40),
)
@settings(max_examples=600)
def test_checks_are_stable_on_what_looks_almost_right(name: str, typed: str) -> None:
    try:
        value = CHECKS[name](typed)
    except CheckFailed:
        return
    assert CHECKS[name](value) == value


@pytest.mark.parametrize("typed", [None, 5, True, [], {}])
def test_checks_take_what_is_no_text(typed: Any) -> None:
    for check in CHECKS.values():
        try:
            check(typed)
        except CheckFailed:
            continue


@pytest.mark.requirement("R50")
def test_age_range_is_read_and_ordered() -> None:
    assert checks.parse_age_range("6岁", "１５") == (6, 15)
    with pytest.raises(CheckFailed) as refusal:
        checks.parse_age_range(12, 6)
    assert refusal.value.code == "age_order"
    with pytest.raises(CheckFailed):
        checks.parse_age_range("", 6)
    with pytest.raises(CheckFailed):
        checks.parse_age_range(6, 120)


@pytest.mark.parametrize("text", ["000000000001999", "1" * 13, "9" * 5000])
def test_number_is_judged_by_all_its_digits(text: str) -> None:
    with pytest.raises(CheckFailed):
        checks.parse_whole_number(text)
