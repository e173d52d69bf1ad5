"""The people of the demonstration: two applicants and the office's staff. Their passwords are known to everybody."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.contoh.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from pipeline.roles import Peran

DEMO_DOMAIN = "@demo.test"
PASSWORD = "demo-alurizin"  # noqa: S105 - known to everybody, refused in production
PASSPHRASE = "frasa-demo-2026"  # noqa: S105 - the same


@dataclass(frozen=True, slots=True)
class Example:
    """One person of the demonstration."""

    account: str
    name: str
    phone: str
    peran: Peran
    jabatan: str = ""
    nip: str = ""

    @property
    def email(self) -> str:
        return self.account + DEMO_DOMAIN


PERSON = (
    Example("pemohon", "Siti Aminah", "081250001001", Peran.PEMOHON),
    Example("pemohon2", "Muhammad Ridwan", "081250001002", Peran.PEMOHON),
    *(
        Example(
            f"{peran}{n}",
            name,
            f"0812500020{sequence:02}",
            peran,
            jabatan,
            f"198501{sequence:02} 201001 1 0{sequence:02}",
        )
        for sequence, (peran, n, name, jabatan) in enumerate(
            (
                (FRONT_OFFICE, "1", "Rahmi Auliani", "Petugas Front Office"),
                (FRONT_OFFICE, "2", "Dedi Kurniawan", "Petugas Front Office"),
                (BACK_OFFICE, "1", "Noor Hasanah", "Petugas Back Office"),
                (BACK_OFFICE, "2", "Ahmad Fauzi", "Petugas Back Office"),
                (DINAS_TEKNIS, "1", "Hairul Anwar", "Penyuluh Sosial Ahli Muda"),
                (DINAS_TEKNIS, "2", "Lisda Yanti", "Pekerja Sosial Ahli Pertama"),
                (KABID_PERIZINAN, "1", "Yuliansyah", "Kepala Bidang Perizinan"),
                (KABID_PERIZINAN, "2", "Rina Marlina", "Kepala Bidang Perizinan"),
                (SEKRETARIS, "1", "Gusti Rahman", "Sekretaris Dinas"),
                (SEKRETARIS, "2", "Normayanti", "Sekretaris Dinas"),
                (KEPALA_DINAS, "1", "Syahrani Thalib", "Kepala Dinas"),
                (Peran.ADMIN, "", "Budi Santoso", "Administrator Sistem"),
                (Peran.OPERATOR, "", "Fitri Handayani", "Operator Sistem"),
                (Peran.PDP, "", "Zainal Abidin", "Petugas Pelindungan Data"),
            ),
            start=1,
        )
    ),
)


def printed_accounts() -> Iterator[dict[str, str]]:
    """What ``alurizin info`` shows of them."""
    for contoh in PERSON:
        account = {"nama": contoh.name, "peran": str(contoh.peran), "surel": contoh.email, "sandi": PASSWORD}
        yield account | ({"frasa_sandi": PASSPHRASE} if contoh.peran == KEPALA_DINAS else {})
