"""Ends the mails of one kind to one address, for who shows the token that each of them carries."""

from dataclasses import dataclass

from api.clock import real_now
from api.mail.people import Person, people
from api.mail.tokens import Stream, stream_of
from api.problems import NotFound
from api.records import mail_preferences, sellers
from api.wiring import House
from scoring.reasons import Language


@dataclass(frozen=True, slots=True)
class Asked:
    """A stream of mail that somebody asks to end, and the language of its reader."""

    stream: Stream
    language: Language


def look(token: str, house: House) -> Asked:
    """Give what a token is of. Raises NotFound for one that is none of ours, or of a seller that is gone."""
    stream = stream_of(token, house.vault)
    if stream is None:
        raise NotFound("This link is not valid.")
    with house.sessions.of_nobody() as session:
        if sellers.get(session, stream.seller_id) is None:
            raise NotFound("This link is not valid.")
    with house.sessions.of(stream.seller_id) as session:
        said = mail_preferences.get(session, stream.address)
    return Asked(stream, "nl" if said is not None and said.language == "nl" else "en")


def end(asked: Asked, house: House) -> None:
    """End it. Safe to ask twice; what else the person said stays, and he can want it again."""
    stream = asked.stream
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, stream.seller_id)
    assert seller is not None
    now = house.clock.now(seller)
    with house.sessions.of(seller.id) as session:
        said = mail_preferences.get(session, stream.address)
        person = people(session, [stream.address], real_now())[stream.address]
        values = {
            **_values(person, stream),
            "role": None if said is None else said.role,
            "changed_at": now,
        }
        mail_preferences.put(session, stream.address, values)


def _values(person: Person, stream: Stream) -> dict[str, object]:
    urgent = person.urgent_at_once and stream.kind != "urgent"
    hour = None if stream.kind == "digest" else person.digest_hour
    return {
        "language": person.language,
        "kinds": None if person.kinds is None else sorted(person.kinds),
        "urgent_at_once": urgent,
        "digest_hour": hour,
        "scope": person.scope,
    }
