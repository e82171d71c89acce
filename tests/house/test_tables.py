"""Guards over the tables: keys that begin with the seller, so that rows can be kept apart on many machines."""

import pkgutil
from importlib import import_module

import pytest
from sqlalchemy import Table, UniqueConstraint

import api.records
from api.records.base import Base

for module in pkgutil.iter_modules(api.records.__path__):
    import_module(f"api.records.{module.name}")
TABLES = [table for table in Base.metadata.sorted_tables if table.name not in ("public_rate", "seller")]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_keys_begin_with_the_seller(table: Table) -> None:
    unique = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    unique += [index.columns for index in table.indexes if index.unique]
    for columns in [table.primary_key.columns, *unique]:
        assert next(iter(columns)).name == "seller_id", columns


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_references_carry_the_seller(table: Table) -> None:
    for constraint in table.foreign_key_constraints:
        referred = constraint.referred_table.name
        assert referred == "seller" or "seller_id" in constraint.column_keys, constraint
