"""The office over HTTP: keys, settings, vendor credentials."""

from typing import Any
from uuid import UUID

from flask import Response, current_app

from api.administration import service
from api.administration.schemas import (
    KeptCredentialSchema,
    KeptCredentialsSchema,
    KeySchema,
    KeysQuery,
    MadeKeySchema,
    NewKeySchema,
    ProviderCredentialSchema,
    SettingsChangeSchema,
    SettingsSchema,
)
from api.clock import real_now
from api.records.keys import NewKey
from api.web.answers import json_answer
from api.web.blueprint import ETAG, Blueprint
from api.web.permissions import permission
from api.web.schemas import page_schema
from api.wiring import wiring

blueprint = Blueprint("administration", __name__, description="Keys, settings and vendor credentials.")


@blueprint.route("/keys", methods=["POST"])
@blueprint.arguments(NewKeySchema)
@blueprint.response(201, MadeKeySchema)
@permission("key.manage")
def make_key(request: dict[str, Any]) -> Response:
    """Make a key; its text is shown this once."""
    return json_answer(service.make_key(wiring(), NewKey(**request), real_now()), 201)


@blueprint.route("/keys")
@blueprint.arguments(KeysQuery, location="query")
@blueprint.response(200, page_schema(KeySchema))
@permission("key.manage")
def read_keys(query: dict[str, Any]) -> Response:
    """List the keys, the newest first, without their secrets."""
    return json_answer(service.read_keys(wiring(), **query))


@blueprint.route("/keys/<uuid:key_id>/revocations", methods=["POST"])
@blueprint.response(200, KeySchema)
@permission("key.manage")
def revoke_key(key_id: UUID) -> Response:
    """Revoke a key for good; within five seconds no process takes it any more."""
    answer = service.revoke_key(wiring(), key_id, real_now())
    _forget()
    return json_answer(answer)


@blueprint.route("/settings")
@blueprint.response(200, SettingsSchema, headers=ETAG)
@permission("settings.manage")
def read_settings() -> Response:
    """Give the seller's settings."""
    answer, etag = service.read_settings(wiring())
    return json_answer(answer, headers={"ETag": etag})


@blueprint.route("/settings", methods=["PATCH"])
@blueprint.arguments(SettingsChangeSchema)
@blueprint.response(200, SettingsSchema, headers=ETAG)
@blueprint.problems(409, 412, 428)
@permission("settings.manage")
def change_settings(request: dict[str, Any]) -> Response:
    """Change the time zone or the finance address, of the version that `If-Match` names."""
    answer, etag = service.change_settings(wiring(), request)
    _forget()
    return json_answer(answer, headers={"ETag": etag})


@blueprint.route("/provider-credentials")
@blueprint.response(200, KeptCredentialsSchema)
@permission("provider_credential.write")
def read_provider_credentials() -> Response:
    """List the vendors whose credentials are kept; never what they are."""
    return json_answer(service.read_provider_credentials(wiring()))


@blueprint.route("/provider-credentials/<string:provider>", methods=["PUT"])
@blueprint.arguments(ProviderCredentialSchema)
@blueprint.response(200, KeptCredentialSchema)
@permission("provider_credential.write")
def keep_provider_credential(request: dict[str, Any], provider: str) -> Response:
    """Hand in a vendor's credential; it is encrypted, and shown to nobody."""
    return json_answer(service.keep_provider_credential(wiring(), provider, request["values"], real_now()))


@blueprint.route("/provider-credentials/<string:provider>", methods=["DELETE"])
@blueprint.response(204)
@blueprint.problems(404)
@permission("provider_credential.write")
def take_provider_credential_away(provider: str) -> Response:
    """Take a vendor's credential away; within five seconds no process uses it any more."""
    service.take_provider_credential_away(wiring(), provider)
    return Response(status=204)


def _forget() -> None:
    current_app.extensions["creditgate_edge"].authenticator.forget()
