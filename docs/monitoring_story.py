"""Tells how a first payment is followed: due, overdue, told in four places, paid; and stops where it goes otherwise.

It reads the address and the keys from what `creditgate demo` prints, and is itself what mail and webhooks are sent to.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import requests
from aiosmtpd.controller import Controller

COMPANY = {"country": "NL", "kvk_number": "90000014"}  # Reuzenrijk Industrie: large, sound, and no customer yet.
MAIL_PORT = int(os.environ.get("CREDITGATE_SMTP_PORT", "8025"))
SALES, FINANCE = "sales@demo.example", "finance@demo.example"
PATIENCE_SECONDS = 120
DUE_DAYS = 14
TITLE, TO_DO = "A new debtor has not paid its first invoice in time", "Call the debtor today"


class Hook(BaseHTTPRequestHandler):
    """Takes what comes to the webhook."""

    def do_POST(self) -> None:
        """Keep an event, and say yes."""
        HOOKED.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing of it."""


class Mailbox:
    """Takes what comes by mail."""

    async def handle_DATA(self, _: object, __: object, envelope: Any) -> str:
        """Keep a message."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        part = message.get_body(("plain",))
        MAILED.append((envelope.rcpt_tos[0], part.get_content() if part else ""))
        return "250 taken"


HOOKED: list[dict[str, Any]] = []
MAILED: list[tuple[str, str]] = []


class Story:
    """One run of the story: whom it asks, and what it has learnt."""

    def __init__(self, printed: str) -> None:
        address = re.search(r"creditgate listens on (\S+)", printed)
        self.keys = dict(re.findall(r"^  (\w+) +(cg_test_\w+)$", printed, re.MULTILINE))
        if address is None or not self.keys:
            sys.exit("Give what `creditgate demo` prints while `creditgate run` runs: its address and its keys.")
        self.address = address[1]

    def ask(self, role: str, method: str, path: str, **sent: Any) -> Any:
        """Send one request with the key of a role. Ends the story where it is not done."""
        headers = {"Authorization": f"Bearer {self.keys[role]}", **sent.pop("headers", {})}
        answer = requests.request(method, f"{self.address}/v1{path}", headers=headers, timeout=60, **sent)
        if answer.status_code >= 300:
            sys.exit(f"{role}: {method} {path} gave {answer.status_code}: {answer.text}")
        return answer.json()

    def post(self, role: str, path: str, body: dict[str, Any]) -> Any:
        """Send a body."""
        return self.ask(role, "POST", path, json=body)

    def get(self, role: str, path: str) -> Any:
        """Read something."""
        return self.ask(role, "GET", path)

    def tag(self, path: str) -> str:
        """Give the tag of what stands there, for `If-Match`."""
        headers = {"Authorization": f"Bearer {self.keys['integration']}"}
        return requests.get(f"{self.address}/v1{path}", headers=headers, timeout=60).headers["ETag"]

    def today(self) -> date:
        """The day it is for the seller."""
        return date.fromisoformat(self.get("integration", "/sandbox/clock")["today"])

    def forward(self, days: int) -> None:
        """Move the clock on, and wait until it is there."""
        job = self.post("integration", "/sandbox/clock", {"forward_days": days})
        wait_for("the clock", lambda: self.get("integration", f"/jobs/{job['job_id']}")["state"] == "succeeded")
        wait_for("the new day", lambda: str(self.today()) == job["to_on"])
        time.sleep(2)  # Every process knows it then.


def wait_for(what: str, is_so: Callable[[], bool]) -> None:
    """Wait until something is so: the worker is at it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            sys.exit(f"It does not come: {what}. Is `make run` started as the page says?")
        time.sleep(0.2)


def euro(amount: str) -> dict[str, str]:
    """Money as it is sent."""
    return {"amount": amount, "currency": "EUR"}


def tell(words: str) -> None:
    """Print one step."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def customer(story: Story) -> str:
    """Sales applies, the policy grants, the buyer signs."""
    why = {"purpose": "credit_assessment", "relation": "prospect"}
    applied = story.post("sales", "/applications", {"company": COMPANY, "requested_limit": euro("20000.00"), **why})
    if applied["state"] != "approved":
        sys.exit("This story was told in this database before: begin with another CREDITGATE_DATA_DIR.")
    debtor_id, today = applied["debtor_id"], story.today()
    owners, tag = {"account_owner": SALES, "credit_owner": FINANCE}, story.tag(f"/debtors/{debtor_id}")
    story.ask("integration", "PATCH", f"/debtors/{debtor_id}", json=owners, headers={"If-Match": tag})
    query = {"type": "signed_terms", "source": "the buyer", "dated_on": str(today), "file_name": "terms.pdf"}
    paper = story.ask("sales", "POST", "/documents", params=query, data=b"%PDF-1.7 Payment within 14 days. Signed.")
    signed = {"document_id": paper["id"], "terms_version": "2026-1", "accepted_by": "J. de Boer", "channel": "email"}
    days = {"accepted_on": str(today), "payment_term_days": DUE_DAYS}
    story.post("sales", f"/applications/{applied['id']}/agreed-terms", {**signed, **days})
    tell("1. Sales applies for 20,000 for Reuzenrijk Industrie: approved by the policy. The buyer signs.")
    return str(debtor_id)


def listening(story: Story) -> None:
    """A webhook to this script."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    hook = {"address": f"http://127.0.0.1:{server.server_address[1]}/hook", "description": "the story"}
    types = ["alert.opened.v1", "alert.ended.v1", "order.released.v1"]
    story.post("integration", "/webhooks", {**hook, "types": types})
    tell("2. The ERP registers a webhook for alerts and released orders.")


def sold(story: Story, debtor_id: str) -> None:
    """An order that is released, delivered and invoiced."""
    today = story.today()
    order = story.post(
        "integration",
        "/orders",
        {"debtor_id": debtor_id, "order_reference": "WATCH-1", "amount": euro("9000.00"), "delivery_on": str(today)},
    )
    if order["state"] != "released":
        sys.exit(f"The order is not released: {order}")
    wait_for("the order at the webhook", lambda: any(each["type"] == "order.released.v1" for each in HOOKED))
    delivery = {"delivery_reference": "W-1", "delivered_on": str(today), "rest": True}
    story.post("integration", f"/orders/{order['id']}/deliveries", delivery)
    invoice = {"debtor_id": debtor_id, "invoice_number": "WATCH-001", "order_reference": "WATCH-1"}
    days = {"invoiced_on": str(today), "due_on": str(today + timedelta(DUE_DAYS))}
    story.post("integration", "/invoices", {**invoice, **days, "amount": euro("9000.00")})
    tell("3. An order of 9,000 is released (the webhook hears of it), delivered, and invoiced, due in 14 days.")


def alerts(story: Story, debtor_id: str, state: str) -> list[str]:
    """The kinds of a debtor's alerts about its first payment, in a state."""
    items = story.get("sales", f"/alerts?debtor_id={debtor_id}&state={state}")["items"]
    return [each["kind"] for each in items if each["kind"].startswith("first_payment")]


def is_told_everywhere(story: Story, debtor_id: str, type: str, is_mail: Callable[[str], bool]) -> None:
    """Wait until the overdue payment is told in the feed, at the webhook, and in such a mail to sales."""

    def is_it(event: dict[str, Any]) -> bool:
        is_of_it = event["type"] == type and event["subject"] == debtor_id
        return is_of_it and bool(event["data"]["kind"] == "first_payment_overdue")

    def feed() -> list[dict[str, Any]]:
        return list(story.get("integration", f"/events?types={type}&limit=200")["items"])

    wait_for(f"{type} in the feed", lambda: any(is_it(each) for each in feed()))
    wait_for(f"{type} at the webhook", lambda: any(is_it(each) for each in HOOKED))
    wait_for(f"{type} by mail", lambda: any(to == SALES and TITLE in text and is_mail(text) for to, text in MAILED))


def due(story: Story, debtor_id: str) -> None:
    """A week before, sales may remind the buyer."""
    story.forward(DUE_DAYS - 7)
    wait_for("the alert", lambda: alerts(story, debtor_id, "open") == ["first_payment_due"])
    tell("4. A week later the clock says: the first payment is due within 7 days (a notice, for sales).")


def overdue(story: Story, debtor_id: str) -> None:
    """Nobody pays: told in four places."""
    story.forward(15)
    wait_for("the alert", lambda: alerts(story, debtor_id, "open") == ["first_payment_overdue"])
    is_told_everywhere(story, debtor_id, "alert.opened.v1", lambda text: TO_DO in text)
    tell(
        "5. Fifteen days on nobody has paid: first_payment_overdue at /v1/alerts, in the feed, at the webhook, by mail."
    )


def paid(story: Story, debtor_id: str) -> None:
    """The money comes, and it is over everywhere."""
    booked = {"payment_reference": "WATCH-P1", "paid_on": str(story.today()), "amount": euro("9000.00")}
    allocations = [{"invoice_number": "WATCH-001", "amount": euro("9000.00")}]
    story.post("integration", "/payments", {"debtor_id": debtor_id, **booked, "allocations": allocations})
    story.forward(2)
    wait_for("the end", lambda: "first_payment_overdue" in alerts(story, debtor_id, "ended"))
    is_told_everywhere(story, debtor_id, "alert.ended.v1", lambda text: TO_DO not in text)
    wait_for("the good news", lambda: alerts(story, debtor_id, "open") == ["first_payment_received"])
    tell("6. The buyer pays: it ends at all four, and sales is told that the first payment came, late.")


def main() -> None:
    """Tell the story from its beginning to its end."""
    story = Story(sys.stdin.read())
    mailbox = Controller(Mailbox(), hostname="127.0.0.1", port=MAIL_PORT)
    mailbox.start()
    debtor_id = customer(story)
    listening(story)
    sold(story, debtor_id)
    due(story, debtor_id)
    overdue(story, debtor_id)
    paid(story, debtor_id)
    mailbox.stop()


if __name__ == "__main__":
    main()
