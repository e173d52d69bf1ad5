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
from ops.backup.sealed import PartDamaged, PartLost, Unpacking, WrongKey, packed, seal, unseal, unseal_part
from ops.backup.target import MANIFEST, NEEDED, RECIPIENT, Target
from pipeline.errors import DefinitionError
from pipeline.rules.history.daily_head import is_signed
from pipeline.rules.history.restoration import FEWEST, LeftAlone, SeriesAtBackup, gaps_of, left_alone, sign_restoration
from pipeline.rules.notices.rules import Channel
from pipeline.rules.opening.facts import MachineFacts
from pipeline.rules.opening.warnings import machine_findings
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

    def test_of_a_part_whose_key_is_known_any_changed_byte_is_damage(self, tmp_path: Path, identity: Identity) -> None:
        path = tmp_path / "isi"
        seal(path, [b"x"], identity.to_public())
        whole = path.read_bytes()
        for at in range(len(whole)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(PartDamaged):
                unseal_part(path, identity, len)

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


class TestATargetIsForOneKey:
    OURS, OTHERS = Identity.generate(), Identity.generate()

    def made(self, folder: Path, *keys: Identity, says: bool = False) -> Target:
        """With a backup and a content for each of these keys; as an older version left it, unless it ``says``."""
        target = Target(folder)
        for number, (key, at) in enumerate(zip(keys, NIGHTS, strict=False)):
            seal(target.begin(at) / MANIFEST, [b"isi"], key.to_public())
            seal(target.content(f"{number:040}"), [b"isi"], key.to_public())
        if says:
            (folder / RECIPIENT).write_text(f"{keys[0].to_public()}\n", "ascii")
        return target

    def state(self, folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".kunci")
        return {str(path): path.read_bytes() for path in files}

    def use(self, target: Target, key: Identity, *, proven: bool = False) -> None:
        with target.locked(key.to_public(), key if proven else None):
            assert (target.folder / RECIPIENT).read_text("ascii") == f"{key.to_public()}\n"

    def test_an_empty_one_is_for_whoever_comes_first(self, tmp_path: Path) -> None:
        self.use(Target(tmp_path), self.OURS)
        self.use(Target(tmp_path), self.OURS)
        with pytest.raises(DefinitionError, match=r"untuk kunci lain\. Pilih folder lain yang kosong"):
            self.use(Target(tmp_path), self.OTHERS, proven=True)
        self.use(Target(tmp_path / "lain"), self.OTHERS)

    @pytest.mark.parametrize("proven", [True, False])
    def test_another_key_changes_nothing_in_it(self, tmp_path: Path, proven: bool) -> None:
        target = self.made(tmp_path, self.OURS, says=True)
        (tmp_path / "sementara").mkdir()
        (tmp_path / "sementara" / "isi").write_bytes(b"separuh")
        before = self.state(tmp_path)
        with pytest.raises(DefinitionError, match="Pilih folder lain yang kosong"):
            self.use(target, self.OTHERS, proven=proven)
        assert self.state(tmp_path) == before

    def test_one_that_does_not_say_is_taken_up_by_who_proves_to_open_all_of_it(self, tmp_path: Path) -> None:
        target = self.made(tmp_path, self.OURS, self.OURS)
        before = self.state(tmp_path)
        with pytest.raises(DefinitionError, match=r"tidak tercatat\. .* dengan --kunci BERKAS-KUNCI"):
            self.use(target, self.OURS)
        with pytest.raises(DefinitionError, match="untuk kunci lain"):
            self.use(target, self.OTHERS, proven=True)
        assert self.state(tmp_path) == before
        self.use(target, self.OURS, proven=True)
        self.use(target, self.OURS)

    @pytest.mark.parametrize("gone", ["", f"*Z/{MANIFEST}", "isi/??/*0"])
    def test_one_of_two_keys_is_nobodys(self, tmp_path: Path, gone: str) -> None:
        """Its good backup may be deleted already: contents tell too."""
        target = self.made(tmp_path, self.OURS, self.OTHERS)
        for path in tmp_path.glob(gone) if gone else ():
            path.unlink()
        for key in (self.OTHERS, self.OURS):
            with pytest.raises(DefinitionError, match="untuk kunci lain"):
                self.use(target, key, proven=True)
        assert not (tmp_path / RECIPIENT).exists()

    def test_a_secret_that_is_not_of_that_public_key_proves_nothing(self, tmp_path: Path) -> None:
        target = self.made(tmp_path, self.OURS)
        with pytest.raises(DefinitionError, match="tidak tercatat"), target.locked(self.OTHERS.to_public(), self.OURS):
            pass


@pytest.mark.parametrize("key", [True, False])
@pytest.mark.parametrize("at", [None, NIGHTS[0]])
def test_a_key_that_is_there_is_not_made_anew(key: bool, at: datetime | None) -> None:
    facts = MachineFacts(
        now=NIGHTS[9], demo=False, signer="x", channels=[*Channel], scanner=True, backup_at=at, backup_key=key
    )
    (found,) = machine_findings(facts)
    assert "“alurizin cadangkan FOLDER”" in found.remedy
    assert ("“alurizin kunci-cadangan FILE”" in found.remedy) is not key


def test_what_somebody_else_put_into_a_target_is_passed_over_and_left(tmp_path: Path) -> None:
    identity = Identity.generate()
    target = Target(tmp_path)
    odd = [
        tmp_path / name
        for name in ("fotoZ", "20260101Z", "20260101T000000Z", "isi/ab/folder", "99999999T999999999999Z")
    ]
    for folder in odd:
        folder.mkdir(parents=True)
        (folder / MANIFEST).write_text("bukan cadangan")
    link = tmp_path / "20260101T000000000000Z"
    link.symlink_to(tmp_path / "fotoZ", target_is_directory=True)
    (tmp_path / "20260102T000000000000Z").write_text("bukan folder")
    (tmp_path / "20260103T000000000000Z" / MANIFEST).mkdir(parents=True)  # half: no manifest was ever sealed
    (tmp_path / "isi" / "catatan.txt").write_text("x")
    with target.locked(identity.to_public(), identity):
        begun = target.begin(NIGHTS[0])
        (begun / MANIFEST).write_bytes(b"")
        (begun / NEEDED).write_text("")
        assert list(target.backups()) == [NIGHTS[0]]
        assert target.forget(Keep(last=1)) == 0
    assert all((folder / MANIFEST).is_file() for folder in odd)
    assert link.is_symlink()
    assert not (tmp_path / "20260103T000000000000Z").exists()


@pytest.mark.parametrize("name", [RECIPIENT, ".tujuan"])
@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_damaged_name_in_a_target_is_a_sentence(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(content)
    target = Target(tmp_path)
    with (
        pytest.raises(DefinitionError, match="rusak atau tidak terbaca"),
        target.locked(Identity.generate().to_public()),
    ):
        _ = target.name


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_nothing_is_deleted_while_what_a_backup_needs_is_unknown(tmp_path: Path, content: bytes | None) -> None:
    target = Target(tmp_path)
    kept_content = target.content("ab" * 20)
    kept_content.parent.mkdir(parents=True)
    kept_content.write_bytes(b"x")
    for night in NIGHTS[:2]:
        (target.begin(night) / MANIFEST).write_bytes(b"")
    if content:
        (target.begin(NIGHTS[1]) / NEEDED).write_bytes(content)
    with pytest.raises(DefinitionError, match="isi lama tidak dibersihkan"):
        target.forget(Keep(last=1))
    assert kept_content.exists()
