"""Single words that stand in parameters of reasons, and the lines for changes and for sales, in both languages."""

from scoring.reasons.registry import Words

WORDS: dict[str, Words] = {
    "bankruptcy": Words("bankruptcy", "faillissement"),
    "moratorium_provisional": Words("provisional suspension of payments", "voorlopige surseance van betaling"),
    "moratorium_final": Words("suspension of payments", "surseance van betaling"),
    "debt_rescheduling": Words("debt rescheduling", "schuldsanering"),
    "dissolution_without_assets": Words("dissolution without assets", "turboliquidatie"),
    "dissolved": Words("dissolved", "ontbonden"),
    "deregistered": Words("deregistered", "uitgeschreven"),
    "whoa_public": Words("public restructuring procedure", "openbare akkoordprocedure"),
    "whoa_private": Words("private restructuring procedure", "besloten akkoordprocedure"),
    "cooling_off": Words("cooling-off period", "afkoelingsperiode"),
    "liquidation": Words("liquidation", "vereffening"),
    "solvent_liquidation": Words("solvent liquidation", "solvente vereffening"),
    "strike_off_proposed": Words("proposal to strike the company off", "voorgenomen uitschrijving"),
    "judgment": Words("court judgment", "rechterlijke uitspraak"),
    "payment_incident": Words("payment incident", "betaalincident"),
    "collection_case": Words("collection case", "incassozaak"),
    "filing_overdue": Words("accounts filed late", "jaarrekening te laat gedeponeerd"),
    "adverse_insurer_information": Words(
        "adverse information of credit insurers", "negatieve informatie van kredietverzekeraars"
    ),
    "sme": Words("a small or medium-sized company", "een kleine of middelgrote onderneming"),
    "large": Words("a large company", "een grote onderneming"),
    "public": Words("a public body", "een overheidsinstantie"),
    "size_not_known": Words("not known, so taken for small", "niet bekend, dus voor klein gehouden"),
    "company_register": Words("company register", "handelsregister"),
    "credit_bureau": Words("credit bureau", "kredietinformatiebureau"),
    "sanctions_list": Words("sanctions list", "sanctielijst"),
    "number": Words("number", "nummer"),
    "name": Words("name", "naam"),
    "vat": Words("VAT number", "btw-nummer"),
    "iban_holder": Words("account holder", "rekeninghouder"),
    "net_worth": Words("net worth", "eigen vermogen"),
    "working_capital": Words("working capital", "werkkapitaal"),
    "turnover": Words("turnover", "omzet"),
    "loss_budget": Words("loss budget", "verliesbudget"),
    "rule": Words("a rule of the policy", "een regel van het beleid"),
    "need": Words("need", "behoefte"),
    "capacity": Words("capacity", "draagkracht"),
    "insurance": Words("insurance", "verzekering"),
    "under_a_month": Words("less than a month", "minder dan een maand"),
    "unknown": Words("unknown", "onbekend"),
    "grade": Words("the grade", "de rating"),
    "decline": Words("the refusal", "de afwijzing"),
    "low": Words("low", "laag"),
    "normal": Words("normal", "normaal"),
    "high": Words("high", "hoog"),
    "blocked": Words("blocked", "geblokkeerd"),
    "creditsafe_1_100": Words("Creditsafe 1 to 100", "Creditsafe 1 tot 100"),
    "coface_dra": Words("Coface DRA", "Coface DRA"),
    "dnb_paydex": Words("D&B PAYDEX", "D&B PAYDEX"),
    "dnb_failure_percentile": Words("D&B failure score, 1 to 100", "D&B-faillissementsscore, 1 tot 100"),
    "active": Words("active", "actief"),
    "identity_matched": Words("a match with the company register", "een koppeling met het handelsregister"),
    "vat_valid": Words("a valid VAT number", "een geldig btw-nummer"),
    "sanctions_clear": Words("a screening against sanctions lists", "een toets aan de sanctielijsten"),
    "terms_agreed": Words("agreed terms", "overeengekomen voorwaarden"),
    "cover_decided": Words("a decision of the credit insurer", "een besluit van de kredietverzekeraar"),
    "own_ledger": Words("our own ledger", "onze eigen administratie"),
    "stated": Words("what was stated", "de opgave"),
    "bureau_pd": Words("the bureau's probability", "de kans van het bureau"),
    "bureau_score": Words("the bureau's score", "de score van het bureau"),
    "register_status": Words("whether the company is active", "of de onderneming actief is"),
    "legal_form": Words("the legal form", "de rechtsvorm"),
    "pd_and_score": Words("the bureau's own opinion", "het eigen oordeel van het bureau"),
    "outside_and_inside": Words("the probability of default", "de kans op wanbetaling"),
    "founded_and_first_trade": Words("since when the company exists", "sinds wanneer de onderneming bestaat"),
    "days_beyond_terms": Words("how late is paid", "hoe laat wordt betaald"),
    "counts_worst": Words("the worst of both counts", "het slechtste van beide telt"),
    "counts_register": Words("the register counts", "het register telt"),
    "counts_bureau_pd": Words("the bureau's probability counts", "de kans van het bureau telt"),
    "counts_refer": Words("a person decides which counts", "een mens beslist wat telt"),
    "counts_tell": Words("each counts in its own place", "elk telt op zijn eigen plaats"),
}

# What a number of these is called: one of them, and any other number.
UNITS: dict[str, tuple[Words, Words]] = {
    "_days": (Words("day", "dag"), Words("days", "dagen")),
    "_months": (Words("month", "maand"), Words("months", "maanden")),
    "_years": (Words("year", "jaar"), Words("years", "jaar")),
}

CHANGES: dict[str, Words] = {
    "order_amount": Words("Lower the order from {from} to {to}", "Verlaag de bestelling van {from} naar {to}"),
    "prepayment": Words("Have {to} of the order prepaid", "Vraag {to} van de bestelling als vooruitbetaling"),
    "exposure_amount": Words(
        "Have open invoices paid, so that {to} is outstanding instead of {from}",
        "Zorg dat open facturen worden betaald, zodat {to} uitstaat in plaats van {from}",
    ),
    "overdue_amount": Words("Have the overdue {from} paid", "Zorg dat de achterstand van {from} wordt betaald"),
    "insurer_cover": Words(
        "Obtain insurer cover of {to} (now {from})", "Verkrijg een verzekerde limiet van {to} (nu {from})"
    ),
    "requested_limit_amount": Words(
        "Apply for a limit of {to} instead of {from}", "Vraag een limiet van {to} aan in plaats van {from}"
    ),
    "payment_term_days": Words(
        "Agree a term of {to} instead of {from}", "Spreek een termijn van {to} af in plaats van {from}"
    ),
    "is_natural_person": Words(
        "Show that the debtor is a legal person", "Toon aan dat de debiteur een rechtspersoon is"
    ),
    "first_payment_pending": Words("Have the first invoice paid", "Zorg dat de eerste factuur wordt betaald"),
    "unresolved_write_off": Words(
        "Have the claim that was written off settled", "Zorg dat de afgeboekte vordering wordt voldaan"
    ),
    "on_time_count": Words(
        "Have the next {to} invoices paid on time",
        "Zorg dat de volgende {to} facturen op tijd worden betaald",
    ),
    "overdue_and_on_time_count": Words(
        "Have what is overdue and the next {to} invoices paid on time",
        "Zorg dat de achterstand en de volgende {to} facturen op tijd worden betaald",
    ),
    "on_hold": Words("Have finance end the hold", "Laat finance de blokkade opheffen"),
    "identity_mismatch": Words(
        "Clear up what differs from the register ({from})", "Zoek uit wat afwijkt van het register ({from})"
    ),
    "sanctions_hit": Words(
        "Have finance establish that the debtor is not on the list",
        "Laat finance vaststellen dat de debiteur niet op de lijst staat",
    ),
}

GIVES: Words = Words("{change}; then the answer is: {outcome}.", "{change}; dan is het antwoord: {outcome}.")

# Behind the text of a factor that cost part of the limit.
LIMIT_WOULD_BE: Words = Words(
    " The limit would be {limit_would_be_amount} (now {limit_amount}).",
    " De limiet zou {limit_would_be_amount} zijn (nu {limit_amount}).",
)

OUTCOMES: dict[str, Words] = {
    "accept": Words("accepted", "geaccepteerd"),
    "accept_prepayment": Words("accepted against prepayment", "geaccepteerd tegen vooruitbetaling"),
    "hold_first_payment": Words("wait for the first payment", "wachten op de eerste betaling"),
    "refer": Words("finance decides", "finance beslist"),
    "decline": Words("declined", "afgewezen"),
}

SALES_NOTES: dict[str, Words] = {
    "offer_on_account": Words(
        "You can offer on account: up to {headroom_amount}, {term_days}.",
        "U kunt op rekening aanbieden: tot {headroom_amount}, {term_days}.",
    ),
    "offer_on_account_unlimited": Words(
        "You can offer on account, {term_days}.", "U kunt op rekening aanbieden, {term_days}."
    ),
    "sell_within_limit": Words(
        "You can sell on account within the limit of {limit_amount}, {term_days}.",
        "U kunt op rekening verkopen binnen de limiet van {limit_amount}, {term_days}.",
    ),
    "offer_first_payment_first": Words(
        "You can offer on account: up to {headroom_amount}, {term_days}; a second order after the first is paid.",
        "U kunt op rekening aanbieden: tot {headroom_amount}, {term_days}; een tweede na de eerste betaling.",
    ),
    "offer_part_prepaid": Words(
        "You can deliver this order once {prepayment_amount} has been prepaid.",
        "U kunt deze bestelling leveren zodra {prepayment_amount} vooruit is betaald.",
    ),
    "offer_prepaid": Words(
        "You can sell to this debtor against prepayment.", "U kunt aan deze debiteur verkopen tegen vooruitbetaling."
    ),
    "wait_for_first_payment": Words(
        "A next order can go out when the first invoice is paid.",
        "Een volgende bestelling kan weg als de eerste factuur is betaald.",
    ),
    "finance_decides": Words(
        "Finance decides on this; do not promise terms yet.", "Finance beslist hierover; zeg nog geen voorwaarden toe."
    ),
    "do_not_sell": Words("Do not sell to this debtor now.", "Verkoop nu niet aan deze debiteur."),
}
