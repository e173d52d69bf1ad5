"""The small rules of backups: which are kept, how many numbers are left alone, what is sealed and copied."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pyrage.x25519 import Identity

from ops.backup.files import kept_files
from ops.backup.index import Copied, Index
from ops.backup.keys import make_identity, read_identity, read_recipient
from ops.backup.retention import Keep, kept
from ops.backup.sealed import PartDamaged, PartLost, Unpacking, WrongKey, packed, seal, unseal
from pipeline.errors import DefinitionError
from pipeline.rules.history.daily_head import is_signed
from pipeline.rules.history.restoration import FEWEST, LeftAlone, SeriesAtBackup, gaps_of, left_alone, sign_restoration
from pipeline.settings import read_places

NIGHTS = [datetime(2026, 1, 1, 1, 30, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
SERIES = ("td_lks", "sk", 2026)
A_DAY = timedelta(days=1)
moments = st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), max_size=40)  # noqa: DTZ001 - bounds
counts = st.integers(0, 15)


def test_a_year_of_nights_becomes_days_weeks_and_months() -> None:
    stay = kept(NIGHTS, Keep(daily=7, weekly=4, monthly=12))
    assert NIGHTS[-7:] == sorted(stay)[-7:]
    assert len(stay) == 7 + 2 + 11  # the last days end two of the weeks, and a month


@given(moments, st.builds(Keep, counts, counts, counts, counts))
def test_the_newest_always_stays_and_nothing_is_invented(every: list[datetime], keep: Keep) -> None:
    stay = kept(every, keep)
    assert stay <= set(every)
    assert not every or max(every) in stay
    assert len(stay) >= min(keep.last, len(set(every)))
    if keep.everything:
        assert stay == set(every)


def test_the_gap_grows_with_the_time_away_and_with_the_busiest_day() -> None:
    quiet, busy = SeriesAtBackup(*SERIES, last=57, busiest_day=3), SeriesAtBackup(*SERIES, last=57, busiest_day=40)
    assert left_alone(quiet, A_DAY / 24, None) == (LeftAlone(*SERIES, 58, 57 + FEWEST),)
    assert left_alone(busy, A_DAY / 24, None) == (LeftAlone(*SERIES, 58, 57 + 80),)
    assert left_alone(busy, 2.5 * A_DAY, None) == (LeftAlone(*SERIES, 58, 57 + 240),)
    assert left_alone(busy, 9 * A_DAY, 57) == ()
    assert left_alone(busy, 9 * A_DAY, 60) == (LeftAlone(*SERIES, 58, 60, declared=True),)


def test_what_was_left_alone_is_signed_and_read_back() -> None:
    key, at = Ed25519PrivateKey.generate(), NIGHTS[0]
    gaps = (LeftAlone(*SERIES, 1, 1), LeftAlone(*SERIES, 58, 60, declared=True))
    signed = sign_restoration(1, gaps, backup="x", backup_at=at, restored_at=at + A_DAY, key=key)
    assert is_signed(signed, key.public_key())
    assert gaps_of(json.loads(json.dumps(signed.statement))) == gaps


def test_a_key_is_readable_by_its_owner_alone_and_has_a_public_half(tmp_path: Path) -> None:
    path = tmp_path / "kunci"
    public = str(make_identity(path, now=NIGHTS[0]))
    assert path.stat().st_mode & 0o777 == 0o600
    assert (
        str(read_identity(path).to_public()) == public == str(read_recipient(public)) == str(read_recipient(str(path)))
    )
    with pytest.raises(DefinitionError, match="tidak ditimpa"):
        make_identity(path, now=NIGHTS[0])


@pytest.mark.parametrize("text", ["", "kunci", "age1bukan", "AGE-SECRET-KEY-1BUKAN"])
def test_what_is_no_key_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kunci"
    path.write_text(text)
    for read in (lambda: read_identity(path), lambda: read_recipient(str(path))):
        with pytest.raises(DefinitionError):
            read()
    with pytest.raises(DefinitionError, match="tidak dapat dibaca"):
        read_recipient(str(tmp_path / "tidak-ada"))


class TestSealed:
    @pytest.fixture
    def identity(self) -> Identity:
        return Identity.generate()

    def test_large_or_empty_it_comes_back_in_pieces(self, tmp_path: Path, identity: Identity) -> None:
        for number in (0, 1, 200):
            pieces = [bytes([n % 251]) * 70_000 for n in range(number)]
            seal(tmp_path / "isi", packed(pieces), identity.to_public())
            back: list[bytes] = []
            unpacking = Unpacking(back.append)
            unseal(tmp_path / "isi", identity, unpacking)
            assert b"".join(back) == b"".join(pieces)
            assert max(map(len, back), default=0) <= 2**16

    def test_what_is_wrong_with_it_is_said(self, tmp_path: Path, identity: Identity) -> None:
        path = tmp_path / "isi"
        seal(path, [b"x" * 100_000], identity.to_public())
        with pytest.raises(WrongKey):
            unseal(path, Identity.generate(), len)
        with pytest.raises(PartLost, match="tidak ada"):
            unseal(tmp_path / "lain", identity, len)
        whole = path.read_bytes()
        for damaged in (
            whole[:-1],
            whole[:50_000],
            b"",
            whole[:-1] + bytes([whole[-1] ^ 1]),
            b"age-encryption.org/v1\n",
        ):
            path.write_bytes(damaged)
            with pytest.raises(PartDamaged, match="rusak atau terpotong"):
                unseal(path, identity, len)

    def test_an_error_of_whoever_gives_or_takes_is_not_called_damage(self, tmp_path: Path, identity: Identity) -> None:
        def full(_: bytes) -> None:
            raise OSError(28, "penuh")

        seal(tmp_path / "isi", [b"x"], identity.to_public())
        with pytest.raises(OSError, match="penuh"):
            unseal(tmp_path / "isi", identity, full)
        with pytest.raises(ZeroDivisionError):
            seal(tmp_path / "isi", (bytes(1 // n) for n in (1, 0)), identity.to_public())


def test_the_list_of_what_was_copied_is_read_along_in_the_order_of_the_folders(tmp_path: Path) -> None:
    names = ["a", "berkas/aa/1", "berkas/aa-b", "kunci/x", "z"]
    first = Index(tmp_path / "daftar")
    for name in names:
        assert first.find(name) is None
        first.add(Copied(name, 1, 2, "s", f"isi-{name}"))
    first.keep()
    again = Index(tmp_path / "daftar")
    found = [again.find(name) for name in ("a", "berkas/aa/0", "berkas/aa/1", "kunci/y", "z")]
    again.drop()
    assert [f.content if f else None for f in found] == ["isi-a", None, "isi-berkas/aa/1", None, "isi-z"]


def test_what_is_kept_of_the_files(tmp_path: Path) -> None:
    data, office = tmp_path / "data", tmp_path / "kantor"
    there = (
        "berkas/aa/bb/x",
        "kunci/k.pem",
        "postgres/base",
        "log/web.log",
        "instance.json",
        "kepala/1.json",
        ".rahasia",
    )
    for name in (*(f"data/{n}" for n in there), "kantor/kantor.toml", "kantor/sop/a.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    env = {
        "ALURIZIN_DATA": str(data), "ALURIZIN_KANTOR": f"{office}/kantor.toml", "ALURIZIN_SOP": f"{office}/sop",
        "SECRET_KEY": "s", "SECRET_KEY_FILE": f"{data}/kunci/k.pem", "DATABASE_URL": "postgresql://x", "PATH": "/bin",
    }  # fmt: skip
    every = [*kept_files(read_places(env), env)]
    assert [kept.name for kept in every] == [
        "berkas/aa/bb/x", "kepala/1.json", "kunci/k.pem", "kantor.toml", "sop/a.toml", "dari-cadangan/lingkungan.env",
        "dari-cadangan/SECRET_KEY_FILE",
    ]  # fmt: skip
    assert every[5].payload == f"SECRET_KEY=s\nSECRET_KEY_FILE={data}/kunci/k.pem\n".encode()
