from tests.cast import cast, node  # noqa: F401 fixtures
