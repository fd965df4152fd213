"""Terms of a licensor through their life: drafted, reviewed, published, deprecated, withdrawn."""

from dataclasses import dataclass
from typing import Any

from licensing.errors import RegistryMalformed, TermsTransitionRefused
from licensing.registry import store, terms_store
from licensing.registry.publication import check_publication
from licensing.registry.terms import Terms
from licensing.registry.terms.lifecycle import STATUSES
from licensing.registry.terms.preview import preview
from licensing.registry.terms_nodes import instant_text
from licensing.registry.terms_store import KeptTerms
from licensing.registry.versions import locked_version
from service.database import OPERATOR, set_tenant
from service.runtime import Runtime


@dataclass(frozen=True, slots=True)
class TermsAnswer:
    """One version of terms as its licensor sees it."""

    kept: KeptTerms

    def to_json(self) -> dict[str, Any]:
        """Give the JSON of `/v1/terms/{id}`."""
        terms = self.kept.terms
        published, withdrawn = self.kept.published_at, self.kept.withdrawn_at
        return {
            "id": terms.id,
            "status": self.kept.status,
            "sha256": terms.sha256,
            "created_at": instant_text(self.kept.created_at),
            "published_at": instant_text(published) if published is not None else None,
            "withdrawn_at": instant_text(withdrawn) if withdrawn is not None else None,
            "terms": terms.to_document(),
            "preview": [line.to_json() for line in preview(terms)],
        }


def draft_terms(runtime: Runtime, document: object, *, tenant: str = OPERATOR) -> TermsAnswer:
    """
    Keep a new version as a draft; nothing is offered yet. The same draft again changes nothing.

    Raises `RegistryMalformed`: for what no terms can say, for terms in another's name, for an id
    that is kept with another content; `UnknownSubject`.
    """
    terms = Terms.from_document(document)
    if tenant not in (OPERATOR, terms.licensor_id):
        raise RegistryMalformed("terms.licensor", "must be yourself")
    # As the operator: an id may be taken by a licensor whose terms the tenant does not see.
    with runtime.transaction() as session:
        # Also says that there is no such subject.
        runtime.snapshot(session).ancestors(terms.subject_id)
        party = store.find_party(session, terms.licensor_id)
        if party is None or party.kind != "licensor":
            raise RegistryMalformed("terms.licensor", f"{terms.licensor_id!r} is no licensor here")
        new = terms_store.new_terms(session, [terms])
        terms_store.save_terms(session, new, runtime.now(), status="draft")
        return TermsAnswer(terms_store.get_terms(session, terms.id))


def move_terms(
    runtime: Runtime, terms_id: str, status: str, *, tenant: str = OPERATOR
) -> TermsAnswer:
    """
    Take terms one step further in their life; a step that is taken already changes nothing.

    Raises `UnknownTerms`, `TermsTransitionRefused`; on publication also `MandateInsufficient` and
    `ExclusivityTaken`.
    """
    at = runtime.now()
    with runtime.transaction(tenant) as session:
        # Row-level security decides whether the tenant has such terms. What follows changes what
        # all decisions rest on, which is the operator's.
        kept = terms_store.get_terms(session, terms_id)
        set_tenant(session, OPERATOR)
        if kept.status == status:
            return TermsAnswer(kept)
        if status not in STATUSES:
            raise TermsTransitionRefused(terms_id, kept.status, status)
        if status == "active":
            # Two licensors who promise the same come one after the other.
            locked_version(session, at)
            check_publication([kept.terms], store.load_snapshot(session))
        kept = terms_store.get_terms(session, terms_id, lock=True)
        terms_store.set_status(session, kept, status, at=at)
        if status == "active":
            terms_store.open_missing_accounts(session)
        return TermsAnswer(terms_store.get_terms(session, terms_id))


def list_terms(runtime: Runtime, *, tenant: str = OPERATOR) -> list[TermsAnswer]:
    """List all versions of the licensor's terms, by id; the operator's list has everybody's."""
    with runtime.transaction(tenant) as session:
        return [TermsAnswer(kept) for kept in terms_store.list_terms(session)]


def get_terms(runtime: Runtime, terms_id: str, *, tenant: str = OPERATOR) -> TermsAnswer:
    """Show one version. Raises `UnknownTerms`."""
    with runtime.transaction(tenant) as session:
        return TermsAnswer(terms_store.get_terms(session, terms_id))
