"""The protections of the record in the database itself."""


def install(using: str = "default") -> None:
    """Placeholder until the protections are declared."""
