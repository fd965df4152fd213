from service.database import Database


def test_the_migrations_make_exactly_the_tables_that_the_code_declares(database: Database) -> None:
    assert database.check() == []
