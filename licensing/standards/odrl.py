"""
Read ODRL 2.2 policies in JSON-LD, and say their rules as statements.

No remote context is ever fetched: the words of ODRL, of its AI vocabulary and of this service's own
profile are known here, and everything else is named in `notes`. A permission under a constraint
that cannot be weighed does not apply; a prohibition then applies without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from licensing.standards.declaration import Conditions, Effect, Statement
from licensing.standards.errors import DeclarationMalformed
from licensing.standards.json_tree import parse_json
from licensing.standards.odrl_constraints import Bounds, Constraint, bounds_of
from licensing.standards.odrl_words import (
    USAGE_OF_ACTION,
    Vocabulary,
    as_list,
    identifier,
    read_constraint,
    vocabulary_of,
)
from licensing.standards.words import kept_text, shown

POLICY_KINDS: Final = (
    *("Set", "Offer", "Agreement", "Request", "Ticket", "Privacy", "Assertion", "Policy"),
)
_EFFECT_OF: Final[Mapping[str, Effect]] = {"permission": "permits", "prohibition": "prohibits"}
_KNOWN_MEMBERS: Final = frozenset(
    {
        *("@context", "@type", "type", "uid", "@id", "profile", "conflict", "assigner", "assignee"),
        *("permission", "prohibition", "obligation", "target", "action", "constraint"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What must be done in return: the full address of an action, and how it is bounded."""

    action: str
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One permission or prohibition.

    `action` is the full address of the word, `duties` are what must be done in return.
    `is_clear` is false when something about it was not understood.
    """

    effect: Effect
    target: str
    action: str
    constraints: tuple[Constraint, ...] = ()
    duties: tuple[Duty, ...] = ()
    is_clear: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    One policy. Whatever its `conflict` says, a prohibition wins here.

    `own` holds what our profile adds, by the name in the profile.
    """

    uid: str
    kind: str
    profile: str | None
    assigner: str | None
    assignee: str | None
    rules: tuple[Rule, ...]
    own: Mapping[str, object] = field(default_factory=dict)

    @property
    def targets(self) -> tuple[str, ...]:
        """What the policy is about, each once."""
        return tuple(dict.fromkeys(rule.target for rule in self.rules))

    def statements(self, target: str) -> tuple[Statement, ...]:
        """Say the rules about one target. An agreement binds its parties only: it says nothing."""
        if self.assignee is not None or self.kind in {"Request", "Ticket", "Privacy", "Agreement"}:
            return ()
        said = (_statement(rule, self.uid) for rule in self.rules if rule.target == target)
        return tuple(statement for statement in said if statement is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OdrlReading:
    """The policies of a document, and by place what in them was not understood."""

    policies: tuple[Policy, ...]
    notes: tuple[str, ...] = ()


def read_odrl(data: bytes) -> OdrlReading:
    """
    Read a policy, a list of policies, or a graph of them.

    Raises `DeclarationTooLarge`, and `DeclarationMalformed` with the place of the fault.
    """
    root = parse_json(data)
    reader = _Reader()
    policies: list[Policy] = []
    for index, one in enumerate(as_list(root)):
        if not isinstance(one, dict):
            raise DeclarationMalformed("document", "must be a policy or a list of policies")
        vocabulary = vocabulary_of(one.get("@context"), reader.notes)
        graph = as_list(one["@graph"]) if "@graph" in one else [one]
        policies.extend(
            reader.policy(each, vocabulary, f"policy[{index + position}]")
            for position, each in enumerate(graph)
        )
    if not policies:
        raise DeclarationMalformed("document", "holds no policy")
    return OdrlReading(policies=tuple(policies), notes=tuple(reader.notes))


@dataclass(slots=True)
class _Reader:
    """Reads policies; `notes` grows on the way."""

    notes: list[str] = field(default_factory=list)

    def policy(self, value: object, words: Vocabulary, where: str) -> Policy:
        if not isinstance(value, dict):
            raise DeclarationMalformed(where, "must be an object")
        kind = words.short(str(value.get("@type", value.get("type", "Set"))))
        if kind not in POLICY_KINDS:
            raise DeclarationMalformed(f"{where}.@type", f"{shown(kind)} is no kind of policy")
        # Rules that stand elsewhere, such as in `inheritFrom`, could take away what these permit.
        is_whole = self._is_whole(value, words, where)
        rules = tuple(
            rule
            for member, effect in _EFFECT_OF.items()
            for index, each in enumerate(as_list(value.get(member)))
            for rule in self.rules(
                each, value, words, effect, f"{where}.{member}[{index}]", is_whole=is_whole
            )
        )
        if not rules:
            raise DeclarationMalformed(where, "permits nothing and prohibits nothing")
        return Policy(
            uid=kept_text(f"{where}.uid", value.get("uid", value.get("@id"))),
            kind=kind,
            profile=self._party(value.get("profile"), f"{where}.profile"),
            assigner=self._party(value.get("assigner"), f"{where}.assigner"),
            assignee=self._party(value.get("assignee"), f"{where}.assignee"),
            rules=rules,
            own={
                words.of_profile(name): each
                for name, each in value.items()
                if words.of_profile(name)
            },
        )

    def rules(
        self,
        value: object,
        policy: Mapping[str, Any],
        words: Vocabulary,
        effect: Effect,
        where: str,
        *,
        is_whole: bool,
    ) -> list[Rule]:
        """One rule may name several targets and actions: it stands for each of them."""
        if not isinstance(value, dict):
            raise DeclarationMalformed(where, "must be an object")
        is_clear = is_whole
        for member in value:
            known = {"uid", "@id", "@type", "type", "target", "action", "constraint", "duty"}
            if member not in known | {"assigner", "assignee", "remedy"}:
                self.notes.append(f"{where}: member {shown(member)}")
                is_clear = False
        constraints: list[Constraint] = []
        for index, each in enumerate(
            [*as_list(value.get("constraint")), *as_list(policy.get("constraint"))],
        ):
            read = read_constraint(each, words, f"{where}.constraint[{index}]", self.notes)
            constraints.extend(read.constraints)
            is_clear = is_clear and read.is_clear
        actions: list[str] = []
        for each in as_list(value.get("action", policy.get("action"))):
            action, refinements, clear = self._action(each, words, f"{where}.action")
            actions.append(action)
            constraints.extend(refinements)
            is_clear = is_clear and clear
        targets = [
            identifier(each, f"{where}.target")
            for each in as_list(value.get("target", policy.get("target")))
        ]
        if not actions or not targets:
            raise DeclarationMalformed(where, "needs an action and a target")
        duties = tuple(
            Duty(action=named, constraints=tuple(refined))
            for duty in as_list(value.get("duty"))
            for action in as_list(duty.get("action") if isinstance(duty, dict) else duty)
            for named, refined, _ in [self._action(action, words, f"{where}.duty")]
        )
        return [
            Rule(
                effect=effect,
                target=target,
                action=action,
                constraints=tuple(constraints),
                duties=duties,
                is_clear=is_clear,
            )
            for target in targets
            for action in actions
        ]

    def _is_whole(self, value: Mapping[str, Any], words: Vocabulary, where: str) -> bool:
        """Name the members that are not understood; ours only tell more about the policy."""
        unknown = [
            member
            for member in value
            if member not in _KNOWN_MEMBERS and not words.of_profile(member)
        ]
        self.notes.extend(f"{where}: member {shown(member)}" for member in unknown)
        return "inheritFrom" not in unknown

    def _action(
        self, value: object, words: Vocabulary, where: str
    ) -> tuple[str, list[Constraint], bool]:
        """Read an action: the word alone, or an object with refinements."""
        if isinstance(value, str):
            return words.full(value), [], True
        if not isinstance(value, dict):
            raise DeclarationMalformed(where, "must be an action")
        named = value.get("rdf:value", value.get("@id", value.get("value")))
        action = words.full(identifier(named, where))
        constraints: list[Constraint] = []
        is_clear = True
        for each in as_list(value.get("refinement")):
            read = read_constraint(each, words, f"{where}.refinement", self.notes)
            constraints.extend(read.constraints)
            is_clear = is_clear and read.is_clear
        return action, constraints, is_clear

    def _party(self, value: object, where: str) -> str | None:
        return None if value is None else identifier(value, where)


def _statement(rule: Rule, uid: str) -> Statement | None:
    """Say one rule; None when it does not apply here, or is about something else."""
    usage = USAGE_OF_ACTION.get(rule.action)
    if usage is None:
        return None
    bounds = bounds_of(rule.constraints, permitting=rule.effect == "permits")
    if rule.effect == "prohibits":
        kept = bounds if bounds is not None and rule.is_clear else Bounds()
    elif bounds is None or not rule.is_clear:
        return None
    else:
        kept = bounds
    return Statement(
        usage=usage,
        effect=rule.effect,
        territories=kept.territories,
        users=kept.users,
        not_before=kept.not_before,
        before=kept.before,
        max_duration_ms=kept.max_duration_ms,
        audience_ratings=kept.audience_ratings,
        content=kept.content,
        conditions=Conditions(
            licence_urls=(uid,),
            others=tuple(dict.fromkeys(duty.action for duty in rule.duties)),
        ),
    )
