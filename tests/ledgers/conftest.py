"""The cast, as it meets the ledgers."""

from tests.cast import cast, node  # noqa: F401
