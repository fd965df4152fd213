"""
What can be wrong with a request to the licensing library. A refusal is never an error.

    LicensingError
    ├── RegistryError
    │   ├── RegistryMalformed         the document does not follow rakkan-registry/1
    │   ├── ArtefactRefused           a compiled registry is damaged or foreign (reading/refusal.py)
    │   ├── UnknownSubject            no subject has this id
    │   ├── UnknownTerms              no terms have this id, or they belong to another licensor
    │   ├── TermsTransitionRefused    the life of terms has no such step
    │   ├── MandateInsufficient       neither an owner nor an agent who may license publishes terms
    │   └── ExclusivityTaken          the same use is promised to another platform exclusively
    ├── ClearanceError
    │   ├── UseMalformed              the use names an unknown territory, purpose, rating or length
    │   ├── UnknownClearance          no clearance has this id, or it belongs to another platform
    │   ├── ClearanceNotReserved      it has no reservation to stamp, void or confirm
    │   ├── IdempotencyKeyReused      the key was used before with other facts
    │   ├── TokenInvalid              signature, issuer or audience of a licence token is wrong
    │   ├── TokenExpired              the licence token is past its time
    │   ├── TokenUsed                 the licence token already stamped a video
    │   ├── LongerThanCleared         the video is longer than the licence allows
    │   └── OwnershipUnclear          the owners' shares no longer sum to one
    ├── LedgerError
    │   ├── UnknownAccount            no account has this id
    │   ├── InsufficientCredit        the bounded account would fall below its floor
    │   ├── TransferConflict          the transfer id exists with other facts
    │   ├── UnknownTransfer           no pending transfer has this id
    │   ├── TransferSettled           the pending transfer was already posted or voided
    │   ├── HoldExpired               the pending transfer ran out of time
    │   └── CaptureTooLarge           more would be posted than was held
    └── StatementError
        ├── PeriodMalformed           not a month written YYYY-MM
        ├── PeriodNotBegun            the month has not begun yet
        ├── PeriodClosed              the month is closed; corrections belong to the open one
        ├── UnknownStatement          no statement has this id
        └── UnknownPayout             no payout has this id

Each class has a stable `code`, its facts as attributes, and a sentence with the next step. The
HTTP status belongs to the service.
"""

from datetime import datetime
from typing import ClassVar


class LicensingError(Exception):
    """The licensing library cannot answer this request."""

    code: ClassVar[str] = "licensing_error"


class RegistryError(LicensingError):
    """The registry cannot answer."""

    code = "registry_error"


class RegistryMalformed(RegistryError):
    """The registry document does not follow rakkan-registry/1."""

    code = "registry_malformed"

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}. Correct the document and import it again.")
        self.where = where
        self.problem = problem


class UnknownSubject(RegistryError):
    """No subject has this id."""

    code = "unknown_subject"

    def __init__(self, subject_id: str) -> None:
        super().__init__(f"No subject has the id {subject_id!r}. See `rakkan registry export`.")
        self.subject_id = subject_id


class UnknownTerms(RegistryError):
    """No terms of this licensor have this id."""

    code = "unknown_terms"

    def __init__(self, terms_id: str) -> None:
        super().__init__(f"No terms have the id {terms_id!r}. See `rakkan terms list`.")
        self.terms_id = terms_id


class TermsTransitionRefused(RegistryError):
    """Terms cannot become this from what they are."""

    code = "terms_transition_refused"

    def __init__(self, terms_id: str, before: str, after: str) -> None:
        super().__init__(
            f"Terms {terms_id} are {before} and cannot become {after}. The life of terms is "
            "draft, review, active, deprecated, withdrawn; for another content publish a new "
            "version under a new id.",
        )
        self.terms_id = terms_id
        self.before = before
        self.after = after


class MandateInsufficient(RegistryError):
    """Whoever publishes the terms neither owns the subject nor may license it for an owner."""

    code = "mandate_insufficient"

    def __init__(self, terms_id: str, licensor_id: str, subject_id: str) -> None:
        super().__init__(
            f"{licensor_id} owns no share of {subject_id} and has no mandate with the power "
            f"`license` for it, so it cannot publish the terms {terms_id}. Record such a mandate, "
            "or let an owner publish them.",
        )
        self.terms_id = terms_id
        self.licensor_id = licensor_id
        self.subject_id = subject_id


class ExclusivityTaken(RegistryError):
    """The terms promise exclusively what is promised to another platform."""

    code = "exclusivity_taken"

    def __init__(self, terms_id: str, taken_by: str) -> None:
        super().__init__(
            f"The terms {terms_id} promise exclusively what {taken_by} promises to another "
            "platform. Narrow territories, purposes, user classes or time, or withdraw the other.",
        )
        self.terms_id = terms_id
        self.taken_by = taken_by


class ClearanceError(LicensingError):
    """The clearance cannot be given, found or settled."""

    code = "clearance_error"


class UseMalformed(ClearanceError):
    """The intended use is described in terms that nobody could check."""

    code = "use_malformed"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"use.{field}: {problem}.")
        self.field = field
        self.problem = problem


class UnknownClearance(ClearanceError):
    """No clearance of this platform has this id."""

    code = "unknown_clearance"

    def __init__(self, clearance_id: str) -> None:
        super().__init__(f"No clearance has the id {clearance_id!r}. Ask for one first.")
        self.clearance_id = clearance_id


class ClearanceNotReserved(ClearanceError):
    """The clearance holds no reservation that could be used."""

    code = "clearance_not_reserved"

    def __init__(self, clearance_id: str, status: str) -> None:
        super().__init__(f"Clearance {clearance_id} is {status}. Ask for a new clearance.")
        self.clearance_id = clearance_id
        self.status = status


class IdempotencyKeyReused(ClearanceError):
    """The idempotency key was used before with other facts."""

    code = "idempotency_key_reused"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The key {key!r} already belongs to another request. Send a new key for new facts.",
        )
        self.key = key


class TokenInvalid(ClearanceError):
    """The licence token was not issued by this service for this platform."""

    code = "token_invalid"

    def __init__(self, problem: str) -> None:
        super().__init__(f"The licence token is not accepted: {problem}. Ask for a new clearance.")
        self.problem = problem


class TokenExpired(ClearanceError):
    """The licence token is past its time."""

    code = "token_expired"

    def __init__(self, expired_at: datetime) -> None:
        super().__init__(
            f"The licence token expired at {expired_at:%Y-%m-%d %H:%M} UTC. "
            "Ask for a new clearance.",
        )
        self.expired_at = expired_at


class TokenUsed(ClearanceError):
    """The licence token already stamped a video."""

    code = "token_used"

    def __init__(self, clearance_id: str, stamp_id: str) -> None:
        super().__init__(
            f"The licence of clearance {clearance_id} already stamps a video, {stamp_id}. "
            "Go on with that stamp, or ask for a new clearance for another video.",
        )
        self.clearance_id = clearance_id
        self.stamp_id = stamp_id


class LongerThanCleared(ClearanceError):
    """The video is longer than the licence allows."""

    code = "longer_than_cleared"

    def __init__(self, *, duration_ms: int, cleared_ms: int) -> None:
        super().__init__(
            f"The video lasts {duration_ms / 1000:g} s, the licence covers "
            f"{cleared_ms / 1000:g} s. Shorten the video, or clear the longer length.",
        )
        self.duration_ms = duration_ms
        self.cleared_ms = cleared_ms


class OwnershipUnclear(ClearanceError):
    """The shares of a subject's owners no longer sum to one."""

    code = "ownership_unclear"

    def __init__(self, subject_id: str) -> None:
        super().__init__(
            f"The owners of {subject_id} changed and their shares do not sum to one, so nobody can "
            "be paid. Nothing was charged; clear the prompt again once the owners agree.",
        )
        self.subject_id = subject_id


class LedgerError(LicensingError):
    """The ledger refuses to write this down."""

    code = "ledger_error"


class UnknownAccount(LedgerError):
    """No account has this id."""

    code = "unknown_account"

    def __init__(self, account_id: str) -> None:
        super().__init__(f"No account has the id {account_id!r}. Open it first.")
        self.account_id = account_id


class InsufficientCredit(LedgerError):
    """The account would fall below its floor."""

    code = "insufficient_credit"

    def __init__(self, account_id: str, amount_micros: int) -> None:
        super().__init__(
            f"Account {account_id} cannot hold {amount_micros} micros more. "
            "Add credit with `rakkan platforms credit`.",
        )
        self.account_id = account_id
        self.amount_micros = amount_micros


class TransferConflict(LedgerError):
    """The transfer id exists with other facts."""

    code = "transfer_conflict"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(f"Transfer {transfer_id} already exists with other facts.")
        self.transfer_id = transfer_id


class UnknownTransfer(LedgerError):
    """No pending transfer has this id."""

    code = "unknown_transfer"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(f"No pending transfer has the id {transfer_id!r}.")
        self.transfer_id = transfer_id


class TransferSettled(LedgerError):
    """The pending transfer was already posted or voided."""

    code = "transfer_settled"

    def __init__(self, transfer_id: str) -> None:
        super().__init__(f"Transfer {transfer_id} was already posted or voided.")
        self.transfer_id = transfer_id


class HoldExpired(LedgerError):
    """The pending transfer ran out of time before it was posted."""

    code = "hold_expired"

    def __init__(self, transfer_id: str, expired_at: datetime) -> None:
        super().__init__(
            f"Transfer {transfer_id} expired at {expired_at:%Y-%m-%d %H:%M} UTC. "
            "Ask for a new clearance.",
        )
        self.transfer_id = transfer_id
        self.expired_at = expired_at


class CaptureTooLarge(LedgerError):
    """More would be posted than was held."""

    code = "capture_too_large"

    def __init__(self, transfer_id: str, *, held_micros: int, asked_micros: int) -> None:
        super().__init__(
            f"Transfer {transfer_id} holds {held_micros} micros, {asked_micros} were to be posted.",
        )
        self.transfer_id = transfer_id
        self.held_micros = held_micros
        self.asked_micros = asked_micros


class StatementError(LicensingError):
    """The statement or payout cannot be made or found."""

    code = "statement_error"


class PeriodMalformed(StatementError):
    """A period is one month, written YYYY-MM."""

    code = "period_malformed"

    def __init__(self, period: str) -> None:
        super().__init__(f"{period!r} is not a month. Write it as YYYY-MM, such as 2026-11.")
        self.period = period


class PeriodNotBegun(StatementError):
    """The month has not begun yet."""

    code = "period_not_begun"

    def __init__(self, period: str) -> None:
        super().__init__(f"{period} has not begun yet. Close a month that has uses in it.")
        self.period = period


class PeriodClosed(StatementError):
    """The month is closed."""

    code = "period_closed"

    def __init__(self, period: str) -> None:
        super().__init__(
            f"{period} is closed and its statements are final. "
            "Corrections are written into the open month.",
        )
        self.period = period


class UnknownStatement(StatementError):
    """No statement has this id."""

    code = "unknown_statement"

    def __init__(self, statement_id: str) -> None:
        super().__init__(f"No statement has the id {statement_id!r}. See `rakkan statements list`.")
        self.statement_id = statement_id


class UnknownPayout(StatementError):
    """No payout has this id."""

    code = "unknown_payout"

    def __init__(self, payout_id: str) -> None:
        super().__init__(f"No payout has the id {payout_id!r}. See `rakkan payouts list`.")
        self.payout_id = payout_id
