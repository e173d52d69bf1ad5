"""The floor of a relay: a batch of rows claimed by one statement, and their messages in one pipeline."""

import json

import psycopg
import redis

Connection = psycopg.Connection[tuple[object, ...]]

QUEUE = "floor"
_BATCH = 200
_CLAIM = """
UPDATE floor_message SET sent = now() WHERE id IN (
    SELECT id FROM floor_message WHERE sent IS NULL ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id, topic
"""


def create(conn: Connection) -> None:
    conn.execute(
        "CREATE TABLE floor_message (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic text NOT NULL,"
        " sent timestamptz)"
    )
    conn.execute("CREATE INDEX ON floor_message (id) WHERE sent IS NULL")


def run(conn: Connection, client: redis.Redis, rows: int) -> None:
    """Owe so many messages, and send them."""
    conn.execute("INSERT INTO floor_message (topic) SELECT 'route' FROM generate_series(1, %s)", (rows,))
    while claimed := conn.execute(_CLAIM, (_BATCH,)).fetchall():
        pipeline = client.pipeline(transaction=False)
        for number, topic in claimed:
            pipeline.lpush(QUEUE, json.dumps({"task": topic, "id": number}))
        pipeline.execute()
