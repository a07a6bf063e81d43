"""Everything the command can send reaches the customer's phone, once and as it was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from acceptance_driver import Linked, Waagent, eventually

pytestmark = [pytest.mark.xdist_group("acceptance"), pytest.mark.timeout(180)]

CUSTOMER = "6281200002301"
PICTURE = b"\xff\xd8\xff\xe0" + bytes(400_000)


def test_texts_files_places_cards_and_what_is_done_to_them(
    town: Waagent, bakery: Linked, tmp_path: Path
) -> None:
    picture, shop = tmp_path / "menu.jpg", ("-t", bakery.slug)
    picture.write_bytes(PICTURE)
    town.people.customer(CUSTOMER, "Mira")
    town.people.send(CUSTOMER, bakery.phone, "roti sobek ada kak?")

    def mine() -> list[dict[str, Any]]:
        found = town.messages(bakery.slug)
        return [message for message in found if message["phone"] == f"+{CUSTOMER}"]

    question = eventually("the question is stored", mine)[0]["id"]

    def send(*arguments: str) -> str:
        return str(town.json("message", "send", f"+{CUSTOMER}", *arguments, *shop)["id"])

    answer = send("ada kak, 15rbb", "--quote", question)
    town.json("message", "edit", answer, "ada kak, 15rb", *shop)
    town.json("message", "react", question, "👍", *shop)
    wrong = send("menunya", "--file", str(picture))
    send("--location", "-6.2,106.8,Roti Mekar")
    last = send("--card", "Budi,081200000002")

    def all_sent() -> bool:
        states = {message["id"]: message["state"] for message in mine()}
        return states[last] in ("sent", "delivered", "read")

    eventually("all is sent", all_sent)
    town.json("message", "delete", wrong, "--yes", *shop)

    def on_the_phone() -> list[Any] | None:
        inbox = [each for each in town.people.inbox(CUSTOMER) if not each.from_me]
        return inbox if any(each.revoked for each in inbox) else None

    text, file, place, card = eventually("the deletion arrives", on_the_phone)
    assert (text.text, text.edited, text.quoted is not None) == ("ada kak, 15rb", True, True)
    assert (file.kind, file.revoked) == ("image", True)
    assert (place.location.latitude, place.location.name) == (-6.2, "Roti Mekar")
    assert "6281200000002" in card.contact.vcard
    assert [each.reactions for each in town.people.inbox(CUSTOMER) if each.from_me] != [{}]
    shown = {message["id"]: message for message in mine()}
    assert shown[answer]["text"] == "ada kak, 15rb"
    assert shown[wrong]["revoked_at"]
    assert shown[question]["reactions"] == [{"direction": "out", "emoji": "👍"}]
