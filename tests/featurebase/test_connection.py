"""Addresses to which a key may go, rates that a person may type, keys that nobody may see."""

from __future__ import annotations

import pytest

from migrator.errors import KeyMissing, WrongAddress
from migrator.featurebase import PRODUCTION, Connection, Rate
from tests.featurebase.conftest import KEY


@pytest.mark.parametrize(
    "address",
    [
        PRODUCTION,
        "https://docs.featurebase.app/_mock/rest-api",
        "http://127.0.0.1:8000",
        "http://localhost:8000/",
        "http://[::1]:8000",
        "http://127.9.9.9",
    ],
)
def test_https_and_loopback_are_addresses(address):
    assert Connection(base_url=address).base_url == address


@pytest.mark.parametrize(
    ("address", "message"),
    [
        pytest.param("http://do.featurebase.app", "plain http", id="plain-http"),
        pytest.param("http://127.0.0.1.evil.example", "plain http", id="looks-like-loopback"),
        pytest.param("http://localhost.example", "plain http", id="looks-like-localhost"),
        pytest.param("https://sk_1:x@do.featurebase.app", "user name", id="credentials"),
        pytest.param("do.featurebase.app", "not an http", id="no-scheme"),
        pytest.param("ftp://do.featurebase.app", "not an http", id="other-scheme"),
        pytest.param("https://", "not an http", id="no-host"),
        pytest.param("https://[::1", "not a URL", id="broken-ipv6"),
        pytest.param("https://a.example:port", "not a URL", id="broken-port"),
        pytest.param("https://a.example/ x", "not an http", id="space"),
        pytest.param("https://a.example/?key=1", "query", id="query"),
    ],
)
def test_other_addresses_are_refused_with_a_way_out(address, message):
    with pytest.raises(WrongAddress, match=message) as caught:
        Connection(base_url=address)
    assert caught.value.hint


def test_credentials_in_an_address_are_not_repeated():
    with pytest.raises(WrongAddress) as caught:
        Connection(base_url=f"https://user:{KEY}@do.featurebase.app")
    assert KEY not in f"{caught.value} {caught.value.hint} {caught.value!r}"


@pytest.mark.parametrize("key", ["sk_a b", "", "sk_ä", "sk_1\n", "sk\x00"])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key):
    with pytest.raises(KeyMissing) as caught:
        Connection(keys=("sk_good", key))
    assert "2 of 2" in caught.value.message
    assert not key or key not in f"{caught.value!r}"


def test_a_connection_never_shows_its_keys():
    connection = Connection(keys=(KEY,))
    assert KEY not in f"{connection!r} {connection}"


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1500", Rate(per_minute=1500)),
        (" 90% ", Rate(share=0.9)),
        ("100 %", Rate(share=1.0)),
        ("12.5%", Rate(share=0.125)),
    ],
)
def test_a_rate_is_a_number_or_a_share(text, rate):
    assert Rate.parse(text) == rate


@pytest.mark.parametrize("text", ["", "0", "0%", "101%", "-5", "fast", "1e3", "1.5", "٣", "9999999999"])
def test_any_other_rate_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"request|share"):
        Rate.parse(text)
