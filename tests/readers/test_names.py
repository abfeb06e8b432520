"""Which symbols a heading documents."""

from __future__ import annotations

import pytest

from askdocs_indexer.readers.heading_symbols import (
    anchored,
    heading_symbols,
    nearness,
    qualified,
)


@pytest.mark.parametrize(
    ("title", "symbols"),
    [
        ("`foo.bar()`", ["foo.bar"]),
        ("`foo.bar(a, b=(1, 2)) -> int`", ["foo.bar"]),
        ("`async def fetch(url: str)`", ["fetch"]),
        ("`class a.B`", ["a.B"]),
        ("`Vec::push`", ["Vec::push"]),
        ("`json` --- encoder", ["json"]),
        ("`a()`, `b()` and `c()`", ["a", "b", "c"]),
        ("`limit`", ["limit"]),
        ("foo.bar", ["foo.bar"]),
        ("connect(host)", ["connect"]),
        ("np.linalg.norm(x)", ["np.linalg.norm"]),
        ("g_free ()", ["g_free"]),
        ("`Map<K, List<V>>`", ["Map"]),
        ("`<Suspense fallback={x}>`", ["Suspense"]),
        ("`<div>`", []),
        ("M", []),
        ("Install", []),
        ("Install (Linux)", []),
        ("Step(s)", []),
        ("The `foo` function", []),
        ("`foo` objects", []),
        ("Using `Client.connect`", ["Client.connect"]),
        ("`Client.connect` in practice", ["Client.connect"]),
        ("From `os.popen` to `config.yaml`", ["os.popen"]),
        ("README.md", []),
        ("`config.yaml`", []),
        ("2.4.1", []),
        ("`--verbose`", []),
        ("Use foo.bar here", []),
        ("", []),
        ("class Foo", ["Foo"]),
        ("class attributes", []),
        ("type Client", ["Client"]),
        ("func Get", ["Get"]),
        ("func (c *Client) Do", ["Client.Do"]),
        (r"func \(c \*Client\) Do", ["Client.Do"]),
        ("`func (c *Client) Do(r *Request) error`", ["Client.Do"]),
        ("Class: Client", ["Client"]),
        ("Class: `http.Server`", ["http.Server"]),
        ("Note: Client", []),
        ("Class hierarchy", []),
        ("function `parse(text)`", ["parse"]),
        ("`new Client(options)`", ["Client"]),
        ("`void acme_close(acme_client *c)`", ["acme_close"]),
        ("`static <T> List<T> of(T... xs)`", ["of"]),
        ("`public String getName() const`", ["getName"]),
        ("`git commit (all)`", []),
        ("`std::vector<T>::push_back`", ["std::vector::push_back"]),
        ("⚡ `useState(initial)`", ["useState"]),
        ("1.2 `Client.retry()`", ["Client.retry"]),
        ("*async* `Client.flush()`", ["Client.flush"]),
        ("[`Client.link()`](api.md)", ["Client.link"]),
        ("Event: `'data'`", []),
        ("`POST /users/{id}`", []),
        ("`$client->get()`", ["client.get"]),
        ("`loop->stop(now)`", ["loop.stop"]),
        ("`fn get() -> Client`", ["get"]),
        ("`.is(actual, expected)`", [".is"]),
        (".code(status)", [".code"]),
        (".code, a colour", []),
        ("`#flush`", [".flush"]),
        ("`Client#flush`", ["Client#flush"]),
    ],
)
def test_heading_documents(title: str, symbols: list[str]) -> None:
    assert list(heading_symbols(title)) == symbols


@pytest.mark.parametrize(
    ("name", "around", "expected"),
    [
        ("connect", [(("Client",), "Client")], ["Client.connect"]),
        ("a.connect", [(("Client",), "Client")], ["a.connect"]),
        ("push", [(("std::Vec",), "std::Vec")], ["std::Vec::push"]),
        ("push", [], ["push"]),
        ("push", [(("a", "b"), "a and b")], ["push"]),
        ("get", [(("Client",), "Client"), ((), "Methods")], ["Client.get"]),
        ("get", [((), "Client")], ["get", "Client.get"]),
        ("Client", [(("acme.Client",), "Client")], ["acme.Client"]),
        ("get", [((), "Client"), ((), "Methods")], ["get", "Client.get"]),
        ("get", [(("acme",), "acme"), ((), "Client")], ["acme.get", "acme.Client.get"]),
        ("get", [((), "HTTP clients")], ["get"]),
        ("Client", [((), "Guide")], ["Client"]),
        ("server.close", [(("http.Server",), "")], ["server.close", "http.Server.close"]),
        ("other.close", [(("http.Server",), "")], ["other.close"]),
        ("httpServer.close", [(("Server",), "")], ["httpServer.close"]),
        ("srv.close", [(("http.Server",), "")], ["srv.close", "http.Server.close"]),
        ("t.is", [(("test",), "test")], ["t.is", "test.t.is"]),
        ("test.only", [(("test",), "test")], ["test.only"]),
        ("test.only", [(("test.each",), "test.each")], ["test.only"]),
        (".close", [(("http.Server",), "")], ["http.Server.close"]),
        (".close", [((), "Server")], ["Server.close", "server.close"]),
        (".close", [((), "How to close it")], []),
    ],
)
def test_names_are_qualified_by_the_headings_above(
    name: str, around: list[tuple[tuple[str, ...], str]], expected: list[str]
) -> None:
    assert list(qualified((name,), around)) == expected


@pytest.mark.parametrize(
    ("markdown", "symbols"),
    [
        ("connect(host) {#acme.Client.connect}", ["acme.Client.connect"]),
        ("`connect` {: #acme.connect .doc }", ["acme.connect"]),
        ("Other words {#acme.Client.connect}", []),
        ("connect {#connect}", []),
    ],
)
def test_anchors_name_symbols(markdown: str, symbols: list[str]) -> None:
    assert list(anchored(markdown)) == symbols


@pytest.mark.parametrize(
    ("instance", "owner", "expected"),
    [
        ("queryClient", "QueryClient", 3),
        ("async_client", "AsyncClient", 3),
        ("client", "AsyncClient", 2),
        ("c", "Context", 1),
        ("ctx", "RequestContext", 1),
        ("res", "ServerResponse", 1),
        ("cmd", "Command", 1),
        ("app", "Application", 1),
        ("t", "ExecutionContext", 0),
        ("creators", "Context", 0),
        ("", "Context", 0),
    ],
)
def test_words_for_instances_of_a_type(instance: str, owner: str, expected: int) -> None:
    assert nearness(instance, owner) == expected
