"""A client of a sandbox, and sandboxes made to order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from migrator.sandbox import Sandbox
from tests.sandbox.support import Api


@pytest.fixture
def witness() -> None:
    """Nobody: here it is the sandbox that is tested, with requests of every kind."""


@pytest.fixture
def make_api(make_sandbox: Callable[..., Sandbox]) -> Iterator[Callable[..., Api]]:
    opened: list[Api] = []

    def make(**options: Any) -> Api:
        opened.append(Api(make_sandbox(**options)))
        return opened[-1]

    yield make
    for api in opened:
        api.connection.close()


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """A client of a sandbox with default options, but without rate limits."""
    return make_api()
