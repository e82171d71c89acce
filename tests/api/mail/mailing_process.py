"""A process that makes and sends mail round after round, to be killed: database, SMTP port, secret keys."""

import sys
import time

from api.app import make_house
from api.config import Config
from api.mail.jobs import Post
from tests.api.mail.receiving import config_of


def main(database_url: str, port: str, secret_key: str) -> None:
    config = Config(database_url=database_url, secret_keys=(secret_key,), mail=config_of(int(port)))
    post = Post(make_house(config))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        post.go_round()
        time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
