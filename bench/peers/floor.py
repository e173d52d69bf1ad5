"""The floor: what a transition cannot do without, as one statement over bare psycopg."""

import time

import psycopg
from psycopg.types.json import Jsonb

from bench.peers.steps import DOCUMENTS, FIELDS, FORM, STEPS

_FIELDS = ", ".join(f"{name} text NOT NULL" for name in FIELDS)
SCHEMA = f"""
CREATE TABLE floor_case (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {_FIELDS}, step smallint NOT NULL, role text NOT NULL,
    due timestamptz NOT NULL, version int NOT NULL DEFAULT 0, closed timestamptz);
CREATE TABLE floor_document (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner bigint NOT NULL REFERENCES floor_case,
    kind text NOT NULL, name text NOT NULL, size int NOT NULL, sha256 text NOT NULL);
CREATE TABLE floor_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner bigint NOT NULL REFERENCES floor_case,
    step smallint NOT NULL, actor text NOT NULL, what text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE floor_owed (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner bigint NOT NULL, topic text NOT NULL,
    body jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now(), sent timestamptz);
CREATE INDEX ON floor_case (role, due) WHERE closed IS NULL;
CREATE INDEX ON floor_document (owner);
CREATE INDEX ON floor_event (owner);
CREATE INDEX ON floor_owed (id) WHERE sent IS NULL;
"""
_CREATE = (
    f"INSERT INTO floor_case ({', '.join(FIELDS)}, step, role, due)"
    f" VALUES ({', '.join(['%s'] * len(FIELDS))}, 1, 'sistem', now()) RETURNING id"
)
_ATTACH = "INSERT INTO floor_document (owner, kind, name, size, sha256) VALUES (%s, %s, %s, %s, %s)"
_MOVE = """
WITH moved AS (
    UPDATE floor_case SET step = %s, role = %s, due = now() + %s * interval '1 minute', version = version + 1,
        closed = CASE WHEN %s THEN now() END
    WHERE id = %s AND version = %s RETURNING id),
told AS (INSERT INTO floor_event (owner, step, actor, what) SELECT id, %s, %s, 'approved' FROM moved),
owed AS (INSERT INTO floor_owed (owner, topic, body) SELECT id, %s, %s FROM moved)
SELECT id FROM moved
"""


class Floor:
    """One person at one connection."""

    def __init__(self, address: str) -> None:
        self._conn = psycopg.connect(address, autocommit=True)
        self._conn.prepare_threshold = 1
        self._cursor = self._conn.cursor()

    def create(self) -> int:
        """A case with its form and documents, before any clock runs."""
        with self._conn.transaction():
            row = self._cursor.execute(_CREATE, list(FORM.values())).fetchone()
            if row is None:
                raise RuntimeError("no row")
            self._cursor.executemany(_ATTACH, [(row[0], *document) for document in DOCUMENTS])
        return int(row[0])

    def move(self, case: int, number: int) -> float:
        """Transition ``number`` of a case, committed; its seconds."""
        step, following = STEPS[number - 1], STEPS[number] if number < len(STEPS) else None
        target, role = (following.number, following.role) if following else (step.number, step.role)
        began = time.perf_counter()
        values = (target, role, following.minutes if following else 0, following is None, case, number - 1)
        body = Jsonb({"case": case, "step": target, "role": role})
        row = self._cursor.execute(_MOVE, (*values, number, step.role, f"route.{role}", body)).fetchone()
        if row is None:
            raise RuntimeError("somebody else moved it")
        return time.perf_counter() - began

    def carry(self, case: int) -> list[float]:
        """All nine."""
        return [self.move(case, step.number) for step in STEPS]
