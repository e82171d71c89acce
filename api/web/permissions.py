"""Who may do what: one table, and the mark that every route bears."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from api.problems import NotAllowed
from api.wiring import Caller

Route = TypeVar("Route", bound=Callable[..., Any])

BOOK = frozenset({"finance", "credit_manager", "integration"})
ASKERS = BOOK | {"sales"}
MANAGER = frozenset({"credit_manager"})
OFFICE = frozenset({"admin"})
DECIDERS = frozenset({"finance", "credit_manager"})

# The insurer's own routes come with his dossiers; until then no permission names him.
PERMISSIONS: dict[str, frozenset[str]] = {
    "company.search": ASKERS,
    "entity_match.choose": ASKERS,
    "credit_check.ask": ASKERS,
    "decision.read": ASKERS,
    "decision.replay": DECIDERS,
    "debtor.read": ASKERS,
    "debtor.write": BOOK,
    "debtor.add_prospect": ASKERS,
    "ledger.read": BOOK,
    "ledger.write": BOOK,
    "payment.decide": DECIDERS,
    "monitoring.run": BOOK,
    "watch.read": BOOK,
    "notice.read": OFFICE | BOOK,
    "notice.read_again": OFFICE | DECIDERS,
    "notice_address.manage": OFFICE,
    "alert.read": ASKERS,  # Sales sees what is for sales.
    "alert.handle": DECIDERS | {"sales", "integration"},
    "promise.make": ASKERS,
    "promise.read": ASKERS,
    "promise.withdraw": ASKERS,
    "sanctions.read": DECIDERS,
    "sanctions.clear": DECIDERS,
    "sanctions.screen": DECIDERS,
    "application.make": ASKERS,
    "application.read": ASKERS,
    "referral.read": DECIDERS,
    "referral.decide": DECIDERS,
    "override.read": DECIDERS,
    "terms.record": ASKERS,
    "limit.read": ASKERS,
    "limit.decide": DECIDERS,
    "hold.place": DECIDERS,
    "security.record": DECIDERS,
    "critical.mark": DECIDERS,
    "document.add": ASKERS,
    "document.read": BOOK,
    "insurance_policy.read": BOOK,
    "insurance_policy.write": DECIDERS,
    "cover.ask": BOOK,
    "cover.decide": DECIDERS,
    "cover.read": BOOK,
    "order.place": ASKERS,
    "order.read": ASKERS,
    "order.change": ASKERS,
    "order.deliver": BOOK,
    "order.release": DECIDERS,
    "policy.read": DECIDERS,
    "policy.write": MANAGER,
    "policy.approve": MANAGER,
    "policy.activate": MANAGER,
    "policy.backtest": MANAGER,
    "policy.rescore": DECIDERS,
    "event.read": BOOK,
    "webhook.read": BOOK,
    "webhook.manage": BOOK,
    "job.read": ASKERS,
    "mail.read": OFFICE | DECIDERS,
    "mail.resend": OFFICE | DECIDERS,
    "mail.choose": ASKERS | OFFICE,
    "key.manage": OFFICE,
    "settings.manage": OFFICE,
    "clock.read": OFFICE | ASKERS,
    "clock.move": OFFICE | BOOK,  # Of a test seller: who administers it, and the machines of those who try it.
    "provider_credential.write": OFFICE,
    "source_call.read": OFFICE | DECIDERS,
}
PUBLIC = "public"


def permission(name: str) -> Callable[[Route], Route]:
    """Mark a route with what a caller needs. Stands under `@blueprint.route`; checked before the body is read."""
    if name not in PERMISSIONS:
        raise KeyError(f"'{name}' is not in the table of permissions")
    return _mark(name)


def public(view: Route) -> Route:
    """Mark a route that anybody may ask, without saying who he is."""
    return _mark(PUBLIC)(view)


def _mark(name: str) -> Callable[[Route], Route]:
    def mark(view: Route) -> Route:
        view.permission = name  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(view: Callable[..., Any]) -> str | None:
    """Give the mark of a route, or None when it bears none."""
    return getattr(view, "permission", None)


def is_allowed(role: str, name: str) -> bool:
    """Say whether a role has a permission."""
    return role in PERMISSIONS[name]


def require(caller: Caller, name: str) -> None:
    """Raise NotAllowed when the caller's role lacks the permission."""
    if not is_allowed(caller.role, name):
        raise NotAllowed(f"Your role '{caller.role}' does not have the permission '{name}'.")


class RouteUnguarded(Exception):
    """A route says nothing about who may ask it."""


def refuse_unguarded_routes(app: Flask) -> None:
    """Raise RouteUnguarded unless every route bears a permission or says that it is public."""
    unguarded = [rule.rule for rule in app.url_map.iter_rules() if not permission_of(app.view_functions[rule.endpoint])]
    if unguarded:
        raise RouteUnguarded(f"no permission on {', '.join(sorted(unguarded))}")
