"""The registry at one version, as values: what a decision reads while others keep editing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from licensing.errors import UnknownSubject
from licensing.reading.lexicon import Lexicon
from licensing.registry.document import RegistryDocument, export_document
from licensing.registry.owners import Share
from licensing.registry.subjects import Subject
from licensing.registry.terms import Terms
from licensing.standards.declaration import Declaration


# Without slots: the lexicon is kept in the instance's dictionary once it is built.
@dataclass(frozen=True, kw_only=True)
class RegistrySnapshot:
    """
    Every subject with its owners and its active terms.

    `version` counts the changes of the registry. `shares` and `terms` are keyed by subject id and
    hold what was declared for exactly that subject; a subject without any has no entry.
    `declarations` are those that owners published elsewhere, keyed alike.
    """

    version: int
    subjects: Mapping[str, Subject]
    shares: Mapping[str, tuple[Share, ...]]
    terms: Mapping[str, tuple[Terms, ...]]
    declarations: Mapping[str, tuple[Declaration, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        document: RegistryDocument,
        *,
        version: int,
        declarations: Mapping[str, tuple[Declaration, ...]] | None = None,
    ) -> "RegistrySnapshot":
        """Take a whole document as the registry, all of its terms being active."""
        shares: dict[str, tuple[Share, ...]] = {}
        for share in document.ownership:
            shares[share.subject_id] = (*shares.get(share.subject_id, ()), share)
        terms: dict[str, tuple[Terms, ...]] = {}
        for offer in document.terms:
            terms[offer.subject_id] = (*terms.get(offer.subject_id, ()), offer)
        return cls(
            version=version,
            subjects={subject.id: subject for subject in document.subjects},
            shares=shares,
            terms=terms,
            declarations=declarations or {},
        )

    @cached_property
    def lexicon(self) -> Lexicon:
        """All names, compiled for reading; built at the first use."""
        return Lexicon.build(self.subjects.values())

    @cached_property
    def sha256(self) -> str:
        """
        Digest of everything that a reading and a decision rest on; `version` is no part of it.

        The order in which subjects were added makes no difference.
        """
        document = RegistryDocument(
            subjects=tuple(self.subjects[each] for each in sorted(self.subjects)),
            ownership=tuple(
                share
                for each in sorted(self.shares)
                for share in sorted(self.shares[each], key=lambda share: share.licensor_id)
            ),
            terms=tuple(
                offer
                for each in sorted(self.terms)
                for offer in sorted(self.terms[each], key=lambda offer: offer.id)
            ),
        )
        return hashlib.sha256(export_document(document).encode()).hexdigest()

    def ancestors(self, subject_id: str) -> tuple[Subject, ...]:
        """
        Follow the parents upwards: the subject itself first, its franchise last.

        Raises `UnknownSubject` when the subject, or a parent on the way, is not in the registry.
        """
        chain: dict[str, Subject] = {}
        current: str | None = subject_id
        # Imported parents never form a circle; should a row say so, each is visited once.
        while current is not None and current not in chain:
            if current not in self.subjects:
                raise UnknownSubject(current)
            chain[current] = self.subjects[current]
            current = chain[current].parent_id
        return tuple(chain.values())

    def owners_of(self, subject_id: str) -> tuple[Share, ...]:
        """
        Find who owns the subject: its own shares, else those of its nearest ancestor with any.

        An empty answer means that nobody is known. Raises `UnknownSubject`.
        """
        for subject in self.ancestors(subject_id):
            if shares := self.shares.get(subject.id):
                return shares
        return ()
