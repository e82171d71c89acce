"""A process of its own that does one monitoring run over a source of the test's own, to be killed at any moment."""

import sys
import time
from uuid import UUID

from api.app import make_house
from api.config import Config
from api.monitoring.jobs import run_monitoring
from api.records import sellers
from providers.http import Line
from providers.ports import CompanyKey, Identifier
from tests.api.monitoring.watching.fake_watch import FakeWatch, catalog_of, change


class SlowWatch(FakeWatch):
    """Takes its time for each company, so that most of a run can be interrupted."""

    def watch(self, company: CompanyKey, line: Line) -> Identifier:
        time.sleep(0.002)
        return super().watch(company, line)


def main(database_url: str, key: str, seller_id: str, job_id: str, count: int) -> None:
    watch = SlowWatch()
    # Every second company changes, every fourth goes bankrupt.
    watch.told = lambda since: [
        change(f"{number:08}", *(("insolvency", "Bankruptcy") if number % 4 == 0 else ("score", "31")))
        for number in range(0, count, 2)
    ]
    house = make_house(Config(database_url=database_url, secret_keys=(key,)), catalog=catalog_of(watch))
    with house.sessions.of_nobody() as session:
        seller = sellers.get(session, UUID(seller_id))
    assert seller is not None
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    run_monitoring(house, seller, UUID(job_id), {})
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]))
