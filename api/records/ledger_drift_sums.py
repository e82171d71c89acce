"""SQL that finds sums of the ledger that are not the sums of their rows: balances, group sums and days.

Each statement takes the text `{of}`, a condition on `debtor_id`, and gives debtor_id, what, expected and found; those
named differences give the columns of a balance instead, for who sets it right.
"""

from api.records import debtor_days


def _told(differences: str, kind: str) -> str:
    return (
        f"SELECT debtor_id, '{kind} ' || stage || ' ' || currency AS what,"  # noqa: S608
        f" trim_scale(expected)::text AS expected, trim_scale(found)::text AS found FROM ({differences}) differences"
    )


OWN_DIFFERENCES = """
SELECT debtor_id, currency, stage, sum(expected) AS expected, sum(found) AS found FROM (
    SELECT debtor_id, currency, stage, amount AS expected, 0 AS found FROM exposure_entry WHERE {of}
    UNION ALL SELECT debtor_id, currency, stage, 0, amount FROM exposure_balance WHERE {of}) sides
GROUP BY debtor_id, currency, stage HAVING sum(expected) <> sum(found)
"""
# Held against the entries of those below, so that a wrong balance of one debtor is not told of all above it as well.
BELOW_DIFFERENCES = """
WITH RECURSIVE above AS (
    SELECT id AS below_id, parent_id AS above_id FROM debtor WHERE parent_id IS NOT NULL
    UNION SELECT a.below_id, d.parent_id FROM above a JOIN debtor d ON d.id = a.above_id WHERE d.parent_id IS NOT NULL),
chosen AS (SELECT below_id, above_id FROM (SELECT below_id, above_id, above_id AS debtor_id FROM above) a WHERE {of}),
sums AS (
    SELECT debtor_id, currency, stage, sum(amount) AS amount FROM exposure_entry
    WHERE debtor_id IN (SELECT below_id FROM chosen) GROUP BY debtor_id, currency, stage)
SELECT debtor_id, currency, stage, sum(expected) AS expected, sum(found) AS found FROM (
    SELECT c.above_id AS debtor_id, currency, stage, amount AS expected, 0 AS found
    FROM chosen c JOIN sums ON sums.debtor_id = c.below_id
    UNION ALL SELECT debtor_id, currency, stage, 0, below_amount FROM exposure_balance
    WHERE below_amount <> 0 AND {of}) sides
GROUP BY debtor_id, currency, stage HAVING sum(expected) <> sum(found)
"""
BALANCES = _told(OWN_DIFFERENCES, "balance of")
GROUPS = _told(BELOW_DIFFERENCES, "balance of all below,")

_SUMMED = ", ".join(f"sum({name}) AS {name}" for name in debtor_days.SUMS)
_BOTH = ", ".join(
    f"coalesce(d.{name}, 0) AS found_{name}, coalesce(r.{name}, 0) AS {name}" for name in debtor_days.SUMS
)
_DIFFERS = " OR ".join(f"coalesce(d.{name}, 0) <> coalesce(r.{name}, 0)" for name in debtor_days.SUMS)
_COLUMNS = ", ".join(f"('{name}', {name}, found_{name})" for name in debtor_days.SUMS)
DAYS = f"""
WITH changes AS ({debtor_days.of_everything("{of}")}),
rebuilt AS (SELECT debtor_id, currency, day, {_SUMMED} FROM changes GROUP BY debtor_id, currency, day),
wrong AS MATERIALIZED (
    SELECT debtor_id, currency, day, {_BOTH}
    FROM (SELECT * FROM debtor_day WHERE {{of}}) d FULL JOIN rebuilt r USING (debtor_id, currency, day)
    WHERE {_DIFFERS})
SELECT debtor_id, 'day ' || day || ' ' || currency || ': ' || name AS what, trim_scale(expected)::text AS expected,
    trim_scale(found)::text AS found
FROM wrong CROSS JOIN LATERAL (VALUES {_COLUMNS}) AS sums (name, expected, found) WHERE expected <> found
"""  # noqa: S608
