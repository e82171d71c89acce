"""The `creditgate` command, also as `python -m api`."""

import sys


def main() -> None:
    """Run the command. Loading it takes a second, in which Ctrl-C is as quiet as later."""
    try:
        from api.cli import main as commands  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit("Aborted!")
    commands()


if __name__ == "__main__":
    main()
