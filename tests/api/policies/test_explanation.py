"""An explanation of every kind of decision, in both languages, for every role, with and without its facts."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from string import Formatter
from typing import Literal

import pytest

from api.policies.explanation import step_words, words
from api.policies.explanation.pack import Explained, explanation
from api.policies.explanation.page import explanation_page
from scoring.facts import Asked, CompanyDetails, DebtorFacts
from scoring.reasons import REGISTRY
from scoring.reasons.registry import Words
from tests.api.policies.explained import Page, explained, of_every_kind
from tests.scoring.companies import FINANCIALS, LATE, POLICY, PROMPT, company, event, registered, scored

KINDS = of_every_kind()
LANGUAGES: tuple[Literal["en", "nl"], ...] = ("en", "nl")
# What stands the same in both languages: numbers, grades, dates, ids, and names that others gave.
SAME = re.compile(
    r"[\d.,:%+T€ -]*|EUR [\d.,-]+|G\d+|D|[0-9a-f-]{36}|\d{4}-\d\d-\d\d.*|Coface DRA|D&B PAYDEX"
    r"|Creditsafe help page: .*|Coface debtor risk.*|D&B PAYDEX chart.*"  # The policy's own words, in one language.
    r"|Zilveren Zwaan|Gouden Gans|kvk|creditsafe|opensanctions|sandbox|martian_claim"
)


@pytest.mark.parametrize("kept", [True, False], ids=["facts kept", "facts erased"])
@pytest.mark.parametrize("who", KINDS)
def test_every_decision_is_explained_in_both_languages(who: str, kept: bool) -> None:
    given = KINDS[who] if kept else replace(KINDS[who], facts=None)
    english, dutch = (Page(explanation_page(explanation(given, "finance", each))) for each in LANGUAGES)
    for page in (english, dutch):
        assert page.faults == []
        assert not [text for text in page.texts if "{" in text or "None" in text or "  " in text]
    assert len(english.texts) == len(dutch.texts)
    untranslated = [one for one, other in zip(english.texts, dutch.texts, strict=True) if one == other]
    assert [text for text in untranslated if not SAME.fullmatch(text)] == []
    codes = [text for text in english.texts + dutch.texts if re.search(r"[a-z]_[a-z]", text)]
    assert [text for text in codes if "martian_claim" not in text] == []


@pytest.mark.parametrize("who", KINDS)
def test_every_explanation_tells_procedure_reasons_rights_and_deciders(who: str) -> None:
    pack = explanation(KINDS[who], "finance", "en")
    steps = ["outside", "inside", "blending", "grade", "caps", "confidence", "limit", "term", "outcome"]
    assert [each["step"] for each in pack["procedure"]] == steps
    said = KINDS[who].decision.judgement
    assert [each["code"] for each in pack["reasons"]] == [each["code"] for each in said["reasons"]]
    assert len(pack["rights"]) >= 5
    assert pack["evidence"]
    assert "Gouden Gans" in pack["whom_to_ask"]
    waits = said["outcome"] == "refer"
    assert ("a person there decides" in pack["deciders"][0]) is waits


@pytest.mark.parametrize("role", ["sales", "integration"])
@pytest.mark.parametrize("who", KINDS)
def test_others_than_finance_see_no_figures(who: str, role: str) -> None:
    given = KINDS[who]
    pack = explanation(given, role, "en")
    assert pack["evidence"] == []
    assert [each["step"] for each in pack["procedure"]] == ["outcome"]
    assert pack["procedure"][0]["details"] == []
    assert all(each["marginal"] is None and each["marginal_text"] is None for each in pack["reasons"])
    assert all(REGISTRY[each["code"]].audience == "sales" for each in pack["reasons"])
    told = Page(explanation_page(pack))
    assert told.faults == []
    for text in told.texts:
        assert not re.search(
            r"\bG\d+\b|grade [A-Z]|probabilit|seller\.example", text.replace("cleo@seller.example", "")
        ), text


def test_the_numbers_that_were_applied_are_told() -> None:
    given = explained(company(behaviour=LATE, bureau=scored(74)))
    said = given.decision.judgement
    steps = {each["step"]: each for each in explanation(given, "finance", "en")["procedure"]}
    assert "creditsafe gives the score 74 on the scale Creditsafe 1 to 100." in steps["outside"]["text"]
    assert "(Creditsafe help page" in steps["outside"]["text"]
    assert "that is grade G3" in steps["outside"]["text"]
    assert f"scores {Decimal(said['payment_index']).normalize():f};" in steps["inside"]["text"]
    assert "promises kept: 25%, 1.5 points" in steps["inside"]["details"]
    share = f"{Decimal(said['credibility']) * 100:.2f}".rstrip("0").rstrip(".")
    assert f"counts for {share}%" in steps["blending"]["text"]
    assert f"lies in grade {said['grade_before_caps']}, which goes from" in steps["grade"]["text"]
    assert steps["confidence"]["text"].endswith("the policy asks for at least 40%.")
    assert steps["limit"]["text"].startswith("The limit is EUR ")
    details = steps["limit"]["details"]
    assert [each.partition(":")[0] for each in details[:2]] == ["need", "capacity"]
    assert details[2:] == [
        "What can be carried by net worth: 2.5% of EUR 440,000 is EUR 11,000",
        "What can be carried by working capital: 5% of EUR 120,000 is EUR 6,000",
        "What can be carried by turnover: 0.5% of EUR 3,000,000 is EUR 15,000",
        "The least of these annual figures: EUR 6,000",
        "The bureau recommends EUR 25,000",
        "The mean of both: EUR 15,500",
        "By our own experience: the peak of EUR 18,000 times 0.5 (at 38 days late) is EUR 9,000",
        "Our own experience counts for 83.33%, the rest for 16.67%: capacity EUR 10,083.34",
    ]


@pytest.mark.parametrize(
    ("form", "asked_days", "told"),
    [
        ("bv", None, ["The term of class low: 30 days"]),
        ("bv", 14, ["The term of class low: 30 days", "Asked for: 14 days"]),
        ("publiekrechtelijk", 60, ["The term of class low: 30 days", "Asked for: 60 days"]),
    ],
)
def test_what_a_term_was_found_from_is_told(form: str, asked_days: int | None, told: list[str]) -> None:
    asked = Asked(Decimal(4000), payment_term_days=asked_days)
    given = explained(company(asked=asked, register=registered(legal_form=form)))
    step = next(each for each in explanation(given, "finance", "en")["procedure"] if each["step"] == "term")
    *before, by_law = step["details"]
    assert before == told
    assert by_law.startswith("The law allows ")
    assert step["text"] == f"The payment term is {given.decision.judgement['terms']['payment_term_days']} days."


def test_a_term_that_the_law_cuts_says_so() -> None:
    large = replace(FINANCIALS, total_assets=Decimal(90_000_000), turnover=Decimal(200_000_000))
    longer = replace(POLICY.terms, payment_term_days={**POLICY.terms.payment_term_days, "low": 45})
    given = explained(company(bureau=scored(90, financials=large)), replace(POLICY, terms=longer))
    pack = explanation(given, "finance", "en")
    step = next(each for each in pack["procedure"] if each["step"] == "term")
    law = "The law allows 30 days instead of 45 days"
    assert step["details"][-1] == f"{law}, by the size of the debtor: a large company"
    assert f"{law}: the debtor is a large company." in [each["text"] for each in pack["reasons"]]


@pytest.mark.parametrize(
    ("given", "step", "text"),
    [
        (explained(company(bureau=None)), "outside", "Nothing that others know gave a probability of default."),
        (explained(company(bureau=None)), "blending", "Neither is known, so there is no probability of default."),
        (explained(company(bureau=None)), "limit", "No limit was set."),
        (explained(company()), "inside", "Our own experience is too little to give a probability of default."),
        (explained(company()), "blending", "Only one of both is known, so that one counts: 0.19%."),
        (explained(company()), "caps", "No fact lowers the grade: it stays G3, in class low."),
        (
            explained(company(bureau=scored(74, pd=Decimal("0.02"), horizon_months=24))),
            "outside",
            "creditsafe puts the probability of default at 2% over 24 months; over twelve months that is 1.01%.",
        ),
        (
            explained(company(bureau=None, register=registered(events=(event("bankruptcy"),)))),
            "caps",
            "A fact by itself makes the grade D, in class blocked.",
        ),
        (
            explained(company(debtor=DebtorFacts("NL", "bv", unresolved_write_off=True))),
            "caps",
            "Grade G3 became G9, in class high, by facts that count apart from the score.",
        ),
        (
            explained(company(bureau=scored(0, scale="coface_dra"))),
            "grade",
            "99% lies in grade G10, which goes from 25% up to 100%.",
        ),
        (
            replace(explained(company()), facts=None),
            "outside",
            "What others know puts the probability of default within twelve months at 0.19%.",
        ),
    ],
)
def test_a_step_says_what_happened(given: Explained, step: str, text: str) -> None:
    steps = {each["step"]: each["text"] for each in explanation(given, "finance", "en")["procedure"]}
    assert steps[step] == text


def test_a_factor_tells_its_effect_on_probability_grade_and_limit() -> None:
    given = explained(company(behaviour=LATE, bureau=scored(30)))
    found = [each for each in explanation(given, "finance", "en")["reasons"] if each["marginal"]]
    assert found
    said = {each["code"]: each["params"] for each in given.decision.judgement["reasons"]}
    for each in found:
        params = said[each["code"]]
        assert each["marginal"]["pd_would_be"] == params["would_be_pd"]
        assert Decimal(params["would_be_pd"]) < Decimal(params["default_pd"])
        assert each["marginal_text"].startswith("Otherwise the probability of default would be ")
    assert any(each["marginal"]["limit_would_be"] for each in found)


def test_erased_facts_are_told_and_leave_an_explanation_of_the_judgement() -> None:
    pack = explanation(replace(explained(company(behaviour=LATE)), facts=None), "finance", "nl")
    assert pack["facts_kept"] is False
    assert "gewist" in pack["facts_text"]
    assert pack["evidence"] == []
    assert pack["is_natural_person"] is None
    assert len(pack["procedure"]) == 9
    assert [each["provider"] for each in pack["sources"]] == ["kvk", "creditsafe", "opensanctions"]


@pytest.mark.parametrize(
    ("form", "is_person", "company_note"), [("bv", False, True), ("vof", True, False), (None, None, False)]
)
def test_rights_are_those_of_natural_persons_and_of_who_may_be_one(
    form: str | None, is_person: bool | None, company_note: bool
) -> None:
    given = explained(company(debtor=DebtorFacts("NL"), register=registered(legal_form=form)))
    pack = explanation(given, "finance", "en")
    assert pack["is_natural_person"] is is_person
    assert any("legal person" in each for each in pack["rights"]) is company_note
    assert {each.en for each in words.RIGHTS.values()} <= set(pack["rights"])


def test_whether_points_were_trained_is_told() -> None:
    assert explanation(explained(company()), "sales", "en")["trained"] is False
    cards = POLICY.scorecards
    assert cards.behaviour is not None
    fitted = replace(cards.behaviour, trained=True)
    policy = replace(
        POLICY, scorecards=replace(cards, behaviour=fitted, behaviour_of_persons=cards.behaviour)
    )  # fmt: skip
    pack = explanation(explained(company(behaviour=PROMPT), policy), "finance", "en")
    assert pack["trained"] is True
    assert "Natural persons are never judged by these" in pack["trained_text"]


HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}{name}</td></html>"


def test_whatever_a_name_or_a_vendor_says_is_shown_as_text() -> None:
    report = scored(
        74,
        scale=HOSTILE,
        details=CompanyDetails(band=HOSTILE, sector=HOSTILE, group=HOSTILE, auditor=HOSTILE),
        events=(event(HOSTILE),),
        target_event=HOSTILE,
    )
    facts = company(
        bureau=replace(report, provider=HOSTILE),
        register=registered(legal_form=HOSTILE),
        debtor=DebtorFacts("NL", HOSTILE + "2"),
        behaviour=PROMPT,
    )
    given = explained(facts)
    sources = [{**each, "provider": HOSTILE} for each in given.decision.sources]
    given = replace(
        given,
        decision=replace(given.decision, sources=sources, asked_by=HOSTILE),
        rules=replace(given.rules, name=HOSTILE, made_by=HOSTILE, approved_by=HOSTILE),
        seller=replace(given.seller, name=HOSTILE),
        debtor_name=HOSTILE,
        credit_owner=HOSTILE,
    )
    for role in ("finance", "sales"):
        for language in LANGUAGES:
            page = explanation_page(explanation(given, role, language))
            found = Page(page)
            assert found.faults == []
            assert not {"script", "img"} & set(found.tags)
            assert found.pointers == []
            assert HOSTILE in found.texts  # Whole, and only as text.
            assert "49" not in " ".join(text for text in found.texts if "7*7" in text)


def test_a_page_stands_on_its_own() -> None:
    page = explanation_page(explanation(explained(company()), "finance", "nl"))
    found = Page(page)
    assert '<html lang="nl">' in page
    assert "@media print" in page
    assert found.pointers == []
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(found.tags)
    assert not re.search(r"https?:|url\(|@import", page)


def _tables() -> list[dict[str, Words]]:
    return [
        table
        for module in (words, step_words)
        for table in vars(module).values()
        if isinstance(table, dict) and table and all(isinstance(each, Words) for each in table.values())
    ]


@pytest.mark.parametrize("table", _tables())
def test_words_take_the_same_parameters_in_both_languages(table: dict[str, Words]) -> None:
    for code, each in table.items():
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (each.en, each.nl)]
        assert names[0] == names[1], code
        assert each.en.strip(), code
        assert each.nl.strip(), code
        assert each.en != each.nl or names[0], code


@pytest.mark.parametrize(
    "effect", ["decline", "refer", "hold_first_payment", "accept_prepayment", "grade", "limit", "none"]
)
def test_every_effect_has_a_word(effect: str) -> None:
    assert effect in step_words.EFFECTS


def test_moments_are_told_in_the_time_zone_of_the_seller() -> None:
    given = explained(company())
    late = replace(given.decision, decided_at=datetime(2026, 6, 1, 22, 30, tzinfo=UTC))
    pack = explanation(replace(given, decision=late), "finance", "nl")
    assert pack["about"]["decided_at_text"] == "02-06-2026 00:30 (Europe/Amsterdam)"
    assert "02-06-2026 00:30 (Europe/Amsterdam)" in Page(explanation_page(pack)).texts
