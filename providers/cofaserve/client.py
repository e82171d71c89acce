"""CofaServe, Coface's interface to its credit insurance: the sign-in; the paths of all else are told to customers only.

It is shipped switched off. Who has the contract names the paths below and gives each call its fields; until then every
call is refused before anything is sent, which is better than cover asked in words that somebody guessed.
"""

from datetime import timedelta
from typing import NoReturn

from providers.errors import SourceRefused
from providers.http import Line, Request
from providers.insurers import Buyer, CoverAnswer, CoverKey, CoverRequest, InsurancePolicyKey
from providers.memory import Token
from providers.payload import Payload
from providers.ports import CompanyKey
from providers.settings import SourceSettings
from providers.sign_in import token_of_seconds

# A sign-in that fails five times locks the account, for longer each time: it is never tried again by itself.
SETTINGS = SourceSettings(
    provider="cofaserve",
    address="https://cofaserve-api.coface.com",
    credentials=("api_key", "username", "password"),
    price=None,
    retries=0,
)
TOKEN_LIFE = timedelta(hours=1)
TOKENS = "/authentication/v1/token"
POLICY_HEADER = "x-cof-policy-number"
# Not confirmed, since not public: where companies are found, limits ordered and decisions followed.
COMPANY_PATH: str | None = None
PRODUCT_PATH: str | None = None
NOTIFICATION_PATH: str | None = None


class CofaServe:
    """The insurer; the insurance policy is named by `policy_number`. All its calls raise SourceRefused for now."""

    def find_buyers(self, company: CompanyKey, policy: InsurancePolicyKey, line: Line) -> tuple[Buyer, ...]:
        """The insurer's EASY numbers of a company."""
        _refuse(line, COMPANY_PATH)

    def request_cover(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for a limit."""
        _refuse(line, PRODUCT_PATH)

    def find_request(self, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer | None:
        """The request as it arrived."""
        _refuse(line, PRODUCT_PATH)

    def read_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """How a limit stands."""
        _refuse(line, NOTIFICATION_PATH)

    def change_cover(self, key: CoverKey, request: CoverRequest, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Ask for another limit."""
        _refuse(line, PRODUCT_PATH)

    def withdraw_cover(self, key: CoverKey, policy: InsurancePolicyKey, line: Line) -> CoverAnswer:
        """Give a limit back."""
        _refuse(line, PRODUCT_PATH)


def sign_in(line: Line, policy: InsurancePolicyKey) -> Token:
    """A token for calls about one insurance policy. Raises SourceError.

    Published code sends `grant_type`, while Coface's other interface has `grantType`: the former was seen here.
    """
    number = policy.numbers.get("policy_number")
    if not number:
        raise SourceRefused(line.provider, "the insurance policy is without policy_number")
    credentials = line.credentials
    body = {"username": credentials["username"], "password": credentials["password"], "grant_type": "password"}
    headers = {"x-api-key": credentials["api_key"], POLICY_HEADER: number}
    reply = line.send(Request("sign_in", TOKENS, method="POST", json=body, headers=headers, repeatable=False))
    data = Payload(line.provider, reply.document)
    # Not confirmed: that the answer is as of Coface's other interface, where the identity token signs the calls.
    return token_of_seconds(data, "idToken", lives=("expiresIn",), now=line.real_now(), assumed=TOKEN_LIFE)


def _refuse(line: Line, path: str | None) -> NoReturn:
    assert path is None  # Whoever names a path writes its call in the place of this.
    raise SourceRefused(line.provider, "needs the contract's paths")
