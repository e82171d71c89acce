"""Lists as CSV: the same rows as JSON, readable by a spreadsheet and harmless to it."""

import csv
import io


def rows(answer):
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_list_comes_as_csv_page_by_page(client_of):
    client = client_of("finance")
    for name in ("Een", '=HYPERLINK("x")', "Drie; met, leestekens"):
        client.post(
            "/v1/debtors", json={"country": "NL", "name": name, "references": [{"system": "erp", "value": name}]}
        )
    first = client.get("/v1/debtors?limit=2", headers={"Accept": "text/csv"})
    assert [row["name"] for row in rows(first)] == ["Een", '\'=HYPERLINK("x")']
    following = first.headers["Link"].partition(">")[0].removeprefix("<")
    second = client.get(following, headers={"Accept": "text/csv"})
    assert [row["name"] for row in rows(second)] == ["Drie; met, leestekens"]
    assert "Link" not in second.headers


def test_an_empty_list_has_its_columns_and_amounts_have_two(client_of):
    client = client_of("finance")
    empty = client.get("/v1/invoices", headers={"Accept": "text/csv"})
    assert {"invoice_number", "amount", "amount_currency"} <= set(empty.text.strip().split(","))
    assert client.get("/v1/decisions", headers={"Accept": "text/csv"}).text.startswith("id,kind,mode")


def test_no_cell_holds_json(client_of):
    client = client_of("finance", subject="ann@example.com")
    asked = {"purpose": "credit_assessment", "relation": "customer"}
    for number in ("90000001", "90000099"):
        company = {"country": "NL", "kvk_number": number}
        limit = {"amount": "1000.00", "currency": "EUR"}
        client.post("/v1/applications", json={"company": company, "requested_limit": limit, **asked})
    for name in ("applications", "decisions", "debtors", "referrals"):
        listed = rows(client.get(f"/v1/{name}", headers={"Accept": "text/csv"}))
        assert listed, name
        assert not [cell for row in listed for cell in row.values() if cell.startswith(("{", "["))], name
    (first, _) = rows(client.get("/v1/applications", headers={"Accept": "text/csv"}))
    parts = ("requested_limit_kind", "requested_limit_amount", "requested_limit_amount_currency")
    assert [first[name] for name in parts] == ["amount", "1000.00", "EUR"]
    assert "requested_limit" not in first
    waiting = rows(client.get("/v1/referrals", headers={"Accept": "text/csv"}))
    items = client.get("/v1/referrals").json["items"]
    codes = [[each["code"] for each in item["reasons"]] for item in items]
    assert [row["reasons"].split("; ") for row in waiting] == codes
    identified = rows(client.get("/v1/debtors", headers={"Accept": "text/csv"}))
    assert "kvk NL 90000001" in identified[0]["identifiers"]
