"""The rules that Dutch invoices keep to (NL-R): none of them keeps a document out, but its reader is told."""

from api.ledger.formats.drafts import Draft

LEGAL_SCHEMES = frozenset({"0106", "0190"})
PAYMENT_CODES = frozenset({"30", "48", "49", "57", "58", "59"})


def note_dutch_rules(draft: Draft) -> None:
    """Note which rules for Dutch sellers a document breaks."""
    if draft.seller.country != "NL":
        return
    if draft.is_credit_form and not draft.preceding_numbers:
        draft.note("NL-R-001", "a Dutch credit note should name the invoice it credits")
    if not any(each.role == "legal" and each.scheme in LEGAL_SCHEMES for each in draft.seller.identifiers):
        draft.note("NL-R-003", "a Dutch seller should give his KvK number or OIN")
    if draft.buyer.country == "NL":
        legal = [each for each in draft.buyer.identifiers if each.role == "legal"]
        if legal and not any(each.scheme in LEGAL_SCHEMES for each in legal):
            draft.note("NL-R-005", "a Dutch buyer's legal number should be a KvK number or OIN")
        if draft.payment_code and draft.payment_code not in PAYMENT_CODES:
            draft.note("NL-R-008", f"payment means {draft.payment_code[:10]} is not one for the Netherlands")
    if draft.payment_code is None and (draft.payable or 0) > 0 and not draft.is_credit_form:
        draft.note("NL-R-007", "a Dutch invoice should say how it is to be paid")
