"""The codes of a result in words, in English and Dutch: roles, targets, classes, sides, reasons for what is missing."""

from collections.abc import Mapping
from string import Formatter
from typing import Any, get_args

from scoring.limits import Binding
from scoring.reasons import REGISTRY
from scoring.reasons.registry import Language, Words
from scoring.reasons.words import OUTCOMES, WORDS

ROLES = {
    "candidate": Words("candidate", "kandidaat"),
    "active": Words("active policy", "geldend beleid"),
}
NAMED_ROLES = {  # As they stand in a sentence.
    "candidate": Words("the candidate", "de kandidaat"),
    "active": Words("the active policy", "het geldende beleid"),
}
KNOWLEDGE = {
    "as_happened": Words(
        "everything counts from the day on which it happened", "alles telt vanaf de dag waarop het gebeurde"
    ),
    "as_known": Words(
        "everything counts from the moment at which it was learnt", "alles telt vanaf het moment waarop het bekend werd"
    ),
}
ASSUMPTIONS = {
    "debtors_as_they_are_now": Words(
        "What is known of a debtor itself, such as its legal form, is as it is now, not as it was then.",
        "Wat van een debiteur zelf bekend is, zoals de rechtsvorm, is zoals het nu is, niet zoals het toen was.",
    ),
    "groups_and_insurance_left_out": Words(
        "Groups of debtors and credit insurance are left out.",
        "Groepen van debiteuren en kredietverzekering blijven buiten beschouwing.",
    ),
    "sources_not_waited_for": Words(
        "A source that had told nothing yet is not waited for: the order is judged without it.",
        "Op een bron die nog niets had gemeld wordt niet gewacht: de order wordt zonder die bron beoordeeld.",
    ),
    "each_invoice_taken_for_an_order_of_its_day": Words(
        "Each invoice is taken for an order placed on its day.",
        "Elke factuur wordt opgevat als een order van die dag.",
    ),
    "debtors_taken_for_independent": Words(
        "In the intervals of the AUC, debtors are taken for independent of each other.",
        "In de intervallen van de AUC gelden debiteuren als onafhankelijk van elkaar.",
    ),
    "calibration_orders_taken_for_independent": Words(
        "In the intervals by grade, orders are taken for independent: where a debtor has many, they are too narrow.",
        "In de intervallen per rating gelden orders als onafhankelijk: bij debiteuren met veel orders zijn ze te smal.",
    ),
    "disputes_taken_as_known_from_the_start": Words(
        "An invoice that was disputed at some time is taken for disputed from its first day.",
        "Een factuur die ooit betwist werd, geldt vanaf de eerste dag als betwist.",
    ),
}
ECONOMICS = {
    "loss_given_default": Words("lost of what is never paid", "verlies op wat nooit betaald wordt"),
    "margin_share": Words("margin in a price", "marge in een prijs"),
    "prepaid_kept_share": Words(
        "buyers who do buy when asked to pay before delivery",
        "kopers die kopen als vooruitbetaling wordt gevraagd",
    ),
    "funding_rate": Words(
        "cost of funding by the year, on the cost of what is owed",
        "financieringskosten per jaar, over de kostprijs van wat openstaat",
    ),
}
CLASSES = {
    "low": Words("low", "laag"),
    "normal": Words("normal", "normaal"),
    "high": Words("high", "hoog"),
    "blocked": Words("blocked", "geblokkeerd"),
    None: Words("no class", "geen klasse"),
}
STANDINGS = {
    "on_account": Words("sold on account", "op rekening verkocht"),
    "prepaid": Words("prepayment asked", "vooruitbetaling gevraagd"),
    "waiting": Words("waiting for a person or a payment", "wacht op een mens of een betaling"),
    "refused": Words("refused", "geweigerd"),
    "all": Words("all orders", "alle orders"),
}
SIDES = {
    "both": Words("both", "beide"),
    "only_candidate": Words("only the candidate", "alleen de kandidaat"),
    "only_active": Words("only the active policy", "alleen het geldende beleid"),
    "neither": Words("neither", "geen van beide"),
}
LIMIT_KINDS = {
    "amount": Words("with a limit in money", "met een limiet in geld"),
    "zero": Words("of these: a limit of zero", "waarvan: een limiet van nul"),
    "above": Words("of these: the order does not fit", "waarvan: de order past niet"),
    "unlimited": Words("without a bound", "zonder grens"),
    "none": Words("without a limit being set", "zonder dat een limiet is bepaald"),
}
EARNED = {
    "orders": Words("orders", "orders"),
    "order_amount": Words("order amount", "orderbedrag"),
    "on_account_amount": Words("sold on account", "op rekening verkocht"),
    "margin_amount": Words("margin", "marge"),
    "realised_loss_amount": Words("realised loss", "werkelijk verlies"),
    "expected_loss_amount": Words("expected loss", "verwacht verlies"),
    "funding_amount": Words("funding", "financiering"),
    "result_amount": Words("result", "resultaat"),
    "undecided_amount": Words("may still be paid", "kan nog betaald worden"),
    "unrated_amount": Words("without a probability", "zonder kans"),
}
SAMPLES = {
    "with_history": Words("all with history", "alle met historie"),
    "first_with_history": Words("first of each debtor", "eerste per debiteur"),
}
MISSING = {
    "no_cases": Words("there are no cases", "er zijn geen gevallen"),
    "no_events": Words("it happened in none of the cases", "het gebeurde in geen van de gevallen"),
    "only_events": Words("it happened in every case", "het gebeurde in elk geval"),
    "events_of_one": Words("it happened with only one debtor", "het gebeurde maar bij één debiteur"),
    "others_of_one": Words("it failed to happen with only one debtor", "het bleef maar bij één debiteur uit"),
    "same_policy": Words(
        "The policy that was tested is the active one, so there is nothing to compare it with.",
        "Het geteste beleid is het geldende beleid, dus er is niets om het mee te vergelijken.",
    ),
    "no_active_policy": Words(
        "No policy is active, so there is nothing to compare with.",
        "Er is geen geldend beleid, dus er is niets om mee te vergelijken.",
    ),
}
BINDINGS = {name: WORDS[name] for name in get_args(Binding)}
CODES: dict[str, Mapping[Any, Words]] = {
    "role": ROLES,
    "named_role": NAMED_ROLES,
    "knowledge": KNOWLEDGE,
    "assumption": ASSUMPTIONS,
    "economics": ECONOMICS,
    "risk_class": CLASSES,
    "standing": STANDINGS,
    "side": SIDES,
    "limit": LIMIT_KINDS,
    "binding": BINDINGS,
    "earned": EARNED,
    "sample": SAMPLES,
    "missing": MISSING,
    "outcome": OUTCOMES,
}
TARGETS = {
    ("invoice", False): Words("invoice paid after its due date", "factuur betaald na de vervaldag"),
    ("invoice", True): Words(
        "invoice paid more than {days} days late", "factuur meer dan {days} dagen te laat betaald"
    ),
    ("debtor", False): Words(
        "any invoice of the debtor's next {window} days paid after its due date",
        "een factuur uit de volgende {window} dagen van de debiteur betaald na de vervaldag",
    ),
    ("debtor", True): Words(
        "any invoice of the debtor's next {window} days paid more than {days} days late",
        "een factuur uit de volgende {window} dagen van de debiteur meer dan {days} dagen te laat betaald",
    ),
}


def in_words(kind: str, code: str | None, language: Language) -> str:
    """Give the words of a code; one that is not known yet stands for itself."""
    words = CODES[kind].get(code)
    return str(code) if words is None else words.of(language)


def reason_words(code: str, language: Language) -> str:
    """Say a reason as it is said of any order: what differs from order to order is left open."""
    kind = REGISTRY.get(code)
    if kind is None:
        return code
    text = kind.text_for(full=False).of(language)
    return "".join(said + ("" if name is None else "…") for said, name, _, _ in Formatter().parse(text))


def target_words(target: Mapping[str, Any], language: Language) -> str:
    """Say in words what a target of the result is: what happens, and how late."""
    words = TARGETS[target["level"], target["late_days"] > 0]
    return words.of(language).format(days=target["late_days"], window=target["window_days"])
