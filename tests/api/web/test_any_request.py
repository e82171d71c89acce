"""Whatever is sent to any route: the answer is one that is documented, in its documented form, and never a 500."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from api.app import unconnected_app
from api.web.openapi import document
from api.web.permissions import PERMISSIONS
from tests.examples import examples

# The test room stands beside the rooms in every app, once it is imported; what is asked here is what is for users.
DESCRIBED = document(unconnected_app())
NAMES = [
    (method, path)
    for path, methods in DESCRIBED["paths"].items()
    for method in methods
    if method != "parameters" and path.startswith("/v1")
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(scope="module")
def schema(app):
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.parametrize(("method", "path"), NAMES)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_any_request_gets_a_documented_answer(app, new_key, schema, method, path, mode):
    operation = schema[path][method.upper()]
    key = new_key(_role(method, path), subject="ann@example.com").text
    documented = DESCRIBED["paths"][path][method]["responses"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples(4, 10),
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        assert str(answer.status_code) in documented
        assert answer.status_code < 500
        case.validate_response(answer, checks=[CHECKS.get_one("response_schema_conformance")])

    ask()


def _role(method: str, path: str) -> str:
    """A role that may ask a route; a public one anybody."""
    allowed = PERMISSIONS.get(DESCRIBED["paths"][path][method].get("x-permission"), {"admin"})
    return next(role for role in ("credit_manager", "admin") if role in allowed)
