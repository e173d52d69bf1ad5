"""A SOP as data: frozen values, read from the TOML files beside this and checked by ``load`` when they are built."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.calendar.due import Limit
from pipeline.errors import NotFound
from pipeline.roles import Peran
from pipeline.sop.conditions import CaseData as CaseData
from pipeline.sop.conditions import Condition as Condition
from pipeline.sop.conditions import any_fits as any_fits
from pipeline.sop.form.desk_form import DeskForm
from pipeline.sop.form.isian import Bagian as Bagian
from pipeline.sop.form.isian import Isian as Isian
from pipeline.sop.langkah import Langkah as Langkah
from pipeline.sop.naskah import Naskah, PrintedText
from pipeline.sop.policy import Policy
from pipeline.sop.words import Arah, NaskahKind, Renewal

DONE = "selesai"  # the ``ke`` of the last langkah


@dataclass(frozen=True, slots=True, kw_only=True)
class Syarat:
    """A document the applicant hands in, and when it is asked for."""

    code: str
    name: str
    remarks: str = ""  # why it is asked for, what must be on it; shown on the upload card
    required: tuple[Condition, ...] = ()
    optional: tuple[Condition, ...] = ()
    asked_at: str = ""  # the langkah in the middle that asks for it
    personal: bool = False  # personal data: reading it is logged
    at_most: int = 5  # files that make up this document

    def required_for(self, data: CaseData) -> bool:
        return any_fits(self.required, data)

    def valid_for(self, data: CaseData) -> bool:
        """Asked for at all, mandatory or optional."""
        return self.required_for(data) or any_fits(self.optional, data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What the public reads of a permit before it applies."""

    description: str = ""
    audience: str = ""
    fee: str = ""
    legal_basis: tuple[str, ...] = ()  # where it differs from what the decree cites
    keywords: tuple[str, ...] = ()  # other words people search it by


@dataclass(frozen=True, slots=True, kw_only=True)
class Sop:
    """One permit kind: its steps, form, documents and papers."""

    code: str
    name: str
    version: int
    printed_time: str  # the total as the office's table prints it; quoted, never used
    janji: Limit  # what the public is promised
    prefix: str  # of the registration number: IZIN-2026-483920
    pemegang: str  # code of the isian whose answer is the holder; "" for a permit without a form
    common_words: tuple[str, ...]  # that do not tell one holder from another
    titles: tuple[str, ...]  # of persons, which everybody writes another way
    langkah: tuple[Langkah, ...]
    bagian: tuple[Bagian, ...]
    isian: tuple[Isian, ...]
    syarat: tuple[Syarat, ...]
    forms: tuple[DeskForm, ...]  # that desks fill in
    naskah: tuple[Naskah, ...]
    texts: tuple[PrintedText, ...]  # variables of every paper, composed of fields
    policy: Policy
    catalogue: Catalogue = Catalogue()
    digest: str = ""  # of what the file says, comments and layout aside
    _position: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_position", {t.code: i for i, t in enumerate(self.langkah)})

    def __getitem__(self, code: str) -> Langkah:
        return self.langkah[self._position[code]]

    def __contains__(self, code: object) -> bool:
        return code in self._position

    @property
    def first(self) -> Langkah:
        return self.langkah[0]

    def fills(self, langkah: Langkah) -> bool:
        """Whether the form is filled in here, or a part of it."""
        return langkah is self.first or langkah.asks is not None

    def position(self, code: str) -> int:
        """Place of a langkah in the table, from 0."""
        return self._position[code]

    @property
    def approval(self) -> tuple[Langkah, ...]:
        """The approvals bound to the draft, the signing one last."""
        return tuple(t for t in self.langkah if t.approval)

    @property
    def by_applicant(self) -> bool:
        """Whether somebody outside the office begins it."""
        return self.first.peran == Peran.PEMOHON

    @property
    def file_word(self) -> str:
        """What its people call one file: an applicant's permohonan, or a berkas that a desk has begun."""
        return "permohonan" if self.by_applicant else "berkas"

    @property
    def staff(self) -> tuple[Langkah, ...]:
        """The steps of the office: all but those of the applicant."""
        return tuple(t for t in self.langkah if t.peran != Peran.PEMOHON)

    @property
    def gate(self) -> Langkah | None:
        """The langkah without whose recommendation nothing is drafted; None where none is asked for."""
        return next((t for t in self.langkah if t.sets_arah), None)

    @property
    def drafting(self) -> Langkah | None:
        """The langkah that drafts; None where nothing is signed."""
        return next((t for t in self.langkah if t.drafts), None)

    @property
    def signing(self) -> Langkah | None:
        """The langkah that signs; None where nothing is signed."""
        return next((t for t in self.langkah if t.signature), None)

    def side_of(self, langkah: Langkah) -> tuple[str, ...]:
        """The langkah that work at the same time as this one, itself among them; none for most."""
        return next((t.beside for t in self.langkah if langkah.code in t.beside), ())

    def reached(self, source: Langkah, until: Langkah | None) -> bool:
        """Whether ``source`` is that langkah or stands after it in the table."""
        return until is not None and self._position[source.code] >= self._position[until.code]

    @property
    def ladder(self) -> tuple[Peran, ...]:
        """From the first desk of the office to its head; two rungs at least."""
        return next(t.ladder for t in self.langkah if t.ladder)

    @property
    def total_time(self) -> Limit:
        """The sum of what the steps themselves print."""
        return sum((t.limit for t in self.langkah), Limit())

    def paper(self, code: str) -> Naskah:
        """The paper of this code. Raises NotFound."""
        for naskah in self.naskah:
            if naskah.code == code:
                return naskah
        raise NotFound

    @property
    def decisions(self) -> tuple[Naskah, ...]:
        """The papers that are signed, each with numbers of its own."""
        return tuple(n for n in self.naskah if n.kind is NaskahKind.KEPUTUSAN)

    def decision(self, arah: Arah | None) -> Naskah | None:
        """The paper that is signed for a file that heads this way; None where none is."""
        return next((n for n in self.decisions if n.arah is arah), None)

    @property
    def legal_basis(self) -> tuple[str, ...]:
        """What the public is told the permit rests on: by default what its decree cites, whatever the case."""
        cited = tuple(basis.text for decision in self.decisions[:1] for basis in decision.citing)
        return self.catalogue.legal_basis or cited

    @property
    def receipt(self) -> Naskah | None:
        """What is made when the application is handed in."""
        return next((n for n in self.naskah if n.kind is NaskahKind.TANDA_TERIMA), None)

    @property
    def desk_papers(self) -> tuple[Naskah, ...]:
        """What the desks make of their forms, in printed order."""
        return tuple(n for n in self.naskah if n.kind is NaskahKind.MEJA)

    def papers_made_before(self, langkah: Langkah | None) -> tuple[Naskah, ...]:
        """Those of the desks before this one; of a closed file (None) all of them."""
        reached = self.position(langkah.code) if langkah else len(self.langkah)
        return tuple(n for n in self.desk_papers if n.langkah and self.position(n.langkah) < reached)

    def papers_nobody_draws_later(self, langkah: Langkah) -> bool:
        """Whether this desk makes a paper and no draft follows, with which it would be drawn."""
        later = self.langkah[self.position(langkah.code) + 1 :]
        return any(n.langkah == langkah.code for n in self.desk_papers) and not any(t.drafts for t in later)

    def maker(self, naskah: Naskah) -> Peran | None:
        """Whose desk makes the paper; None: the office itself, as it does a receipt."""
        if naskah.langkah:
            return self[naskah.langkah].peran
        drafting = naskah.kind is NaskahKind.KEPUTUSAN
        return next((t.peran for t in self.langkah if drafting and t.drafts), None)

    def syarat_for(self, data: CaseData) -> tuple[Syarat, ...]:
        """The documents asked for in this case, mandatory and optional."""
        return tuple(s for s in self.syarat if s.valid_for(data))

    def required_syarat(self, data: CaseData) -> tuple[Syarat, ...]:
        return tuple(s for s in self.syarat if s.required_for(data))

    def isian_for(self, data: CaseData, bagian: str | None = None) -> tuple[Isian, ...]:
        """The fields asked for in this case, on one page of the form or on all."""
        return tuple(f for f in self.isian if bagian in (None, f.bagian) and f.valid_for(data))

    def renewed(self, what: Renewal, data: CaseData) -> str | None:
        """The field that tells this of the paper to be renewed; None when the case renews nothing."""
        return next((f.code for f in self.isian_for(data) if f.renewal is what), None)

    def form_at(self, langkah: str) -> DeskForm | None:
        """The form that the desk of this langkah fills in; None where it has none."""
        return next((form for form in self.forms if form.langkah == langkah), None)

    def form(self, code: str) -> DeskForm | None:
        """The form of this code; None for one that an older record names and this SOP has not."""
        return next((form for form in self.forms if form.code == code), None)


def case_data(content: Mapping[str, object]) -> CaseData:
    """The form as it comes out of jsonb: lists become tuples, anything that is not text is dropped."""
    text = {k: n for k, n in content.items() if isinstance(n, str)}
    chosen = {k: tuple(n for n in v if isinstance(n, str)) for k, v in content.items() if isinstance(v, list | tuple)}
    return {**text, **chosen}
