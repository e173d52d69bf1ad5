"""Invented institutions and people, the same for the same seed. No name, NIK or number belongs to anybody."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

KELURAHAN = {
    "Banjarbaru Utara": ("Loktabat Utara", "Mentaos", "Komet", "Sungai Ulin"),
    "Banjarbaru Selatan": ("Loktabat Selatan", "Guntung Paikat", "Kemuning", "Sungai Besar"),
    "Cempaka": ("Cempaka", "Sungai Tiung", "Bangkal", "Palam"),
    "Landasan Ulin": ("Landasan Ulin Timur", "Guntung Payung", "Guntungmanggis", "Syamsudin Noor"),
    "Liang Anggang": ("Landasan Ulin Barat", "Landasan Ulin Tengah", "Landasan Ulin Utara", "Landasan Ulin Selatan"),
}
_PRIA = "Ahmad Bahrani Fadli Gazali Hasan Idris Jailani Khairul Mansyur Noor Rahmat Syarif Taufik Wahyu Zainal".split()
_WANITA = "Aisyah Fitriah Halimah Jamilah Laila Mariani Norhayati Rabiah Salasiah Umi Wardah Yuliani Zahra".split()
_BELAKANG = "Anshari Basri Djohan Effendi Fahmi Ghafur Hidayat Ismail Kurnain Lazuardi Maulana Nafarin Ridhani".split()
_SATU = "Bahtera Cahaya Damai Embun Fajar Galuh Harapan Intan Jejak Kasih Lentera Mutiara Naungan Pelita Sinar".split()
_DUA = "Abadi Bakti Cendekia Dhuafa Elok Fitrah Gemilang Hikmah Insani Jelita Karunia Lestari Mandiri Nurani".split()
_TIGA = "Banua Borneo Damit Idaman Kalimantan Martapura Meratus Murung Pambakal Riam Sasangga Ulin Waja".split()
_JALAN = "Ahmad Yani,Panglima Batur,Rajawali,Merpati,Karang Anyar,Trikora,Mistar Cokrokusumo,Pangeran Suriansyah".split(
    ","
)


@dataclass(frozen=True, slots=True)
class Orang:
    """One of the three officers of an institution."""

    nama: str
    nik: str
    hp: str
    lahir: date
    perempuan: bool


@dataclass(frozen=True, slots=True)
class Lembaga:
    """An institution that applies: what its papers say, and ``isi``, what it types into the form."""

    benih: str
    nama: str
    alamat: str
    kelurahan: str
    kecamatan: str
    ketua: Orang
    sekretaris: Orang
    bendahara: Orang
    tanggal: date  # of its letters
    isi: dict[str, str | tuple[str, ...]]

    @property
    def pengurus(self) -> tuple[tuple[str, Orang], ...]:
        return ("ketua", self.ketua), ("sekretaris", self.sekretaris), ("bendahara", self.bendahara)


def make_lembaga(benih: str, *, hari_ini: date) -> Lembaga:
    """An institution out of a seed; its letters are some weeks old on ``hari_ini``."""
    acak = random.Random(benih)  # noqa: S311 - invented names, no secret
    kecamatan = acak.choice(list(KELURAHAN))
    lembaga = Lembaga(
        benih=benih,
        nama=f"Yayasan {acak.choice(_SATU)} {acak.choice(_DUA)} {acak.choice(_TIGA)} {_angka(acak, 5)}",
        alamat=f"Jl. {acak.choice(_JALAN)} No. {acak.randint(1, 240)} RT {acak.randint(1, 40):03d}",
        kelurahan=acak.choice(KELURAHAN[kecamatan]),
        kecamatan=kecamatan,
        ketua=_orang(acak),
        sekretaris=_orang(acak),
        bendahara=_orang(acak),
        tanggal=hari_ini - timedelta(days=14),
        isi={},
    )
    lembaga.isi.update(_isi(lembaga, acak, hari_ini - timedelta(days=60)))
    return lembaga


def _orang(acak: random.Random) -> Orang:
    perempuan = acak.random() < 0.5
    lahir = date(1965, 1, 1) + timedelta(days=acak.randrange(12_000))
    tanggal = f"{lahir.day + 40 * perempuan:02d}{lahir:%m%y}"
    return Orang(
        nama=f"{acak.choice(_WANITA if perempuan else _PRIA)} {acak.choice(_BELAKANG)}",
        nik=f"6372{acak.randint(1, 5):02d}{tanggal}{acak.randint(1, 9999):04d}",
        hp=f"0812{_angka(acak, 8)}",
        lahir=lahir,
        perempuan=perempuan,
    )


def _isi(lembaga: Lembaga, acak: random.Random, domisili: date) -> dict[str, str | tuple[str, ...]]:
    pengurus = {
        f"{jabatan}_{bagian}": getattr(orang, bagian)
        for jabatan, orang in lembaga.pengurus
        for bagian in ("nama", "nik", "hp")
    }
    return pengurus | {
        "jenis": "BARU",
        "lembaga_jenis": "LKS",
        "bentuk": "BH",
        "posisi": "PUSAT",
        "lingkup": "KOTA",
        "nama_lembaga": lembaga.nama,
        "nama_sk": lembaga.nama.upper(),
        "alamat": lembaga.alamat,
        "kelurahan": lembaga.kelurahan,
        "kecamatan": lembaga.kecamatan,
        "telepon_lembaga": f"0511{_angka(acak, 7)}",
        "surel_lembaga": f"lembaga{_angka(acak, 8)}@contoh.test",
        "koordinat": f"-3.{acak.randint(42_000, 48_000)}, 114.{acak.randint(78_000, 86_000)}",
        "akta_nomor": str(acak.randint(1, 180)),
        "akta_tanggal": date(acak.randint(2012, 2023), acak.randint(1, 12), acak.randint(1, 28)).isoformat(),
        "akta_notaris": f"{acak.choice(_PRIA)} {acak.choice(_BELAKANG)}, S.H., M.Kn.",
        "ahu_nomor": f"AHU-00{_angka(acak, 5)}.AH.01.04.Tahun {acak.randint(2012, 2023)}",
        "nib": f"91202{_angka(acak, 8)}",
        "npwp": f"09{_angka(acak, 13)}",
        "rekening": f"Bank Contoh 00{_angka(acak, 8)} a.n. {lembaga.nama}",
        "tanggal_domisili": domisili.isoformat(),
        "akreditasi": "BELUM",
        "layanan": ("FAKIR_MISKIN", "ANAK"),
        "uraian_kegiatan": "Pendampingan keluarga, bantuan pendidikan dan rujukan layanan bagi warga sekitar.",
        "penerima_dalam": str(acak.randint(10, 40)),
        "penerima_luar": str(acak.randint(5, 60)),
        "kapasitas": str(acak.randint(40, 80)),
        "pemohon_sebagai": "PENGURUS",
        "pemohon_nik": lembaga.ketua.nik,
    }


def _angka(acak: random.Random, banyak: int) -> str:
    return "".join(acak.choice("0123456789") for _ in range(banyak))
