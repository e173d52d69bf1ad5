"""Two officers press at the same moment, through the pages, on a real PostgreSQL."""

import threading
from collections import Counter

import pytest
from flask import Flask

from tests.desks import KABID_PERIZINAN
from tests.factories import at_desk, clone
from tests.web.desk import Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

ROUNDS = 100


@pytest.mark.attack("D02")
def test_always_one_303_and_one_409_in_words(app: Flask, kantor: Kantor) -> None:
    berkas = kantor.carry("paraf_kabid")
    make_officer("kabid-dua@uji.test", KABID_PERIZINAN, name="Hj. Norlaila")
    browsers = [kantor[KABID_PERIZINAN], login(app, "kabid-dua@uji.test")]
    for browser in browsers:
        browser.open_page(berkas.address)
    seen = at_desk(berkas.permohonan_id).seen
    form = {"versi": str(seen.version), "naskah_hash": seen.naskah_hash or "", "keputusan": "setujui"}
    outcomes: Counter[tuple[int, ...]] = Counter()
    for _, tugas_id in clone(berkas.permohonan_id, ROUNDS):
        gate, answers = threading.Barrier(2), []

        def press(browser, gate=gate, answers=answers, tugas_id=tugas_id):
            gate.wait()
            answers.append(browser.send(f"/petugas/tugas/{tugas_id}/keputusan", form))

        threads = [threading.Thread(target=press, args=(b,)) for b in browsers]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        outcomes[tuple(sorted(a.status_code for a in answers))] += 1
        told = next(a for a in answers if a.status_code != 303).text
        assert "sudah diputus" in told
        assert "Norlaila" in told or "Petugas Kabid Perizinan" in told
    assert outcomes == {(303, 409): ROUNDS}
