"""The rule, over every langkah of the office's SOP and of a SOP of another shape."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.calendar.due import Interval
from pipeline.errors import DecisionRefused, InputInvalid, NotAllowedYet
from pipeline.roles import Peran
from pipeline.rules.transitions import CaseFacts, Keputusan, Request, Status, Transition, decide
from pipeline.rules.visiting import Visit, visit
from pipeline.services.records.visits import Past
from pipeline.sop.registry import SOPS
from pipeline.sop.values import DONE, Condition
from pipeline.sop.words import FORWARD, Arah, KeputusanKind

SOP = SOPS["td_lks"]
REASON = "Alasan yang cukup panjang."
PERSON = UUID(int=7)
T0 = datetime(2026, 11, 25, 1, tzinfo=UTC)
langkah = st.sampled_from([t.code for t in SOP.langkah])


def forward(code, **facts):
    return decide(SOP, code, Keputusan(kind=SOP[code].keputusan), CaseFacts(data={}, **facts))


@pytest.mark.parametrize(("since", "target"), [(t.code, t.target) for t in SOP.langkah])
def test_every_drawn_arrow_can_be_walked(since, target):
    assert forward(since).target == target


@pytest.mark.parametrize(("since", "target"), [(t.code, k) for t in SOP.langkah for k in t.returns_to])
def test_every_return_can_be_made_with_a_reason(since, target):
    t = decide(SOP, since, Keputusan(kind=KeputusanKind.KEMBALIKAN, target=target, reason=REASON), CaseFacts(data={}))
    assert (t.target, t.back) == (target, True)
    assert t.status is (Status.PERBAIKAN if SOP[target].peran == Peran.PEMOHON else Status.BERJALAN)


@pytest.mark.attack("D01")
@given(langkah, st.sampled_from(KeputusanKind), st.one_of(st.none(), langkah))
def test_nothing_else_is_accepted(code, kind, target):
    """Whatever is asked, the file goes along an arrow of the SOP or nowhere."""
    since = SOP[code]
    try:
        t = decide(SOP, code, Keputusan(kind=kind, target=target, reason=REASON), CaseFacts(data={}))
    except DecisionRefused:
        return
    if kind is KeputusanKind.KEMBALIKAN:
        assert t.target in since.returns_to
    elif kind is KeputusanKind.BATALKAN:
        assert (t.target, t.status) == (DONE, Status.DIBATALKAN)
    elif kind is KeputusanKind.ARSIPKAN:
        assert (since.keputusan, t.target) == (KeputusanKind.TERIMA, DONE)
    else:
        assert t.target == since.target
        assert kind is since.keputusan or (kind is KeputusanKind.TOLAK and since.sets_arah)


@given(langkah, st.text(max_size=9))
def test_a_return_without_a_reason_is_refused(code, reason):
    for target in SOP[code].returns_to:
        with pytest.raises(InputInvalid):
            decide(
                SOP, code, Keputusan(kind=KeputusanKind.KEMBALIKAN, target=target, reason=reason), CaseFacts(data={})
            )


def test_itemised_return_to_the_applicant_needs_no_further_reason():
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", requests=(Request("syarat", "KTP", "Buram."),))
    assert decide(SOP, "periksa", k, CaseFacts(data={})).status is Status.PERBAIKAN


def test_a_reason_of_a_megabyte_is_refused():
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", reason="x" * 10**6)
    with pytest.raises(InputInvalid):
        decide(SOP, "periksa", k, CaseFacts(data={}))


@pytest.mark.parametrize(
    ("reason", "taken"),
    [("x" * 9, False), ("x" * 10, True), (" " * 9 + "x" * 9, False), ("x" * 4000, True), ("x" * 4001, False)],
)
@pytest.mark.parametrize(
    ("code", "kind"), [("periksa", KeputusanKind.KEMBALIKAN), ("rekomendasi", KeputusanKind.TOLAK)]
)
def test_a_reason_has_ten_to_four_thousand_letters(reason, taken, code, kind):
    keputusan = Keputusan(kind=kind, target="ajukan", reason=reason)
    if taken:
        assert decide(SOP, code, keputusan, CaseFacts(data={})).keputusan is kind
    else:
        with pytest.raises(InputInvalid) as e:
            decide(SOP, code, keputusan, CaseFacts(data={}))
        assert e.value.errors.keys() == {"alasan"}


def test_items_alone_are_no_reason_for_a_return_within_the_office():
    asked = (Request("umum", "", "Kurang."),)
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="periksa", requests=asked)
    with pytest.raises(InputInvalid):
        decide(SOP, "rekomendasi", k, CaseFacts(data={}))
    with pytest.raises(InputInvalid):
        decide(SOP, "periksa", Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan"), CaseFacts(data={}))


def test_a_document_nobody_took_is_archived_as_it_was_decided():
    k = Keputusan(kind=KeputusanKind.ARSIPKAN)
    for arah, status in ((Arah.TERBIT, Status.SELESAI), (Arah.TOLAK, Status.DITOLAK)):
        t = decide(SOP, "terima_sk", k, CaseFacts(data={}, arah=arah))
        assert (t.target, t.status, t.arah, t.close) == (DONE, status, arah, True)
    with pytest.raises(NotAllowedYet):
        decide(SOP, "tanda_tangan", k, CaseFacts(data={}))


def test_a_step_is_skipped_when_the_case_says_so_and_the_next_one_too():
    skipped = {"terima", "rekomendasi"}
    other = replace(
        SOP,
        langkah=tuple(
            replace(t, skip_when=(Condition({"bentuk": ("BH",)}),)) if t.code in skipped else t for t in SOP.langkah
        ),
    )
    accept = Keputusan(kind=SOP["periksa"].keputusan)
    assert decide(other, "periksa", accept, CaseFacts(data={"bentuk": "BH"})).target == "susun_sk"
    assert decide(other, "periksa", accept, CaseFacts(data={"bentuk": "NONBH"})).target == "terima"


def test_steps_skipped_to_the_end_end_the_file():
    last = replace(SOP["terima_sk"], skip_when=(Condition({}),))
    other = replace(SOP, langkah=(*SOP.langkah[:-1], last))
    t = decide(other, "tanda_tangan", Keputusan(kind=KeputusanKind.TANDA_TANGANI), CaseFacts(data={}, arah=Arah.TERBIT))
    assert (t.target, t.status) == (DONE, Status.SELESAI)


def test_a_file_nobody_asked_for_goes_forward_and_not_straight():
    for t in SOP.langkah:
        assert not forward(t.code).direct
        assert not forward(t.code, changed=True).direct
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", reason=REASON)
    assert not decide(SOP, "periksa", k, CaseFacts(data={}, asking_langkah="terima")).direct
    assert not decide(SOP, "periksa", Keputusan(kind=KeputusanKind.BATALKAN), CaseFacts(data={})).direct


def test_a_direction_once_set_stays_until_it_is_set_again():
    assert forward("susun_sk", arah=Arah.TOLAK).arah is Arah.TOLAK
    assert forward("periksa").arah is None
    assert forward("rekomendasi", arah=Arah.TOLAK).arah is Arah.TERBIT
    k = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="susun_sk", reason=REASON)
    assert decide(SOP, "paraf_kabid", k, CaseFacts(data={}, arah=Arah.TOLAK)).arah is Arah.TOLAK


def test_leaders_never_return_straight_to_the_applicant():
    for code in ("paraf_kabid", "paraf_sekretaris", "tanda_tangan"):
        assert "ajukan" not in SOP[code].returns_to


def test_only_dinas_teknis_sets_the_direction():
    refuse = Keputusan(kind=KeputusanKind.TOLAK, reason=REASON)
    t = decide(SOP, "rekomendasi", refuse, CaseFacts(data={}))
    assert (t.target, t.arah) == ("susun_sk", Arah.TOLAK)
    for other in SOP.langkah:
        if not other.sets_arah:
            with pytest.raises(NotAllowedYet):
                decide(SOP, other.code, refuse, CaseFacts(data={}))


@pytest.mark.parametrize(
    ("arah", "signed", "received"),
    [(Arah.TERBIT, Status.TERBIT, Status.SELESAI), (Arah.TOLAK, Status.DITOLAK, Status.DITOLAK)],
)
def test_state_changes_at_the_signature(arah, signed, received):
    assert forward("paraf_sekretaris", arah=arah).status is Status.BERJALAN
    assert forward("tanda_tangan", arah=arah).status is signed
    assert forward("terima_sk", arah=arah).status is received


def test_unchanged_correction_returns_to_the_desk_that_asked():
    t = forward("rekomendasi", arah=Arah.TERBIT, asking_langkah="paraf_sekretaris", changed=False)
    assert (t.target, t.direct) == ("paraf_sekretaris", True)


def test_a_correction_is_unchanged_unless_it_is_said_to_be():
    assert forward("rekomendasi", arah=Arah.TERBIT, asking_langkah="paraf_sekretaris").direct


def test_changed_correction_runs_forward():
    t = forward("rekomendasi", arah=Arah.TERBIT, asking_langkah="paraf_sekretaris", changed=True)
    assert (t.target, t.direct) == ("susun_sk", False)


def test_a_changed_direction_is_a_change():
    k = Keputusan(kind=KeputusanKind.TOLAK, reason=REASON)
    facts = CaseFacts(data={}, arah=Arah.TERBIT, asking_langkah="paraf_kabid", changed=False)
    assert decide(SOP, "rekomendasi", k, facts).target == "susun_sk"


def test_withdrawal_ends_at_the_signature():
    k = Keputusan(kind=KeputusanKind.BATALKAN)
    for t in SOP.langkah[:-1]:
        assert decide(SOP, t.code, k, CaseFacts(data={})).close
    with pytest.raises(NotAllowedYet):
        decide(SOP, "terima_sk", k, CaseFacts(data={}))


def past(code, keputusan, *, kunjungan=1, at=T0, actor=PERSON, jeda=(), requested=(None, None)):
    return Past(
        langkah=code,
        kunjungan=kunjungan,
        started_at=at,
        created_at=at,
        closed_at=at + timedelta(minutes=1),
        keputusan=keputusan,
        actor=actor,
        jeda=jeda,
        asking_langkah=requested[0],
        hash_when_asked=requested[1],
    )


def transition(since, target, keputusan=KeputusanKind.SETUJUI):
    return Transition(source=since, keputusan=keputusan, target=target, status=Status.BERJALAN, arah=None)


def test_first_visit_starts_a_clock():
    v = visit(transition("terima", "rekomendasi"), [past("terima", "setujui")], content_digest="h", now=T0)
    assert v == Visit(kunjungan=1, started_at=T0)
    assert (v.jeda, v.expedited, v.for_person, v.added_days, v.tenggat_number) == ((), False, None, 0, 0)
    assert (v.asking_langkah, v.hash_when_asked) == (None, None)


def test_a_first_visit_by_a_return_remembers_who_asked():
    v = visit(transition("paraf_kabid", "susun_sk", KeputusanKind.KEMBALIKAN), [], content_digest="h", now=T0)
    assert (v.kunjungan, v.asking_langkah, v.hash_when_asked, v.expedited) == (1, "paraf_kabid", "h", False)


def test_what_a_superior_added_stays_with_its_visit_and_no_other():
    earlier = replace(past("paraf_kabid", "kembalikan", kunjungan=2), added_days=3, tenggat_number=4)
    v = visit(transition("susun_sk", "paraf_kabid"), [earlier], content_digest="h", now=T0)
    assert (v.kunjungan, v.added_days, v.tenggat_number) == (2, 3, 4)
    v = visit(
        transition("susun_sk", "paraf_kabid"), [replace(earlier, keputusan="setujui")], content_digest="h", now=T0
    )
    assert (v.kunjungan, v.added_days, v.tenggat_number) == (3, 0, 0)


def test_the_last_person_of_a_desk_has_it_again_though_a_machine_had_it_since():
    first = past("periksa", "setujui", actor=UUID(int=1))
    riwayat = [first, past("periksa", "setujui", kunjungan=2), past("periksa", "setujui", kunjungan=3, actor=None)]
    v = visit(transition("ajukan", "periksa"), riwayat, content_digest="h", now=T0)
    assert (v.kunjungan, v.for_person) == (4, PERSON)
    nobody = visit(transition("ajukan", "periksa"), [replace(first, actor=None)], content_digest="h", now=T0)
    assert (nobody.kunjungan, nobody.for_person, nobody.expedited) == (2, None, True)


def test_a_return_to_a_desk_that_asked_has_a_new_asker():
    riwayat = [past("rekomendasi", "kembalikan", requested=("paraf_sekretaris", "h0"))]
    v = visit(transition("paraf_kabid", "rekomendasi", KeputusanKind.KEMBALIKAN), riwayat, content_digest="h1", now=T0)
    assert (v.asking_langkah, v.hash_when_asked) == ("paraf_kabid", "h1")


def test_a_desk_that_asked_goes_on_with_its_visit_and_its_person():
    riwayat = [past("paraf_kabid", "kembalikan"), past("susun_sk", "setujui", at=T0 + timedelta(hours=1))]
    later = T0 + timedelta(hours=2)
    v = visit(transition("susun_sk", "paraf_kabid"), riwayat, content_digest="h", now=later)
    assert (v.kunjungan, v.started_at, v.for_person, v.expedited) == (1, T0, UUID(int=7), True)
    assert v.jeda == (Interval(T0 + timedelta(minutes=1), later),)


def test_a_desk_whose_output_was_voided_starts_anew():
    riwayat = [past("paraf_kabid", "setujui", kunjungan=2)]
    v = visit(transition("susun_sk", "paraf_kabid"), riwayat, content_digest="h", now=T0)
    assert (v.kunjungan, v.jeda, v.expedited) == (3, (), True)


def test_a_return_remembers_who_asked_and_what_was_there():
    riwayat = [past("rekomendasi", "kirim")]
    v = visit(transition("paraf_kabid", "rekomendasi", KeputusanKind.KEMBALIKAN), riwayat, content_digest="h", now=T0)
    assert (v.kunjungan, v.asking_langkah, v.hash_when_asked) == (1, "paraf_kabid", "h")


def test_who_waited_before_a_further_return_still_waits():
    """Sekretaris asks Dinas Teknis, Dinas Teknis asks the applicant: after the answer the Sekretaris still waits."""
    riwayat = [past("rekomendasi", "kembalikan", requested=("paraf_sekretaris", "h0")), past("ajukan", "kirim")]
    v = visit(transition("ajukan", "rekomendasi", KeputusanKind.KIRIM), riwayat, content_digest="h0", now=T0)
    assert (v.asking_langkah, v.hash_when_asked) == ("paraf_sekretaris", "h0")


def test_every_forward_decision_is_used():
    assert {t.keputusan for t in SOP.langkah} == set(FORWARD)


@pytest.mark.parametrize(("arah", "status"), [(Arah.TERBIT, Status.TERBIT), (Arah.TOLAK, Status.DITOLAK)])
def test_what_is_signed_stays_signed_on_every_later_desk(arah, status):
    """An SOP in which the office files the document away before the applicant receives it."""
    *first, accept = SOP.langkah
    archive = replace(SOP["terima"], no=9, code="arsipkan", target=accept.code, returns_to=(), automatic=None)
    first[-1] = replace(first[-1], target=archive.code)
    other = replace(SOP, langkah=(*first, archive, replace(accept, no=10)))
    for code in ("tanda_tangan", "arsipkan"):
        assert (
            decide(other, code, Keputusan(kind=other[code].keputusan), CaseFacts(data={}, arah=arah)).status is status
        )
    with pytest.raises(NotAllowedYet):
        decide(other, "arsipkan", Keputusan(kind=KeputusanKind.BATALKAN), CaseFacts(data={}, arah=arah))


def test_where_nobody_may_refuse_every_file_is_to_be_issued():
    other = replace(SOP, langkah=tuple(replace(t, sets_arah=False) for t in SOP.langkah))
    for t in other.langkah:
        assert decide(other, t.code, Keputusan(kind=t.keputusan), CaseFacts(data={})).arah is Arah.TERBIT
