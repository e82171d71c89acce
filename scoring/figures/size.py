"""How large the debtor is by law, which bounds the terms it may have from a small seller."""

from scoring.exchange import EURO
from scoring.figures.known import Known
from scoring.figures.outside import legal_form
from scoring.policy.terms import CompanySize
from scoring.statutory.law import NotInForce, dutch_law
from scoring.statutory.size import company_size

PUBLIC_LEGAL_FORM = "publiekrechtelijk"


def company_size_of(known: Known) -> CompanySize | None:
    """A public body by its legal form, else large or small by its annual figures; None where too little is known.

    The law looks at the one entity and in euro, so figures that are consolidated or in another currency do not tell.
    """
    if legal_form(known) == PUBLIC_LEGAL_FORM:
        return "public"
    figures = known.financials
    if figures is None or figures.consolidated or known.facts.currency != EURO:
        return None
    try:
        return company_size(figures.total_assets, figures.turnover, None, known.facts.as_of, dutch_law().large_company)
    except NotInForce:
        return None
