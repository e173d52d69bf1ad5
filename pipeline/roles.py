"""The desks a permohonan travels across, and the queue each desk reads."""

from enum import StrEnum


class Peran(StrEnum):
    """A role in the office. Its value is the name operators read in Flower and staff in the URL."""

    PEMOHON = "pemohon"
    FRONT_OFFICE = "front_office"
    BACK_OFFICE = "back_office"
    DINAS_TEKNIS = "dinas_teknis"
    KABID_PERIZINAN = "kabid_perizinan"
    SEKRETARIS = "sekretaris"
    KEPALA_DINAS = "kepala_dinas"
    ADMIN = "admin"
    OPERATOR = "operator"
    PDP = "pdp"
    ARSIP = "arsip"

    @property
    def name(self) -> str:
        """The role as it is written on screens and letters."""
        return _NAME.get(self, self.value.replace("_", " ").title())

    @property
    def antrean(self) -> str:
        """The Celery queue this desk reads."""
        return self.value


class Basis(StrEnum):
    """On what ground somebody holds a role."""

    DEFINITIF = "definitif"
    PLT = "plt"
    PLH = "plh"


def full_title(jabatan: str, basis: str) -> str:
    """A title as it is written: "Kepala Dinas", "Plh. Kepala Dinas". ``basis``: a Basis as it is stored."""
    return jabatan if basis == Basis.DEFINITIF else f"{basis.capitalize()}. {jabatan}"


_NAME = {Peran.PDP: "Petugas Pelindungan Data", Peran.ADMIN: "Administrator"}

#: The seven roles of the SOP, in its column order; each has a queue.
PERAN_SOP = (
    Peran.PEMOHON,
    Peran.FRONT_OFFICE,
    Peran.BACK_OFFICE,
    Peran.DINAS_TEKNIS,
    Peran.KABID_PERIZINAN,
    Peran.SEKRETARIS,
    Peran.KEPALA_DINAS,
)

#: Those of them who work in the office and have a queue page.
PERAN_PETUGAS = PERAN_SOP[1:]

#: Those who see all of the office's files on the leaders' page.
PIMPINAN = (Peran.KABID_PERIZINAN, Peran.SEKRETARIS, Peran.KEPALA_DINAS)
