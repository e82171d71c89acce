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
