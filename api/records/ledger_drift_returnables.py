"""SQL that finds what can be asked back where it is not what the payments and their returns say, and sets it right.

Each text takes `{of}`, a condition on `debtor_id`; what is told has debtor_id, what, expected and found.
"""

from sqlalchemy import text

_BOTH_SIDES = """
SELECT debtor_id, until_on, currency, sum(expected) AS expected, sum(found) AS found FROM ({sides}) sides
GROUP BY debtor_id, until_on, currency HAVING sum(expected) <> sum(found)
"""
_LEFT = """
SELECT p.debtor_id, p.returnable_until AS until_on, p.currency, p.amount - coalesce((
    SELECT sum(r.amount) FROM payment_return r WHERE r.seller_id = p.seller_id AND r.payment_id = p.id), 0) AS amount
FROM payment p WHERE p.returnable_until IS NOT NULL AND {of}
"""
OWN_DIFFERENCES = _BOTH_SIDES.format(
    sides=f"SELECT debtor_id, until_on, currency, amount AS expected, 0 AS found FROM ({_LEFT}) payments"  # noqa: S608
    " UNION ALL SELECT debtor_id, until_on, currency, 0, amount FROM returnable_day WHERE {of}"
)
_BELOW_SIDES = f"""
SELECT c.above_id AS debtor_id, until_on, currency, amount AS expected, 0 AS found
FROM chosen c JOIN ({_LEFT.replace("{of}", "true")}) payments ON payments.debtor_id = c.below_id
UNION ALL SELECT debtor_id, until_on, currency, 0, below_amount FROM returnable_day WHERE below_amount <> 0 AND {{of}}
"""  # noqa: S608
BELOW_DIFFERENCES = f"""
WITH RECURSIVE above AS (
    SELECT id AS below_id, parent_id AS above_id FROM debtor WHERE parent_id IS NOT NULL
    UNION SELECT a.below_id, d.parent_id FROM above a JOIN debtor d ON d.id = a.above_id WHERE d.parent_id IS NOT NULL),
chosen AS (SELECT below_id, above_id FROM (SELECT below_id, above_id, above_id AS debtor_id FROM above) a WHERE {{of}})
{_BOTH_SIDES.format(sides=_BELOW_SIDES)}
"""  # noqa: S608
RETURNABLES = f"""
SELECT debtor_id, 'returnable until ' || until_on || ' ' || currency AS what, trim_scale(expected)::text AS expected,
    trim_scale(found)::text AS found FROM ({OWN_DIFFERENCES}) own
UNION ALL SELECT debtor_id, 'returnable of all below, until ' || until_on || ' ' || currency,
    trim_scale(expected)::text, trim_scale(found)::text FROM ({BELOW_DIFFERENCES}) below
"""  # noqa: S608


def _set_right(differences: str, name: str) -> str:
    other = {"amount": "below_amount", "below_amount": "amount"}[name]
    return f"""
INSERT INTO returnable_day AS r (seller_id, debtor_id, until_on, currency, {name}, {other})
SELECT CAST(:seller_id AS uuid), debtor_id, until_on, currency, expected, 0 FROM ({differences}) d
ON CONFLICT (seller_id, debtor_id, until_on, currency) DO UPDATE SET {name} = excluded.{name}
"""  # noqa: S608


SET_OWN_RIGHT = text(_set_right(OWN_DIFFERENCES.format(of="debtor_id = :debtor_id"), "amount"))
SET_BELOW_RIGHT = text(_set_right(BELOW_DIFFERENCES.format(of="debtor_id = ANY(:group_ids)"), "below_amount"))
