"""`python -m api`: the `creditgate` command, for a process that starts another."""

from api.cli import main

main()
