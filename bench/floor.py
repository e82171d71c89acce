"""The floors: the least that a Flask route over PostgreSQL costs here, with nothing of ours but the connection."""

from collections.abc import Iterable
from datetime import UTC, datetime
from tempfile import mkdtemp
from uuid import UUID, uuid4

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from gunicorn.app.base import BaseApplication
from sqlalchemy import Engine, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from api.config import Config, from_environment
from api.records.sessions import connect
from api.web.serving import settings

READ, WRITE, LOCK = "/read", "/write", "/lock"


class FloorBase(DeclarativeBase):
    """The floor's own tables, without row security."""


class Item(FloorBase):
    """What is read."""

    __tablename__ = "floor_item"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]


class Note(FloorBase):
    """What is written."""

    __tablename__ = "floor_note"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("floor_item.id"))
    text: Mapped[str]
    written_at: Mapped[datetime]


def prepare(owner_url: str, app_login: str, item_ids: Iterable[UUID]) -> None:
    """Make the floor's tables, with items, and let the application's login use them."""
    engine = connect(owner_url, pool_size=1)
    FloorBase.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Item(id=each, name="Floor", country="NL") for each in item_ids)
        session.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE ON floor_item, floor_note TO {app_login}")
    engine.dispose()


def make_app(engine: Engine) -> Flask:
    """Make the app of the floors; each takes the id of an item in a JSON body."""
    app = Flask(__name__, static_folder=None)

    @app.post(READ)
    def read() -> ResponseReturnValue:
        with Session(engine) as session:
            item = session.get_one(Item, UUID(request.get_json()["debtor_id"]))
            return jsonify(id=str(item.id), name=item.name, country=item.country)

    @app.post(WRITE)
    def write() -> ResponseReturnValue:
        return _write(with_lock=False)

    @app.post(LOCK)
    def lock_and_write() -> ResponseReturnValue:
        return _write(with_lock=True)

    def _write(*, with_lock: bool) -> ResponseReturnValue:
        with Session(engine, expire_on_commit=False) as session:
            item = session.get_one(Item, UUID(request.get_json()["debtor_id"]), with_for_update=with_lock)
            note = Note(item_id=item.id, text=f"About {item.name}", written_at=datetime.now(UTC))
            session.add(note)
            session.commit()
            return jsonify(id=str(note.id), item=item.name, country=item.country), 201

    return app


class FloorServer(BaseApplication):
    """gunicorn with the product's own settings."""

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__()

    def load_config(self) -> None:
        """Hand over the settings."""
        for name, value in settings(self._config, mkdtemp(prefix="creditgate-bench-")).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the app of one process."""
        assert self._config.database_url is not None
        return make_app(connect(self._config.database_url))


if __name__ == "__main__":
    FloorServer(from_environment()).run()
