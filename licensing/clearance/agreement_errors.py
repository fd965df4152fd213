"""
What can go wrong when owners and platforms come to terms.

    LicensingError
    ├── UnknownApproval      no approval of this tenant has this id
    ├── ApprovalClosed       it was answered otherwise already, or its time is over
    ├── NotYourTurn          the other side has to answer first
    ├── AnswerMalformed      the answer lacks what it needs, or has what it must not
    ├── UnknownGrant         no grant of this tenant has this id
    ├── GrantClosed          the grant is in a state that does not allow this
    └── ConditionsUnmet      the request does not fit what the licensor agreed to

Each has a stable `code`, its facts as attributes and a sentence with the next step.
"""

from licensing.errors import LicensingError


class UnknownApproval(LicensingError):
    """No approval of yours has this id."""

    code = "unknown_approval"

    def __init__(self, approval_id: str) -> None:
        super().__init__(f"No approval has the id {approval_id!r}. See GET /v1/approvals.")
        self.approval_id = approval_id


class ApprovalClosed(LicensingError):
    """The approval was answered already, or its time is over."""

    code = "approval_closed"

    def __init__(self, approval_id: str, status: str) -> None:
        super().__init__(
            f"Approval {approval_id} is {status} and takes no other answer. "
            "A new clearance asks again.",
        )
        self.approval_id = approval_id
        self.status = status


class NotYourTurn(LicensingError):
    """The other side has to answer first."""

    code = "not_your_turn"

    def __init__(self, approval_id: str, turn: str) -> None:
        super().__init__(f"Approval {approval_id} waits for the {turn}: follow it.")
        self.approval_id = approval_id
        self.turn = turn


class AnswerMalformed(LicensingError):
    """The answer lacks what it needs, or has what it must not."""

    code = "answer_malformed"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}.")
        self.field = field
        self.problem = problem


class UnknownGrant(LicensingError):
    """No grant of yours has this id."""

    code = "unknown_grant"

    def __init__(self, grant_id: str) -> None:
        super().__init__(f"No grant has the id {grant_id!r}. See GET /v1/grants.")
        self.grant_id = grant_id


class GrantClosed(LicensingError):
    """The grant is in a state that does not allow this."""

    code = "grant_closed"

    def __init__(self, grant_id: str, status: str) -> None:
        super().__init__(f"Grant {grant_id} is {status}. Offer a new one.")
        self.grant_id = grant_id
        self.status = status


class ConditionsUnmet(LicensingError):
    """The request does not fit what the licensor agreed to."""

    code = "conditions_unmet"

    def __init__(self, approval_id: str, problem: str) -> None:
        super().__init__(
            f"The conditions of approval {approval_id} are not met: {problem}. "
            "Change the request, or ask anew without `approval`.",
        )
        self.approval_id = approval_id
        self.problem = problem
