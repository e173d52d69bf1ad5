"""A demo has a past: every desk has files, decrees were issued for months, and it is as true as any other file."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import DateTime, func, select
from sqlalchemy.exc import OperationalError

from ops.contoh.life import teller
from ops.contoh.life.stories import Story, stories
from ops.contoh.life.teller import tell_stories
from ops.demo_accounts import load_demo_accounts
from pipeline.calendar.hours import utc
from pipeline.db import connection
from pipeline.kantor.office import desks
from pipeline.models import Eskalasi, Outbox, Permohonan, Sk, Tugas, metadata
from pipeline.queries.calendar import calendar_in_force
from pipeline.queries.records.register import number_gaps
from pipeline.roles import Peran
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.deadlines.escalate import sweep_late
from pipeline.services.records.record import PICTURES
from pipeline.services.records.verify.whole import verify_all
from tests.factories import WEDNESDAY

NOW = WEDNESDAY + timedelta(hours=5)  # 14.00


@pytest.fixture(autouse=True)
def _office(db):
    seed_calendar(WEDNESDAY)
    load_demo_accounts(WEDNESDAY)


def files():
    with connection() as conn:
        return conn.execute(select(Permohonan.id, Permohonan.status, Permohonan.sent_at)).all()


def test_the_whole_past_is_there_true_and_told_once():
    every = stories()
    assert tell_stories(NOW) == len(every)
    statuses = Counter(row.status for row in files())
    assert (statuses["selesai"], statuses["ditolak"], statuses["perbaikan"]) == (10, 1, 2)
    with connection() as conn:
        waiting = Counter(conn.scalars(select(Tugas.peran).where(Tugas.closed_at.is_(None))))
        issued = conn.execute(select(Sk.sequence, Sk.day).where(Sk.kind == "sk").order_by(Sk.sequence)).all()
        assert number_gaps(conn) == ()
        open_steps = conn.scalars(select(Outbox.task).where(Outbox.closed_at.is_(None))).all()
    assert {str(p) for p in desks()} | {str(Peran.PEMOHON)} == set(waiting)
    assert waiting["kepala_dinas"] == 2
    assert [row.day for row in issued] == sorted(row.day for row in issued)
    assert issued[0].day < NOW.date() - timedelta(days=120)
    assert set(open_steps) <= {PICTURES}
    assert verify_all()[1] == []
    assert dated_after(NOW) == {}
    assert tell_stories(NOW + timedelta(days=3)) == 0
    sweep_late(now=NOW)
    with connection() as conn:
        late = conn.scalar(select(func.count(func.distinct(Eskalasi.permohonan_id))))
    assert late >= 2


def dated_after(now):
    """Table and column -> rows dated later than now; but for what is still to come: deadlines, roles, certificates."""
    ahead = {"tenggat", "eskalasi_at", "warn_at", "expires_at", "try_at"}
    found = {}
    with connection() as conn:
        for table in metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, DateTime) and column.name not in ahead:
                    later = conn.scalar(select(func.count()).select_from(table).where(column > real_or(now)))
                    if later:
                        found[f"{table.name}.{column.name}"] = later
    return found


def real_or(now):
    """Sessions, outbox and store keep the real clock."""
    return max(now, datetime.now(UTC))


def test_killed_in_the_middle_of_a_file_it_goes_on_with_that_file(monkeypatch):
    few = [s for s in stories() if s.code in {"terbit-9", "dinas_teknis-2"}]
    killed = []

    def dies(self, stage, now):
        if stage.langkah == "paraf_kabid" and not killed:
            killed.append(self)
            raise OperationalError("mati", {}, Exception())
        return take(self, stage, now)

    take = teller._Walk.take
    with monkeypatch.context() as m:
        m.setattr(teller._Walk, "take", dies)
        with pytest.raises(OperationalError):
            tell_stories(NOW, only=few.__contains__)
    assert files() == []
    assert tell_stories(NOW, only=few.__contains__) == 2
    assert tell_stories(NOW, only=few.__contains__) == 0
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 11, 28, 3, tzinfo=UTC),
        datetime(2026, 11, 24, 17, tzinfo=UTC),
        datetime(2027, 1, 1, 1, tzinfo=UTC),
    ],
)
def test_nobody_acts_in_the_future_or_while_the_office_is_closed(now):
    calendar = calendar_in_force()
    for story in stories():
        moments = story.moments(calendar, now)
        assert list(moments) == sorted(moments)
        assert moments[-1] <= now
        for moment in moments:
            spans = calendar.open_spans(calendar.local(moment).date())
            assert any(start <= utc(moment) < end for start, end in spans), (story, moment)


def test_every_story_has_a_name_of_its_own():
    names = [story.code for story in stories()]
    assert len(set(names)) == len(names)
    assert isinstance(stories()[0], Story)
