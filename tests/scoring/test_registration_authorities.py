"""Numbers under which the LEI register has entities registered."""

import pytest

from scoring.company_numbers import CompanyNumber
from scoring.registration_authorities import registered_number


@pytest.mark.parametrize(
    ("authority", "number", "expected"),
    [
        ("RA000463", "17014545", CompanyNumber("kvk", "NL", "17014545")),
        ("RA000585", "4366849", CompanyNumber("coh", "GB", "04366849")),
        ("RA000587", "SC123456", CompanyNumber("coh", "GB", "SC123456")),
        ("RA000025", "0403.019.261", CompanyNumber("kbo", "BE", "0403019261")),
        ("RA000463", "NL-17014545", None),
        ("RA000463", None, None),
        ("RA999999", "17014545", None),
        (None, "17014545", None),
    ],
)
def test_a_number_is_read_by_the_scheme_of_its_authority(
    authority: str | None, number: str | None, expected: CompanyNumber | None
) -> None:
    assert registered_number(authority, number) == expected
