"""Public rates: of exchange, and of interest by law; the same for every seller, each with its day and its source."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Numeric, Select, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base

RateKind = Literal["exchange", "statutory_commercial_interest"]
RATE_KINDS: tuple[RateKind, ...] = get_args(RateKind)
DECIMALS = 10
VALUE_MAX = Decimal(10) ** 14


class PublicRateRecord(Base):
    """One rate, from `valid_on` on. A correction is a row that was known later.

    An `exchange` rate says how much of the currency `name` one euro is. A rate of interest is in per cent a year, in
    the country `name`.
    """

    __tablename__ = "public_rate"
    __table_args__ = (
        CheckConstraint(f"kind IN {RATE_KINDS}", name="kind"),
        CheckConstraint("value > 0", name="value"),
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    valid_on: Mapped[date] = mapped_column(primary_key=True)
    known_at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[Decimal] = mapped_column(Numeric(24, 10))
    source: Mapped[str]


@dataclass(frozen=True, slots=True)
class PublicRate:
    """One rate, without the time from which it was known."""

    kind: RateKind
    name: str
    valid_on: date
    value: Decimal
    source: str

    def __post_init__(self) -> None:
        if not 0 < self.value < VALUE_MAX or self.value != round(self.value, DECIMALS):
            raise ValueError(f"{self.value} is no rate: above zero, with at most {DECIMALS} decimals")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of rates that were given. `contradicted`: the same ones gave another value for that day before."""

    new_count: int
    known_count: int
    corrected_count: int
    contradicted: tuple[PublicRate, ...]


ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('public rates', 0))")
TABLE = text("CREATE TEMPORARY TABLE rate_given (position int, LIKE public_rate) ON COMMIT DROP")
COLUMNS = "kind, name, valid_on, value, source"
COPY = f"COPY rate_given (position, {COLUMNS}, known_at) FROM STDIN"
TYPES = ("int4", "text", "text", "date", "numeric", "text", "timestamptz")
CONTRADICTED = text(
    f"SELECT {COLUMNS} FROM (SELECT *, first_value(value) OVER ("  # noqa: S608
    " PARTITION BY kind, name, valid_on ORDER BY position) AS first_given FROM rate_given) g"
    " WHERE value <> first_given ORDER BY position"
)
ADD = text(
    "WITH given AS (SELECT DISTINCT ON (kind, name, valid_on) * FROM rate_given"  # noqa: S608
    " ORDER BY kind, name, valid_on, position),"
    " judged AS (SELECT g.*, bool_or(r.value = g.value) AS same, count(r.value) AS met FROM given g"
    " LEFT JOIN public_rate r USING (kind, name, valid_on)"
    f" GROUP BY g.position, {', '.join(f'g.{name}' for name in COLUMNS.split(', '))}, g.known_at),"
    f" added AS (INSERT INTO public_rate ({COLUMNS}, known_at)"
    f" SELECT {COLUMNS}, known_at FROM judged WHERE same IS NOT TRUE RETURNING 1)"
    " SELECT count(*) FILTER (WHERE met = 0), count(*) FILTER (WHERE met > 0 AND NOT same),"
    " (SELECT count(*) FROM added) FROM judged"
)


def add(session: Session, rates: Iterable[PublicRate], now: datetime) -> Added:
    """Add rates. One whose value was known for that day before, by whatever source, is known and changes nothing.

    Another value for a day is a correction, known from `now` on. The session needs no seller.
    """
    session.execute(ONE_AT_A_TIME)
    session.execute(TABLE)
    given_count = 0
    cursor = session.connection().connection.cursor()
    with cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for given_count, each in enumerate(rates, 1):
            copy.write_row((given_count, each.kind, each.name, each.valid_on, each.value, each.source, now))
    session.execute(text("ANALYZE rate_given"))
    contradicted = tuple(_rate(*row) for row in session.execute(CONTRADICTED))
    new_count, corrected_count, _ = session.execute(ADD).one()
    session.execute(text("DROP TABLE rate_given"))
    known_count = given_count - new_count - corrected_count - len(contradicted)
    return Added(new_count, known_count, corrected_count, contradicted)


def newest(
    kind: RateKind,
    on: date,
    *,
    names: Collection[str] | None = None,
    since: date | None = None,
    known_at: datetime | None = None,
) -> Select[str, date, Decimal, str]:
    """Select of each name the newest rate that is valid on a day: name, valid_on, value, source.

    Leaves out what is valid from before `since`, and what was not known yet at `known_at`.
    """
    record = PublicRateRecord
    query = select(record.name, record.valid_on, record.value, record.source).ext(distinct_on(record.name))
    query = query.where(record.kind == kind, record.valid_on <= on)
    if names is not None:
        query = query.where(record.name.in_(names))
    if since is not None:
        query = query.where(record.valid_on >= since)
    if known_at is not None:
        query = query.where(record.known_at <= known_at)
    return query.order_by(record.name, record.valid_on.desc(), record.known_at.desc())


def exchange_rates(
    session: Session, currencies: Collection[str] | None, on: date, *, days: int, known_at: datetime | None = None
) -> Sequence[PublicRate]:
    """Give the rates of currencies, or of all, on a day, at most `days` old then; one without is left out."""
    since = date.fromordinal(max(on.toordinal() - days, 1))
    rows = session.execute(newest("exchange", on, names=currencies, since=since, known_at=known_at))
    return [_rate("exchange", *row) for row in rows]


def all_on(session: Session, kind: RateKind, on: date) -> Sequence[PublicRate]:
    """Give the newest rate of each name on a day, however old it was then."""
    return [_rate(kind, *row) for row in session.execute(newest(kind, on))]


def of_kind(session: Session, kind: RateKind, name: str | None = None) -> Sequence[PublicRate]:
    """Give all rates of a kind, of one name or of all, as they are known now, by name and day."""
    record = PublicRateRecord
    query = select(record.name, record.valid_on, record.value, record.source).where(record.kind == kind)
    if name is not None:
        query = query.where(record.name == name)
    query = query.ext(distinct_on(record.name, record.valid_on))
    rows = session.execute(query.order_by(record.name, record.valid_on, record.known_at.desc()))
    return [_rate(kind, *row) for row in rows]


def _rate(kind: RateKind, name: str, valid_on: date, value: Decimal, source: str) -> PublicRate:
    return PublicRate(kind, name, valid_on, without_zeros(value), source)


def without_zeros(value: Decimal) -> Decimal:
    """Give a value without the zeros that its column adds, so that it reads the same wherever it stands."""
    plain = value.normalize()
    return plain if plain.as_tuple().exponent <= 0 else plain.quantize(Decimal(1))  # type: ignore[operator]
