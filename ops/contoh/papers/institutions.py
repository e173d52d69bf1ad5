"""Invented institutions and people, the same for the same seed. No name, NIK or number belongs to anybody."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

VILLAGE = {
    "Banjarbaru Utara": ("Loktabat Utara", "Mentaos", "Komet", "Sungai Ulin"),
    "Banjarbaru Selatan": ("Loktabat Selatan", "Guntung Paikat", "Kemuning", "Sungai Besar"),
    "Cempaka": ("Cempaka", "Sungai Tiung", "Bangkal", "Palam"),
    "Landasan Ulin": ("Landasan Ulin Timur", "Guntung Payung", "Guntungmanggis", "Syamsudin Noor"),
    "Liang Anggang": ("Landasan Ulin Barat", "Landasan Ulin Tengah", "Landasan Ulin Utara", "Landasan Ulin Selatan"),
}
_MALE = "Ahmad Bahrani Fadli Gazali Hasan Idris Jailani Khairul Mansyur Noor Rahmat Syarif Taufik Wahyu Zainal".split()
_FEMALE = "Aisyah Fitriah Halimah Jamilah Laila Mariani Norhayati Rabiah Salasiah Umi Wardah Yuliani Zahra".split()
_BACK = "Anshari Basri Djohan Effendi Fahmi Ghafur Hidayat Ismail Kurnain Lazuardi Maulana Nafarin Ridhani".split()
_ONE = "Bahtera Cahaya Damai Embun Fajar Galuh Harapan Intan Jejak Kasih Lentera Mutiara Naungan Pelita Sinar".split()
_TWO = "Abadi Bakti Cendekia Dhuafa Elok Fitrah Gemilang Hikmah Insani Jelita Karunia Lestari Mandiri Nurani".split()
_THREE = "Banua Borneo Damit Idaman Kalimantan Martapura Meratus Murung Pambakal Riam Sasangga Ulin Waja".split()
_STREET = (
    "Ahmad Yani,Panglima Batur,Rajawali,Merpati,Karang Anyar,Trikora,Mistar Cokrokusumo,Pangeran Suriansyah".split(",")
)


@dataclass(frozen=True, slots=True)
class Person:
    """One of the three officers of an institution."""

    name: str
    nik: str
    mobile: str
    birth: date
    female: bool


@dataclass(frozen=True, slots=True)
class SampleInstitution:
    """An institution that applies: what its papers say, and ``content``, what it types into the form."""

    seed: str
    name: str
    address: str
    village: str
    district: str
    chair: Person
    secretary: Person
    treasurer: Person
    day: date  # of its letters
    content: dict[str, str | tuple[str, ...]]

    @property
    def board(self) -> tuple[tuple[str, Person], ...]:
        return ("ketua", self.chair), ("sekretaris", self.secretary), ("bendahara", self.treasurer)


def make_institution(seed: str, *, today: date) -> SampleInstitution:
    """An institution out of a seed; its letters are some weeks old on ``today``."""
    rng = random.Random(seed)  # noqa: S311 - invented names, no secret
    district = rng.choice(list(VILLAGE))
    institution = SampleInstitution(
        seed=seed,
        name=f"Yayasan {rng.choice(_ONE)} {rng.choice(_TWO)} {rng.choice(_THREE)} {_figure(rng, 5)}",
        address=f"Jl. {rng.choice(_STREET)} No. {rng.randint(1, 240)} RT {rng.randint(1, 40):03d}",
        village=rng.choice(VILLAGE[district]),
        district=district,
        chair=_person(rng),
        secretary=_person(rng),
        treasurer=_person(rng),
        day=today - timedelta(days=14),
        content={},
    )
    institution.content.update(_content(institution, rng, today - timedelta(days=60)))
    return institution


def _person(rng: random.Random) -> Person:
    female = rng.random() < 0.5
    birth = date(1965, 1, 1) + timedelta(days=rng.randrange(12_000))
    day = f"{birth.day + 40 * female:02d}{birth:%m%y}"
    return Person(
        name=f"{rng.choice(_FEMALE if female else _MALE)} {rng.choice(_BACK)}",
        nik=f"6372{rng.randint(1, 5):02d}{day}{rng.randint(1, 9999):04d}",
        mobile=f"0812{_figure(rng, 8)}",
        birth=birth,
        female=female,
    )


def _content(institution: SampleInstitution, rng: random.Random, domicile: date) -> dict[str, str | tuple[str, ...]]:
    board: dict[str, str | tuple[str, ...]] = {
        f"{jabatan}_{what}": answer
        for jabatan, person in institution.board
        for what, answer in (("nama", person.name), ("nik", person.nik), ("hp", person.mobile))
    }
    return board | {
        "jenis": "BARU",
        "lembaga_jenis": "LKS",
        "bentuk": "BH",
        "posisi": "PUSAT",
        "lingkup": "KOTA",
        "nama_lembaga": institution.name,
        "nama_sk": institution.name.upper(),
        "alamat": institution.address,
        "kelurahan": institution.village,
        "kecamatan": institution.district,
        "telepon_lembaga": f"0511{_figure(rng, 7)}",
        "surel_lembaga": f"lembaga{_figure(rng, 8)}@contoh.test",
        "koordinat": f"-3.{rng.randint(42_000, 48_000)}, 114.{rng.randint(78_000, 86_000)}",
        "akta_nomor": str(rng.randint(1, 180)),
        "akta_tanggal": date(rng.randint(2012, 2023), rng.randint(1, 12), rng.randint(1, 28)).isoformat(),
        "akta_notaris": f"{rng.choice(_MALE)} {rng.choice(_BACK)}, S.H., M.Kn.",
        "ahu_nomor": f"AHU-00{_figure(rng, 5)}.AH.01.04.Tahun {rng.randint(2012, 2023)}",
        "nib": f"91202{_figure(rng, 8)}",
        "npwp": f"09{_figure(rng, 13)}",
        "rekening": f"Bank Contoh 00{_figure(rng, 8)} a.n. {institution.name}",
        "tanggal_domisili": domicile.isoformat(),
        "akreditasi": "BELUM",
        "layanan": ("FAKIR_MISKIN", "ANAK"),
        "uraian_kegiatan": "Pendampingan keluarga, bantuan pendidikan dan rujukan layanan bagi warga sekitar.",
        "penerima_dalam": str(rng.randint(10, 40)),
        "penerima_luar": str(rng.randint(5, 60)),
        "kapasitas": str(rng.randint(40, 80)),
        "pemohon_sebagai": "PENGURUS",
        "pemohon_nik": institution.chair.nik,
    }


def _figure(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))
