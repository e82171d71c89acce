"""The only place that puts things together: the house, the edge around it, and the rooms in it."""

from cryptography.fernet import Fernet
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import source_metrics
from api.acceptance import cover_routes as covers
from api.acceptance import critical_routes as critical
from api.acceptance import desk_routes as desk
from api.acceptance import documents_routes as documents
from api.acceptance import hold_routes as holds
from api.acceptance import insurance_routes as insurance
from api.acceptance import limit_routes as limits
from api.acceptance import override_routes as overrides
from api.acceptance import routes as acceptance
from api.administration import clock_routes as clocks
from api.administration import routes as administration
from api.administration import source_routes
from api.clock import Clock
from api.config import Config, ConfigInvalid
from api.credential_shelf import CredentialShelf
from api.events import routes as events
from api.events import webhook_routes as webhooks
from api.ledger import bank_routes as bank
from api.ledger import measure_routes as measures
from api.ledger import payment_routes as payments
from api.ledger import rate_routes as rates
from api.ledger import routes as ledger
from api.mail import routes as mail
from api.mail import unsubscribe_routes as unsubscribing
from api.management import routes as management
from api.monitoring import notice_routes as notices
from api.monitoring import routes as monitoring
from api.monitoring import run_routes as watching
from api.orders import life_routes as order_life
from api.orders import routes as orders
from api.overview import routes as overview
from api.policies import routes as policies
from api.policies.backtest import routes as backtests
from api.policies.trying import routes as shadows
from api.policy_shelf import PolicyShelf
from api.prospect import routes as prospect
from api.prospect import sanctions_routes as sanctions
from api.records.secrets import Vault
from api.records.sessions import Sessions, connect, refuse_unsafe_login
from api.shared_work import SharedWork
from api.web import docs, health, metrics
from api.web.addresses import WholeNumberInAddress
from api.web.blueprint import refuse_foreign_blueprints
from api.web.edge import Edge
from api.web.openapi import make_api
from api.web.permissions import refuse_unguarded_routes
from api.web.problem_answers import present_problems
from api.wiring import House
from providers.catalog import KINDS, Catalog

CONNECTIONS = 10  # To the database, of one process; five more may be opened for a moment.
ROOMS = (
    acceptance,
    administration,
    backtests,
    bank,
    clocks,
    covers,
    critical,
    desk,
    documents,
    events,
    holds,
    insurance,
    ledger,
    limits,
    mail,
    management,
    measures,
    monitoring,
    notices,
    order_life,
    orders,
    overrides,
    overview,
    payments,
    policies,
    prospect,
    rates,
    sanctions,
    shadows,
    source_routes,
    webhooks,
    watching,
    unsubscribing,
)


def create_app(
    config: Config, *, sessions: Sessions | None = None, clock: Clock | None = None, catalog: Catalog | None = None
) -> Flask:
    """Make the app of one process; call it in the process that serves, since it holds the database connections.

    Raises ConfigInvalid for a setting it cannot do without, UnsafeLogin for a login that could read past the walls.
    """
    house = make_house(config, sessions=sessions, clock=clock, catalog=catalog)
    source_metrics.begin(source.provider for source in house.catalog.sources)
    app = Flask(__name__, static_folder=None)
    app.config.update(CREDITGATE=config, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = WholeNumberInAddress
    app.extensions["creditgate"] = house
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.extensions["creditgate_edge"] = Edge(app, house)
    present_problems(app)
    _open_rooms(app)
    return app


def make_house(
    config: Config, *, sessions: Sessions | None = None, clock: Clock | None = None, catalog: Catalog | None = None
) -> House:
    """Make what one process holds, web server or worker. Raises ConfigInvalid and UnsafeLogin."""
    if not config.secret_keys:
        raise ConfigInvalid("CREDITGATE_SECRET_KEYS is needed: it encrypts what must be read back")
    vault = Vault(config.secret_keys)
    return House(
        config=config,
        sessions=sessions or _safe_sessions(config),
        clock=clock or Clock(),
        catalog=catalog or make_catalog(config),
        vault=vault,
        credentials=CredentialShelf(vault),
        policies=PolicyShelf(),
        shared_work=SharedWork(config.web_threads * len(KINDS)),
    )


def make_catalog(config: Config) -> Catalog:
    """Make the catalog of this installation's sources; without a sandbox, test sellers have none."""
    return Catalog(
        sandbox_address=config.sandbox_url,
        addresses={"opensanctions": config.opensanctions_url} if config.opensanctions_url else {},
        # Both are served by the same host.
        ca_files=dict.fromkeys(("kvk", "kvk_changes"), config.kvk_ca_file) if config.kvk_ca_file else {},
    )


def _safe_sessions(config: Config) -> Sessions:
    if config.database_url is None:
        raise ConfigInvalid("CREDITGATE_DATABASE_URL is needed: `creditgate run` starts a database of its own")
    # Most who wait, wait for the outside world, and hold no connection meanwhile.
    engine = connect(config.database_url, pool_size=min(config.web_threads, CONNECTIONS))
    refuse_unsafe_login(engine)
    return Sessions(engine)


def _open_rooms(app: Flask) -> None:
    api = make_api(app)
    for module in (health, metrics, docs):
        api.register_blueprint(module.blueprint)
    for room in ROOMS:
        api.register_blueprint(room.blueprint)
    refuse_foreign_blueprints(app)
    refuse_unguarded_routes(app)


def unconnected_app() -> Flask:
    """Make an app that has no database, for its description."""
    config = Config(secret_keys=(Fernet.generate_key().decode(),))
    return create_app(config, sessions=Sessions(connect("postgresql://nobody@127.0.0.1:1/nothing")))
