"""The registry at one version, as values: what a decision reads while others keep editing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Final

from licensing.canonical import sha256_hex
from licensing.errors import UnknownSubject
from licensing.reading.lexicon import Lexicon
from licensing.registry.compiled_subjects import CompiledSubjects, subjects_digest
from licensing.registry.document import RegistryDocument, export_document
from licensing.registry.owners import Mandate, Share, Standing
from licensing.registry.subjects import Subject
from licensing.registry.terms import Exclusive, Terms
from licensing.standards.declaration import Declaration

NOBODY: Final[Mapping[str, Standing]] = MappingProxyType({})


# Without slots: the lexicon is kept in the instance's dictionary once it is built.
@dataclass(frozen=True, kw_only=True)
class RegistrySnapshot:
    """
    Every subject with its owners and its active terms.

    `version` counts the changes of the registry. `shares` and `terms` are keyed by subject id and
    hold what was declared for exactly that subject; a subject without any has no entry.
    `declarations` are those that owners published elsewhere, keyed alike.
    `mandates` are keyed by agent. `standings` names the platforms that must not be served, and why.
    `grants` are exclusive grants beside those that terms promise, by subject. `compiled` is the
    lexicon of these subjects where one is at hand.
    """

    version: int
    subjects: Mapping[str, Subject]
    shares: Mapping[str, tuple[Share, ...]]
    terms: Mapping[str, tuple[Terms, ...]]
    declarations: Mapping[str, tuple[Declaration, ...]] = field(default_factory=dict)
    mandates: Mapping[str, tuple[Mandate, ...]] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    grants: Mapping[str, tuple[Exclusive, ...]] = field(default_factory=dict)
    compiled: Lexicon | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        document: RegistryDocument,
        *,
        version: int,
        declarations: Mapping[str, tuple[Declaration, ...]] | None = None,
        standings: Mapping[str, Standing] = NOBODY,
    ) -> "RegistrySnapshot":
        """Take a whole document as the registry, all of its terms being active."""
        shares: dict[str, tuple[Share, ...]] = {}
        for share in document.ownership:
            shares[share.subject_id] = (*shares.get(share.subject_id, ()), share)
        terms: dict[str, tuple[Terms, ...]] = {}
        for offer in document.terms:
            terms[offer.subject_id] = (*terms.get(offer.subject_id, ()), offer)
        mandates: dict[str, tuple[Mandate, ...]] = {}
        for mandate in document.mandates:
            mandates[mandate.agent_id] = (*mandates.get(mandate.agent_id, ()), mandate)
        return cls(
            version=version,
            subjects={subject.id: subject for subject in document.subjects},
            shares=shares,
            terms=terms,
            declarations=declarations or {},
            mandates=mandates,
            standings=standings,
        )

    @cached_property
    def lexicon(self) -> Lexicon:
        """All names, compiled for reading; built at the first use where it is not at hand."""
        return self.compiled or Lexicon.build(self.subjects.values())

    @cached_property
    def sha256(self) -> str:
        """
        Digest of everything that an export of the registry holds; `version` is no part of it.

        The order in which subjects were added makes no difference.
        """
        document = RegistryDocument(
            subjects=(),
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
            mandates=tuple(
                mandate
                for each in sorted(self.mandates)
                for mandate in sorted(self.mandates[each], key=lambda mandate: mandate.id)
            ),
        )
        digest = hashlib.sha256(subjects_digest(self.subjects))
        digest.update(export_document(document).encode())
        return digest.hexdigest()

    @cached_property
    def surroundings_sha256(self) -> str:
        """Digest what a decision rests on beside the registry: declarations, standings, grants."""
        declared = [
            [
                subject_id,
                each.source,
                each.sha256,
                each.status,
                each.fetched_at.isoformat(),
                each.fresh_until.isoformat(),
            ]
            for subject_id in sorted(self.declarations)
            for each in self.declarations[subject_id]
        ]
        grants = sorted({each.source for held in self.grants.values() for each in held})
        return sha256_hex([declared, dict(self.standings), grants])

    @cached_property
    def promises(self) -> Mapping[str, tuple[Exclusive, ...]]:
        """What is promised exclusively, by subject: in terms and in grants, by their source."""
        promises: dict[str, list[Exclusive]] = {}
        for subject_id, offers in self.terms.items():
            for offer in offers:
                if (promise := offer.promise) is not None:
                    promises.setdefault(subject_id, []).append(promise)
        for subject_id, grants in self.grants.items():
            promises.setdefault(subject_id, []).extend(grants)
        return {
            subject_id: tuple(sorted(found, key=lambda promise: promise.source))
            for subject_id, found in promises.items()
        }

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of what belongs to each subject directly, sorted."""
        children: dict[str, list[str]] = {}
        for subject in self.subjects.values():
            if subject.parent_id is not None:
                children.setdefault(subject.parent_id, []).append(subject.id)
        return {parent_id: tuple(sorted(ids)) for parent_id, ids in children.items()}

    @cached_property
    def free_by_tag(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of what is in the public domain somewhere, by tag and by kind, sorted."""
        free: dict[str, list[str]] = {}
        for subject in self.subjects.values():
            if subject.public_domain:
                for word in (*subject.tags, f"kind:{subject.kind}"):
                    free.setdefault(word, []).append(subject.id)
        return {word: tuple(sorted(ids)) for word, ids in free.items()}

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

    def owners_of(self, subject_id: str, *, territory: str, purpose: str) -> tuple[Share, ...]:
        """
        Find who owns the subject at a place, for a purpose.

        Its own shares count, else those of its nearest ancestor with any. An empty answer means
        that nobody is known. Raises `UnknownSubject`.
        """
        for subject in self.ancestors(subject_id):
            if shares := self.shares.get(subject.id):
                return tuple(share for share in shares if share.covers(territory, purpose))
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRegistry:
    """The names and subjects of a registry as they were compiled at one version."""

    version: int
    lexicon: Lexicon
    subjects: CompiledSubjects

    def under(self, offers: RegistrySnapshot, changed: Sequence[Subject]) -> RegistrySnapshot:
        """Put these subjects, and those that changed since, under what is offered today."""
        return replace(
            offers,
            subjects=self.subjects.updated(changed, ()) if changed else self.subjects,
            compiled=self.lexicon.changed(changed) if changed else self.lexicon,
        )
