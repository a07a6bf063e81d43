"""Scenario files: the shipped ones, and what is wrong with others."""

from __future__ import annotations

from pathlib import Path

import pytest

from waagent.errors import InvalidInputError, NotFoundError
from waagent.sandbox.scenario import StepKind, load_scenario, parse_scenario, scenario_names

GOOD = """
name: toko
title: Satu cerita
shop: Toko Bu Rina
people:
  - id: sari
    phone: 62812-0000-0101
    name: Bu Sari
    expect: {status: hot_lead, intent: purchase, stage: negotiation}
    steps:
      - say: halo kak
        after: 500ms
      - owner: ya bu?
        after: 2s
      - wait_for_shop: 1.5m
      - read: true
      - pause: 3s
"""


def test_a_story_is_read() -> None:
    scenario = parse_scenario(GOOD, "toko.yaml")
    (sari,) = scenario.people
    assert (sari.phone, sari.name, sari.expect.status) == ("6281200000101", "Bu Sari", "hot_lead")
    assert [(s.kind, s.after, s.seconds) for s in sari.steps] == [
        (StepKind.SAY, 0.5, 0),
        (StepKind.OWNER, 2, 0),
        (StepKind.WAIT_FOR_SHOP, 0, 90),
        (StepKind.READ, 0, 0),
        (StepKind.PAUSE, 0, 3),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: toko", "name: [", "toko.yaml: line 4: not YAML"),
        ("title: Satu cerita", "", "toko.yaml: top: title is missing"),
        ("shop: Toko", "kota: x\nshop: Toko", "toko.yaml: top: unknown key 'kota'"),
        ("name: toko", "name: Toko Kue", "toko.yaml: name: must be lower-case"),
        ("62812-0000-0101", "abc", "people[0].phone: not a phone number: 'abc'"),
        ("Bu Sari", "a@b", "people[0].name: not a usable name"),
        ("hot_lead", "panas", "people[0].expect.status: unknown label 'panas'"),
        ("negotiation", "x", "people[0].expect.stage: unknown label 'x'"),
        ("after: 2s", "after: 2", "people[0].steps[1].after: not a duration: 2"),
        ("after: 2s", "say: dua", "people[0].steps[1]: a step does exactly one thing"),
        ("read: true", "read: false", "people[0].steps[3].read: must be true"),
        ("read: true", "teriak: ya", "people[0].steps[3]: unknown key 'teriak'"),
        ("say: halo kak", "say: ''", "people[0].steps[0].say: must be a text"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_scenario(GOOD.replace(old, new, 1), "toko.yaml")
    assert message in caught.value.message


def test_two_people_need_two_numbers() -> None:
    person = GOOD[GOOD.index("  - id:") :]
    with pytest.raises(InvalidInputError, match="two people have the phone"):
        parse_scenario(GOOD + person.replace("id: sari", "id: rere"), "toko.yaml")


@pytest.mark.parametrize("name", scenario_names())
def test_each_shipped_story_is_sound(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert all(person.phone.startswith("628120000") for person in scenario.people)
    assert any(person.expect.status for person in scenario.people)


def test_the_stories_told() -> None:
    assert len(scenario_names()) >= 7
    told = {p.expect.intent for n in scenario_names() for p in load_scenario(n).people}
    assert {"purchase", "complaint", "opt_out", "cancel", "other"} <= told


def test_the_demonstration_is_short_and_waits_for_the_shop() -> None:
    demo = load_scenario("demo")
    assert len(demo.people) == 5
    assert max(sum(step.after for step in person.steps) for person in demo.people) <= 40
    dewi = demo.people[0].steps
    kinds = [step.kind for step in dewi]
    waits = kinds.index(StepKind.WAIT_FOR_SHOP)
    assert kinds.index(StepKind.OWNER) < waits
    assert any(step.text.startswith("jadi deh") for step in dewi[waits:])


def test_a_story_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        load_scenario("tidak-ada")
    with pytest.raises(NotFoundError):
        load_scenario(tmp_path / "x.yaml")
    (tmp_path / "y.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInputError):
        load_scenario(tmp_path / "y.yaml")
