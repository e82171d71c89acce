"""A room made for tests: it writes, fails and waits as it is told."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from uuid import uuid4

import pytest
from flask import Flask
from marshmallow import fields
from sqlalchemy import select

from api.app import create_app
from api.clock import real_now
from api.records.secrets import SecretRecord
from api.web.answers import bytes_answer, json_answer
from api.web.blueprint import Blueprint
from api.web.fields import Day, Line, WholeNumber
from api.web.limits import large_body, whole_body
from api.web.money import money_answer
from api.web.paging import page_of
from api.web.permissions import permission
from api.web.schemas import MoneySchema, PageQuery, Schema, SignedMoneySchema, page_schema
from api.wiring import answer_bytes, wiring
from tests.token_issuer import Publisher, publishing


class PartSchema(Schema):
    count = WholeNumber(1, 10, required=True)


class ThingSchema(Schema):
    name = Line(20, required=True)
    price = fields.Nested(MoneySchema)
    change = fields.Nested(SignedMoneySchema)
    made_on = Day()
    parts = fields.List(fields.Nested(PartSchema))


class ThingsQuery(PageQuery):
    name = Line(20)


class ThingAnswerSchema(Schema):
    name = fields.String(required=True)
    price = fields.Nested(MoneySchema, required=True)


def make_room(told: SimpleNamespace) -> Blueprint:
    """Make the room. `told.inside` runs within the effect's transaction, `told.between` between two transactions."""
    room = Blueprint("test_room", __name__)

    @room.route("/things", methods=["POST"])
    @room.arguments(ThingSchema)
    @room.response(201, ThingAnswerSchema)
    @permission("debtor.write")
    def make_thing(request):
        """Make a thing, in one transaction."""
        given = wiring()
        with given.transaction() as session:
            given.once.claim(session)
            session.add(SecretRecord(name=f"{request['name']} {uuid4()}", ciphertext=b"", changed_at=real_now()))
            session.flush()
            price = request.get("price")
            answer = answer_bytes(
                {"name": request["name"], "price": price and money_answer(price.amount, price.currency)}
            )
            given.once.keep(session, 201, answer)
            told.inside()
        return bytes_answer(answer, 201)

    @room.route("/slow-things", methods=["POST"])
    @room.arguments(ThingSchema)
    @room.response(201, ThingAnswerSchema)
    @permission("debtor.write")
    def make_slow_thing(request):
        """Make a thing after asking outside, in two transactions."""
        given = wiring()
        with given.transaction() as session:
            given.once.claim(session)
        told.between()
        with given.transaction() as session:
            session.add(SecretRecord(name=f"{request['name']} {uuid4()}", ciphertext=b"", changed_at=real_now()))
            answer = answer_bytes({"name": request["name"]})
            given.once.keep(session, 201, answer)
        return bytes_answer(answer, 201)

    @room.route("/things")
    @room.arguments(ThingsQuery, location="query")
    @room.response(200, page_schema(ThingAnswerSchema))
    @permission("debtor.read")
    def read_things(query):
        """List things."""
        with wiring().transaction() as session:
            names = select(SecretRecord.name)
            page = page_of(session, names, [SecretRecord.changed_at, SecretRecord.name], query["limit"], query["after"])
        return json_answer(page)

    @room.route("/things/<uuid:thing_id>")
    @permission("debtor.read")
    def read_thing(thing_id):
        """Say who asks."""
        told.inside()
        caller = wiring().caller
        return json_answer({"subject": caller.subject, "actor": caller.actor, "language": wiring().language})

    @room.route("/large-things", methods=["POST"])
    @large_body
    @permission("debtor.write")
    def make_large_thing():
        """Take a large body."""
        return json_answer({"length": len(whole_body())})

    return room


@pytest.fixture(scope="session")
def told() -> SimpleNamespace:
    return SimpleNamespace(inside=lambda: None, between=lambda: None)


@pytest.fixture(autouse=True)
def _nothing_told(told):
    yield
    told.inside = told.between = lambda: None


@pytest.fixture(scope="session")
def make_app(config, sessions, told, client_class) -> Callable[..., Flask]:
    """Makes an app with the room of tests in it."""

    def make(config=config) -> Flask:
        app = create_app(config, sessions=sessions)
        app.test_client_class = client_class
        app.extensions["flask-smorest"]["apis"][""]["ext_obj"].register_blueprint(make_room(told))
        return app

    return make


@pytest.fixture(scope="session")
def app(make_app) -> Flask:
    return make_app()


@pytest.fixture
def effects(house, seller) -> Callable[[], int]:
    """Counts the things the test's seller has."""

    def count() -> int:
        with house.sessions.of(seller.id) as session:
            return len(session.scalars(select(SecretRecord.name)).all())

    return count


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A token issuer's key set on the loopback address."""
    with publishing() as publisher:
        yield publisher
