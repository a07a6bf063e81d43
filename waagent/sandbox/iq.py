"""The questions a logged-in client asks the server, and their answers.

What is not named here is answered with an empty result, as a server that knows nothing would.
"""

from __future__ import annotations

from waagent.sandbox.accounts import LinkedDevice
from waagent.sandbox.addresses import SERVER_JID
from waagent.sandbox.bundles import bundle_nodes, uploaded_keys
from waagent.sandbox.media_server import media_conn
from waagent.sandbox.network import Network
from waagent.sandbox.people import Handset
from waagent.sandbox.wire import Node

Answer = tuple[Node, ...]


def answer(network: Network, device: LinkedDevice, iq: Node) -> Answer:
    """The children of the result."""
    namespace = iq.attrs.get("xmlns")
    if namespace == "encrypt":
        return _encrypt(network, device, iq)
    if namespace == "usync":
        return _usync(network, iq)
    if namespace == "w:m":
        return (media_conn(device.account),)
    if namespace == "blocklist":
        return (Node("list"),)
    return ()


def result(iq: Node, children: Answer = ()) -> Node:
    """The node that answers an iq."""
    attrs = {"from": SERVER_JID, "type": "result", "id": iq.attrs.get("id", "")}
    return Node("iq", attrs, children or None)


def refusal(iq: Node, code: int) -> Node:
    """The node that refuses an iq."""
    attrs = {"from": SERVER_JID, "type": "error", "id": iq.attrs.get("id", "")}
    return Node("iq", attrs, (Node("error", {"code": str(code), "text": "refused"}),))


def _encrypt(network: Network, device: LinkedDevice, iq: Node) -> Answer:
    if iq.child("count"):
        return (Node("count", {"value": str(device.count_keys())}),)
    wanted = iq.child("key")
    if wanted is not None:
        users = tuple(_bundle(network, user.attrs["jid"]) for user in wanted.children)
        return (Node("list", {}, users),)
    if iq.child("list"):
        device.store_keys(*uploaded_keys(iq))
    return ()


def _bundle(network: Network, jid: str) -> Node:
    bundle = network.bundle_for(jid)
    if bundle is None:
        return Node("user", {"jid": jid}, (_not_found(),))
    return Node("user", {"jid": jid}, bundle_nodes(bundle))


def _not_found() -> Node:
    return Node("error", {"code": "404", "text": "item-not-found"})


def _usync(network: Network, iq: Node) -> Answer:
    """Look people up: by address (``jid``), or by a number somebody typed (``contact``)."""
    usync = iq.need("usync")
    queries = {query.tag: query for query in usync.need("query").children}
    users = tuple(_user(network, user, queries) for user in usync.need("list").children)
    attrs = {"sid": usync.attrs.get("sid", ""), "mode": "query", "context": "message"}
    return (Node("usync", attrs, (Node("list", {}, users),)),)


def _user(network: Network, user: Node, queries: dict[str, Node]) -> Node:
    typed = user.child("contact")
    asked = user.attrs.get("jid") or _typed_jid(typed.data().decode() if typed else "")
    person = network.find(asked)
    children: list[Node] = []
    if "contact" in queries:
        content = typed.data() if typed else None
        children.append(Node("contact", {"type": "in" if person else "out"}, content))
    if person is not None:
        children += _facts(network, person, queries)
    attrs = {"jid": asked}
    if person is not None and typed is not None:
        attrs = {"jid": person.lid, "pn_jid": person.pn}
        if queries["contact"].attrs.get("addressing_mode") != "lid":
            attrs = {"jid": person.pn}
    return Node("user", attrs, tuple(children))


def _facts(network: Network, person: Handset, queries: dict[str, Node]) -> list[Node]:
    facts = []
    if "lid" in queries:
        facts.append(Node("lid", {"val": person.lid}))
    if "devices" in queries:
        numbers = network.device_numbers(person.phone)
        listing = tuple(Node("device", {"id": str(number)}) for number in numbers)
        facts.append(Node("devices", {}, (Node("device-list", {}, listing),)))
    if "status" in queries:
        facts.append(Node("status", {}, b""))
    return facts


def _typed_jid(number: str) -> str:
    digits = number.partition("@")[0].lstrip("+")
    return f"{digits}@s.whatsapp.net"
