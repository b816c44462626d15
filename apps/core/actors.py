"""Who does something: a row of accounts.User, which the core may not know."""

from typing import Any, TypeAlias

Actor: TypeAlias = Any
