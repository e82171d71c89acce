"""The floor of a judgement: a bare Flask route that says hello, in gunicorn with the product's own settings."""

from flask import Flask
from flask.typing import ResponseReturnValue

from api.config import from_environment
from bench.floor import FloorServer

HELLO = "/hello"


class HelloServer(FloorServer):
    """Without a database."""

    def load(self) -> Flask:
        """Make the app of one process."""
        app = Flask(__name__, static_folder=None)

        @app.get(HELLO)
        def hello() -> ResponseReturnValue:
            return {"hello": "world"}

        return app


if __name__ == "__main__":
    HelloServer(from_environment()).run()
