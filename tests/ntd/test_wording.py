"""What letters say: the texts that come with the box, and those a hotline writes."""

from dataclasses import replace

import pytest
from jinja2 import TemplateError

from reportbox.languages import ALL
from reportbox.ntd.wording import (
    FACTS,
    GOOD_FAITH,
    Text,
    facts_of,
    problems_with,
    render,
    sample,
    shipped,
)
from reportbox.settings import Settings

SHIPPED = [
    (text, code) for text in Text for code in ALL if shipped(text, code) is not None
]
TRANSLATED = (
    Text.NTD,
    Text.NTD_REMINDER,
    Text.NTD_CORRECTION,
    Text.UPSTREAM_COPY,
    Text.REGISTRAR_REQUEST,
)
GOOD = """{{ hotline_name }} {{ hotline_email }} {{ good_faith }} {{ attachment }}
{% for item in items %}{{ item.number }} {{ item.address }} {% endfor %}"""
SUBJECT = "[{{ number }}] Notice"


def words(text: Text, code: str = "en") -> tuple[str, str]:
    found = shipped(text, code)
    assert found is not None
    return found


def wrong_with(settings: Settings, body: str, subject: str = SUBJECT) -> dict[str, str]:
    return problems_with(Text.NTD, subject, body, "en", settings)


@pytest.mark.parametrize(("text", "code"), SHIPPED)
def test_every_text_of_the_box_keeps_to_the_rules_for_texts(
    settings: Settings, text: Text, code: str
) -> None:
    assert problems_with(text, *words(text, code), code, settings) == {}


@pytest.mark.parametrize("code", ["en", "de", "nl", "fr", "es"])
@pytest.mark.parametrize("text", TRANSLATED)
def test_the_box_speaks_five_languages_to_providers(text: Text, code: str) -> None:
    assert (text, code) in SHIPPED
    assert code in GOOD_FAITH


@pytest.mark.parametrize("code", ["en", "de", "nl", "fr", "es"])
def test_a_notice_has_what_the_digital_services_act_asks_for(
    settings: Settings, code: str
) -> None:
    ours = replace(
        settings,
        inhope_since="2012",
        trusted_flagger="TF-1",
        verify_url="https://hotline.example/verify",
        legal_basis="Sample Act, § 1",
        ntd_keep_days=90,
        ntd_within_hours=12,
    )
    facts = facts_of(sample(Text.NTD, code, ours), ours)

    subject, body = render(*words(Text.NTD, code), facts)

    assert "[RB-000001]" in subject
    for told in (
        "Estonia (Sample Act, § 1)",  # why it is illegal: Article 16(2)(a)
        "hxxps[:]//item-1[.]sample[.]example/page",  # where: (b)
        "192.0.2.7 2001:db8::7",
        "item-1[.]sample[.]example, 443",
        "addresses.csv",
        "Practice Hotline",  # who: (c)
        "desk@hotline.example",
        "1 Practice Street",
        GOOD_FAITH[code],  # (d)
        "18",  # Article 18
        "22",
        "TF-1",
        "INHOPE",
        "2012",
        "https://hotline.example/verify",
        "90",
        "12",
        "2030-01-07 09:00 UTC",
        "Sample Police",
    ):
        assert told in body, told


def test_no_fact_is_a_live_address(settings: Settings) -> None:
    facts = facts_of(sample(Text.NTD, "en", settings), settings)

    assert set(facts) == set(FACTS)
    assert "sample.example" not in str(facts)


def test_a_line_whose_fact_is_empty_leaves_no_hole(settings: Settings) -> None:
    bare = replace(settings, hotline_address="", hotline_phone="", legal_basis="")

    _, body = render(*words(Text.NTD), facts_of(sample(Text.NTD, "en", bare), bare))

    assert "\n\n\n" not in body


def test_a_provider_with_two_lines_in_its_name_writes_no_line_of_the_letter(
    settings: Settings,
) -> None:
    occasion = replace(sample(Text.NTD, "en", settings), provider="One\nTwo")

    subject, body = render(*words(Text.NTD), facts_of(occasion, settings))

    assert "To the abuse desk of One Two\n" in body
    assert "\n" not in subject


def test_a_small_text_that_says_all_is_good(settings: Settings) -> None:
    assert wrong_with(settings, GOOD) == {}


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ("{{ good_faith }}", "good faith"),
        ("{{ item.address }}", "the list"),
        ("{{ item.number }}", "the list"),
        ("{{ hotline_name }}", "your name"),
        ("{{ hotline_email }}", "your mail address"),
        ("{{ attachment }}", "where the exact addresses stand"),
    ],
)
def test_what_is_missing_is_named(settings: Settings, gone: str, named: str) -> None:
    problems = wrong_with(settings, GOOD.replace(gone, ""))

    assert list(problems) == ["body"]
    assert problems["body"].startswith("Something is missing: ")
    assert named in problems["body"]


def test_the_subject_needs_the_reference_in_brackets(settings: Settings) -> None:
    assert "[{{ number }}]" in wrong_with(settings, GOOD, "Notice")["subject"]


@pytest.mark.parametrize(
    "hidden",
    [
        "{% if count > 1 %}{{ good_faith }}{% endif %}",
        "{% if verify_url %}{{ good_faith }}{% endif %}",
        "{% if by_form %}{{ good_faith }}{% endif %}",
    ],
)
def test_what_must_be_said_is_said_in_every_case(
    settings: Settings, hidden: str
) -> None:
    body = GOOD.replace("{{ good_faith }}", hidden)

    assert "good faith" in wrong_with(settings, body)["body"]


@pytest.mark.parametrize(
    "trick",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ number.__class__ }}",
        "{{ number.format }}",
        "{{ items.append(1) }}",
        "{{ items[0] }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ range(10) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
        "{{ number | attr('__class__') }}",
        "{{ items | map(attribute='number') | list }}",
        "{{ number | replace('a', 'b') }}",
        "{{ settings.hotline_name }}",
        "{{ item.number }}",
        "{% set x = 1 %}",
        "{% macro x() %}{% endmacro %}",
        "{% include 'ntd.en.txt' %}",
        "{% import 'ntd.en.txt' as x %}",
        "{% extends 'ntd.en.txt' %}",
        "{% block x %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% for a in number %}{% endfor %}",
        "{% for a in items if a %}{% endfor %}",
        "{% for a in items recursive %}{{ loop(items) }}{% endfor %}",
        "{% for a, b in items %}{% endfor %}",
        "{% for a in items %}{% for b in items %}{% endfor %}{% endfor %}",
        "{% for a in items %}{{ a }}{{ a.__class__ }}{% endfor %}",
        "{% for a in items %}{{ a.address_as_reported }}{% endfor %}",
        "{% for a in items %}{{ loop.__class__ }}{{ loop._iterable }}{% endfor %}",
        "{% if number is defined %}{% endif %}",
        "{{ reporter }}",
    ],
)
def test_a_text_names_facts_and_does_nothing_else(
    settings: Settings, trick: str
) -> None:
    problems = wrong_with(settings, f"{GOOD}\n{trick}")

    assert problems["body"].startswith("Line ")


@pytest.mark.parametrize(
    "trick",
    [
        "{{ number.__class__ }}",
        "{{ number.format(1) }}",
        "{{ items.append(1) }}",
        "{{ items.clear }}",
        "{{ range(10) }}",
        "{% for a in items %}{{ loop.cycle('a') }}{% endfor %}",
        "{{ nobody }}",
    ],
)
def test_behind_the_rules_stands_a_sandbox(settings: Settings, trick: str) -> None:
    facts = facts_of(sample(Text.NTD, "en", settings), settings)

    with pytest.raises(TemplateError):
        render("x", trick, facts)


@pytest.mark.parametrize("broken", ["{{ number", "{% if count %}", "{% endfor %}"])
def test_what_cannot_be_read_is_named_by_its_line(
    settings: Settings, broken: str
) -> None:
    assert "Line 3" in wrong_with(settings, f"{GOOD}\n{broken}")["body"]


def test_facts_that_do_not_go_together_are_refused_in_words(settings: Settings) -> None:
    problems = wrong_with(settings, f"{GOOD}{{% if number > 1 %}}x{{% endif %}}")

    assert problems["body"].startswith("The text cannot be used: ")


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [
        (f"[{{{{ number }}}}]{'x' * 200}", GOOD, "subject"),
        ("[{{ number }}]\nBcc: somebody", GOOD, "subject"),
        ("", GOOD, "subject"),
        (SUBJECT, GOOD + "x" * 10_000, "body"),
        (SUBJECT, " ", "body"),
    ],
)
def test_texts_have_limits(
    settings: Settings, subject: str, body: str, field: str
) -> None:
    assert field in wrong_with(settings, body, subject)
