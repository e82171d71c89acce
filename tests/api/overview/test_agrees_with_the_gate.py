"""What is shown of a debtor is what an order meets: headroom and reasons, whatever limits, groups and orders it has."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.orders.rejudging import judge_held_orders
from tests.api.overview.conftest import order
from tests.examples import examples

MEMBERS = ("top", "child", "sister")
AMOUNTS = st.sampled_from(["0.00", "0.01", "250.00", "1000.00", "2500.50"])
WHO = st.sampled_from(MEMBERS)
STEPS = st.one_of(
    st.tuples(st.just("limit"), WHO, AMOUNTS, st.sampled_from(["own", "group"]), st.sampled_from(["low", "normal"])),
    st.tuples(st.just("temporary"), WHO, AMOUNTS, st.sampled_from(["own", "group"]), st.sampled_from([-1, 0, 30])),
    st.tuples(st.just("take_back"), WHO),
    st.tuples(st.just("agree"), WHO),
    st.tuples(st.just("order"), WHO, AMOUNTS, st.sampled_from(["EUR", "USD"])),
    st.tuples(st.just("invoice"), WHO, AMOUNTS, st.sampled_from([0, 10, 100])),
)


@settings(max_examples=examples(12, 30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=8))
def test_headroom_and_reasons_are_those_of_the_gate(house, seller, erp, finance, new_debtor, grant, agree, steps):
    top = new_debtor(name="Top")
    ids = {"top": top, **{name: new_debtor(parent_id=str(top)) for name in ("child", "sister")}}
    for number, step in enumerate(steps):
        take(step, number, ids, erp, grant, agree, house.clock.today(seller))
    judge_held_orders(house, seller, top)  # Older orders that fit by now go first, as the worker sees to.
    for debtor_id in ids.values():
        told = finance.get(f"/v1/debtors/{debtor_id}").json
        met = finance.post("/v1/orders/preview", json=order(debtor_id, "0.01")).json
        assert (told["headroom"], told["exposure"]["total"]) == (met["headroom"], met["exposure_before"])
        assert told["gate"] == {"outcome": met["outcome"], "reasons": met["reasons"]}


def take(step, number, ids, erp, grant, agree, today):
    kind, who, *more = step
    debtor_id = ids[who]
    if kind == "limit":
        grant(debtor_id, more[0], more[2], scope=more[1])
    elif kind == "temporary":
        begin = today - timedelta(days=5)
        grant(debtor_id, more[0], scope=more[1], is_temporary=True, valid_from=begin, valid_until=_end(today, more[2]))
    elif kind == "take_back":
        grant(debtor_id, None)
    elif kind == "agree":
        agree(debtor_id)
    elif kind == "order" and more[0] != "0.00":
        assert erp.post("/v1/orders", json=order(debtor_id, more[0], more[1])).status_code == 201
    elif kind == "invoice" and more[0] != "0.00":
        sent = {
            **{"debtor_id": str(debtor_id), "invoice_number": f"I{number}"},
            **{
                "invoiced_on": str(today - timedelta(days=more[1] + 30)),
                "due_on": str(today - timedelta(days=more[1])),
            },
            "amount": {"amount": more[0], "currency": "EUR"},
        }
        assert erp.post("/v1/invoices", json=sent).status_code == 201


def _end(today, days):
    return today + timedelta(days=days)
