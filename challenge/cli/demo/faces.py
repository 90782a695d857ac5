"""The demo's agreement not to disclose, and one solver who reads a confidential part under it."""

from __future__ import annotations

from functools import partial

from challenge.cli.demo import people
from challenge.cli.demo.loader import Steps, World
from challenge.requirements import face_reads, faces, ndas, opening, queries

ZH = """\
1. 您仅为评估和解决本需求使用在此阅读的内容。
2. 您不向任何人披露，您的团队成员各自接受本协议后方可知悉。
3. 本协议自接受之日起五年有效，不因赛季结束而终止。
"""
EN = """\
1. You use what you read here to assess and solve this requirement, and for nothing else.
2. You tell nobody. Members of your team learn of it once each of them has accepted this agreement.
3. It holds for five years from the day you accept it, also after the round.
"""


def steps(world: World, key: str, organizer: str, need: str) -> Steps:
    """The agreement, two requests, the seeker's yes to one, that solver's word and first reading."""
    yield -17, partial(_write, world, key, organizer)
    yield -16, partial(_ask, world, need, "weber", "Low-light imaging is our field; what is the line like?")
    yield -15, partial(_let_in, world, need)
    yield -14, partial(_read, world, need)
    yield -5, partial(_ask, world, need, "chen", "我们做偏振成像，想先了解产线条件。")


def _write(world: World, key: str, organizer: str) -> None:
    with world.acting(organizer) as (session, actor):
        ndas.write(session, actor, world.rounds[key], ZH, EN)


def _ask(world: World, need: str, person: str, words: str) -> None:
    with world.acting(person) as (session, actor):
        faces.ask(session, actor, world.needs[need], words)


def _let_in(world: World, need: str) -> None:
    with world.acting(people.seeker_of(need)) as (session, actor):
        requirement = queries.without_seeker(session, world.needs[need])
        for asked in face_reads.readers(session, requirement.id):
            faces.decide(session, actor, requirement.ref, asked.ref, "grant")


def _read(world: World, need: str) -> None:
    person = people.PEOPLE["weber"]
    with world.acting("weber") as (session, actor):
        requirement = queries.without_seeker(session, world.needs[need])
        nda = ndas.in_force(session, requirement)
        if nda is not None:
            faces.accept(session, actor, requirement.ref, nda.ref, person.name, "Vision Lab")
            opening.read(session, actor, requirement.ref)
