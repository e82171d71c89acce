"""Tells one debtor's way from prospect to a prepaid order, over HTTP, and stops where it goes otherwise.

It reads the address and the keys from what `creditgate demo` prints, so it runs beside `make run`, once in a database.
"""

import re
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import requests

COMPANY = {"country": "NL", "kvk_number": "90000018"}  # Beknopte Balans: sound, and no customer of anybody yet.
WHY = {"purpose": "credit_assessment", "relation": "prospect"}
ACCOUNT, PAYER = "NL91ABNA0417164300", "NL20INGB0001234567"
PATIENCE_SECONDS = 60
STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{day}T08:00:00+00:00</CreDtTm></GrpHdr>
<Stmt><Id>{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>{day}T08:00:00+00:00</CreDtTm>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{before}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>{day}</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{after}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>{day}</Dt></Dt></Bal>
<Ntry><NtryRef>{number}-1</NtryRef><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>{number}-1</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Pty><Nm>Beknopte Balans B.V.</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>{payer}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
"""


class Story:
    """One run of the story: whom it asks, and what it has learnt."""

    def __init__(self, printed: str) -> None:
        address = re.search(r"creditgate listens on (\S+)", printed)
        self.keys = dict(re.findall(r"^  (\w+) +(cg_test_\w+)$", printed, re.MULTILINE))
        if address is None or not self.keys:
            sys.exit("Give what `creditgate demo` prints while `creditgate run` runs: its address and its keys.")
        self.address = address[1]

    def ask(self, role: str, method: str, path: str, status: int = 201, **sent: Any) -> Any:
        """Send one request with the key of a role. Ends the story where another status comes back."""
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        answer = requests.request(method, f"{self.address}/v1{path}", headers=headers, timeout=60, **sent)
        if answer.status_code != status:
            sys.exit(f"{role}: {method} {path} gave {answer.status_code}, not {status}: {answer.text}")
        return answer.json()

    def post(self, role: str, path: str, body: dict[str, Any], status: int = 201) -> Any:
        """Send a body."""
        return self.ask(role, "POST", path, status, json=body)

    def get(self, role: str, path: str) -> Any:
        """Read something."""
        return self.ask(role, "GET", path, 200)

    def wait_for(self, role: str, path: str, **values: Any) -> Any:
        """Read something until it says this: the worker is at it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self.get(role, path)
            if all(answer[name] == value for name, value in values.items()):
                return answer
            if time.monotonic() > deadline:
                sys.exit(f"{path} does not become {values}: {answer}")
            time.sleep(0.2)


def euro(amount: str) -> dict[str, str]:
    """Money as it is sent."""
    return {"amount": amount, "currency": "EUR"}


def codes(answer: dict[str, Any]) -> list[str]:
    """The codes of an answer's reasons."""
    return [each["code"] for each in answer["reasons"]]


def expect(what: str, found: Any, wanted: Any) -> None:
    """End the story where it goes otherwise."""
    if found != wanted:
        sys.exit(f"{what}: {found}, and not {wanted}")


def tell(words: str) -> None:
    """Print one step."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def prospect(story: Story) -> str:
    """Sales asks before an offer goes out: nothing is reserved, no limit changes."""
    check = story.post("sales", "/credit-checks", {"company": COMPANY, "order_amount": euro("8000.00"), **WHY})
    debtor = story.get("finance", f"/debtors/{check['debtor_id']}")
    if debtor["limit_standing"] != "never_decided":
        sys.exit(
            "This story was told in this database before: begin a new one, such as with another CREDITGATE_DATA_DIR."
        )
    expect("outcome", (check["outcome"], check["risk_class"]), ("accept", "normal"))
    expect("terms", check["terms"]["mode"], "first_payment_first")
    expect("sales sees no grade", "grade" in check, False)
    tell("1. Sales checks Beknopte Balans for an order of 8,000: accept, class normal, the first payment first.")
    return str(check["debtor_id"])


def application(story: Story, debtor_id: str) -> str:
    """Sales asks for more than the policy gives; a person decides, and above his authority a second one."""
    asked = {"debtor_id": debtor_id, "requested_limit": euro("60000.00"), **WHY}
    applied = story.post("sales", "/applications", asked)
    expect("state", applied["state"], "referred")
    asks_too_much = [each for each in codes(applied["decision"]) if each.startswith("asked")]
    tell(f"2. Sales applies for 60,000: referred ({', '.join(asks_too_much)}).")
    path = f"/applications/{applied['id']}"
    (waiting,) = [each for each in story.get("finance", "/referrals")["items"] if each["id"] == applied["id"]]
    expect("the desk", waiting["debtor_id"], debtor_id)
    story.post("finance", f"/referrals/{applied['id']}/takes", {})
    said = {"verdict": "accept", "limit": euro("30000.00"), "grounds": "Sound figures, and a stock that sells."}
    verdict = story.post("finance", f"{path}/verdicts", said)
    expect("above finance's authority", story.get("finance", path)["state"], "seconding")
    seconded = {"approved": True, "grounds": "I agree: half of it will be insured."}
    approvals = f"{path}/verdicts/{verdict['id']}/approvals"
    expect("its own second", story.post("finance", approvals, seconded, 403)["code"], "second_approver_needed")
    story.post("credit_manager", approvals, seconded)
    expect("state", story.get("finance", path)["state"], "approved")
    limit = story.get("finance", f"/debtors/{debtor_id}")["credit_limit"]
    expect("limit", limit["amount"], euro("30000.00"))
    tell("3. Finance gives 30,000, above its authority; the credit manager seconds it: approved.")
    return str(applied["id"])


def cover(story: Story, debtor_id: str) -> None:
    """Finance has the insurer asked, which grants half."""
    contract = {
        **{"insurer_name": "Atradius", "policy_number": "STORY-1", "currency": "EUR", "valid_from": "2020-01-01"},
        **{"provider": "atradius", "numbers": {"customer_id": "55", "policy_id": "111222"}},
        **{"source": "policy schedule", "terms": {"cover_percentage": "0.9", "max_extension_days": 60}},
    }
    policy = story.post("credit_manager", "/insurance-policies", contract)
    asked = {"debtor_id": debtor_id, "insurance_policy_id": policy["id"], "amount": euro("30000.00")}
    request = story.post("finance", "/cover-requests", asked, 202)
    story.wait_for("finance", f"/cover-requests/{request['id']}", state="decided")
    found = story.get("finance", f"/debtors/{debtor_id}")["cover"]
    expect("cover", (found["standing"], found["insured_limit"]), ("in_force", euro("15000.00")))
    expect("who bears what", found["limit"], {
        "insured": euro("15000.00"), "uninsured": euro("15000.00"), "own_part": euro("1500.00"),
    })  # fmt: skip
    tell("4. The insurer is asked for 30,000 and grants 15,000; of the insured half 1,500 is our own part.")


def terms(story: Story, debtor_id: str, application_id: str) -> None:
    """Until terms are agreed in writing, an order is prepaid."""
    previewed = story.post("sales", "/orders/preview", order(debtor_id, "STORY-0", "8000.00"), 200)
    expect("before terms", previewed["outcome"], "accept_prepayment")
    expect("its reason", "terms_not_agreed" in codes(previewed), True)
    today = datetime.now(UTC).date()
    query = {"type": "signed_terms", "source": "the buyer", "dated_on": str(today), "file_name": "terms.pdf"}
    paper = story.ask("sales", "POST", "/documents", params=query, data=b"%PDF-1.7 Payment within 30 days. Signed.")
    accepted = {
        **{"document_id": paper["id"], "terms_version": "2026-1", "accepted_by": "J. de Boer", "channel": "email"},
        **{"accepted_on": str(today), "payment_term_days": 30},
    }
    story.post("sales", f"/applications/{application_id}/agreed-terms", accepted)
    expect("state", story.get("sales", f"/applications/{application_id}")["state"], "agreed")
    debtor = story.get("sales", f"/debtors/{debtor_id}")
    expect(
        "sales sees", ("headroom" in debtor, debtor["onboarding_missing"], debtor["phase"]), (False, [], "monitoring")
    )
    tell("5. An order would be prepaid (terms_not_agreed). The buyer signs: agreed, its file is complete.")


def order(debtor_id: str, reference: str, amount: str, days: int = 3) -> dict[str, Any]:
    """An order as the ERP sends it; the buyer quotes its number when he prepays."""
    delivery_on = datetime.now(UTC).date() + timedelta(days=days)
    named = {"debtor_id": debtor_id, "order_reference": reference, "prepayment_reference": reference}
    return {**named, "amount": euro(amount), "delivery_on": str(delivery_on)}


def first_order(story: Story, debtor_id: str) -> tuple[str, str]:
    """The first order goes out and the second waits for its payment."""
    first = story.post("integration", "/orders", order(debtor_id, "STORY-1", "8000.00"))
    expect("first order", (first["state"], first["is_first_order"]), ("released", True))
    expect("figures", [first[name]["amount"] for name in ("exposure_before", "exposure_after")], ["0.00", "8000.00"])
    second = story.post("integration", "/orders", order(debtor_id, "STORY-2", "6000.00"))
    expect("second order", (second["state"], second["outcome"]), ("held", "hold_first_payment"))
    expect("its reasons", (codes(second), second["reservation"]), (["first_payment_pending"], None))
    tell("6. Order STORY-1 of 8,000 is released and reserved; STORY-2 of 6,000 is held: the first payment is pending.")
    return str(first["id"]), str(second["id"])


def first_payment(story: Story, debtor_id: str, first_id: str, second_id: str) -> None:
    """STORY-1 is delivered, invoiced and paid: then STORY-2 goes out by itself."""
    today = datetime.now(UTC).date()
    story.post("integration", f"/orders/{first_id}/deliveries", delivery(today))
    invoice = {"debtor_id": debtor_id, "invoice_number": "STORY-2026-001", "order_reference": "STORY-1"}
    days = {"invoiced_on": str(today), "due_on": str(today + timedelta(days=30))}
    story.post("integration", "/invoices", {**invoice, **days, "amount": euro("8000.00")})
    expect("STORY-1", story.get("integration", f"/orders/{first_id}")["state"], "completed")
    debtor = story.get("finance", f"/debtors/{debtor_id}")
    expect("stages", debtor["exposure"]["stages"]["invoiced"], euro("8000.00"))
    expect("first payment", debtor["first_payment"]["state"], "first_invoice_open")
    tell("7. STORY-1 is delivered and invoiced: completed; its 8,000 stands among the invoices.")
    bank_file(story, 1, "0.00", "8000.00", "Invoice STORY-2026-001")
    second = story.wait_for("integration", f"/orders/{second_id}", state="released")
    expect("STORY-2", second["reservation"]["amount"], euro("6000.00"))
    paid = story.get("sales", f"/debtors/{debtor_id}")["first_payment"]
    expect("first payment", (paid["state"], paid["paid_on"]), ("first_paid_on_time", str(today)))
    tell("8. The bank file brings 8,000 for it: the first payment came on time, and STORY-2 is released by itself.")


def delivery(today: date) -> dict[str, Any]:
    """A delivery of all that is left of an order."""
    return {"delivery_reference": "D-1", "delivered_on": str(today), "rest": True}


def prepaid_order(story: Story, debtor_id: str) -> None:
    """The third order does not fit: what does not is prepaid, and then it goes out."""
    third = story.post("integration", "/orders", order(debtor_id, "STORY-3", "28000.00"))
    expect(
        "third order",
        (third["state"], third["outcome"], codes(third)),
        ("held", "accept_prepayment", ["limit_exceeded"]),
    )
    expect("to prepay", (third["prepayment_required"], third["headroom"]), (euro("4000.00"), euro("24000.00")))
    expect("kept for it", third["reservation"]["amount"], euro("24000.00"))
    tell("9. STORY-3 of 28,000 is over the limit: 24,000 fits and is kept for it, 4,000 must be prepaid.")
    bank_file(story, 2, "8000.00", "4000.00", "Prepayment STORY-3")
    path = f"/orders/{third['id']}"
    released = story.wait_for("integration", path, state="released")
    expect("prepaid", released["prepaid_amount"], euro("4000.00"))
    expect("reserved", released["reservation"]["amount"], euro("24000.00"))
    debtor = story.get("finance", f"/debtors/{debtor_id}")
    expect("exposure", (debtor["exposure"]["total"], debtor["headroom"]), (euro("30000.00"), euro("0.00")))
    expect("used", (debtor["utilisation"], debtor["gate"]["outcome"]), ("1.0000", "accept_prepayment"))
    tell("10. The bank file brings 4,000 for STORY-3, which is released. The limit is used to the last euro.")


def bank_file(story: Story, number: int, before: str, amount: str, text: str) -> None:
    """Send one day's statement of the bank and wait until it was read."""
    after = Decimal(before) + Decimal(amount)
    named = {"number": number, "day": datetime.now(UTC).date(), "account": ACCOUNT, "payer": PAYER, "text": text}
    content = STATEMENT.format(before=before, after=after, amount=amount, **named)
    files = {"file": (f"statement-{number}.xml", content.encode(), "application/xml")}
    started = story.ask("integration", "POST", "/imports", 202, files=files)
    story.wait_for("integration", f"/imports/{started['import_id']}", state="finished", refused_count=0)


def main() -> None:
    """Tell the story from its beginning to its end."""
    story = Story(sys.stdin.read())
    debtor_id = prospect(story)
    application_id = application(story, debtor_id)
    cover(story, debtor_id)
    terms(story, debtor_id, application_id)
    first_id, second_id = first_order(story, debtor_id)
    first_payment(story, debtor_id, first_id, second_id)
    prepaid_order(story, debtor_id)


if __name__ == "__main__":
    main()
