"""What the machine refuses a command, in the words of whoever has to mend it."""


def file_problem(error: OSError) -> str:
    """A file or folder that cannot be used."""
    return (
        f"{error.filename} tidak dapat dipakai: {error.strerror}. Periksa nama, jenis dan izin berkas atau foldernya."
    )


def database_errors() -> tuple[type[Exception], ...]:
    """What a database raises that does not answer, or is not that of an office.

    Asked for when something was raised, by which time SQLAlchemy is loaded: a command without database never loads it.
    """
    from sqlalchemy.exc import OperationalError, ProgrammingError

    return OperationalError, ProgrammingError


def database_problem(error: Exception) -> str:
    """Never the whole of it: what was asked, and the values in it, are nobody's to read."""
    cause = getattr(error, "orig", None)
    if type(cause).__name__ == "UndefinedTable":
        return "Basis data ini belum disiapkan. Jalankan `alurizin migrate`."
    reason = " ".join(str(cause).split("\n", 1)[0].split()) or type(error).__name__
    return f"Basis data tidak dapat dipakai: {reason}. Periksa DATABASE_URL dan apakah servernya berjalan."
