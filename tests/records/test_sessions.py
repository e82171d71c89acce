"""Which database logins may be worked with."""

import pytest
from sqlalchemy import text

from api.records.sessions import UnsafeLogin, connect, refuse_unsafe_login


def test_a_login_that_owns_tables_is_refused(database_urls: tuple[str, str]) -> None:
    owner = connect(database_urls[0])
    with pytest.raises(UnsafeLogin, match="owns tables"):
        refuse_unsafe_login(owner)
    owner.dispose()


def test_the_temporary_tables_of_a_running_import_are_no_reason_to_refuse(database_urls: tuple[str, str]) -> None:
    app = connect(database_urls[1])
    with app.connect() as importing:
        importing.execute(text("CREATE TEMPORARY TABLE of_an_import (line int)"))
        importing.commit()
        refuse_unsafe_login(app)
    app.dispose()
