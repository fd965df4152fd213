"""The closed list of reasons, each with its sentence in English and in Japanese."""

from dataclasses import dataclass
from typing import Final

from licensing.clearance.codes import CONTENT_CATEGORIES


@dataclass(frozen=True, slots=True)
class Phrase:
    """A reason's code, and how it is said; names in braces are facts."""

    code: str
    en: str
    ja: str


# What the terms of an offer refuse.
_TERMS: Final = {
    "terms.territory": (
        "{territory} is not among {allowed}",
        "地域 {territory} は許諾の対象（{allowed}）に含まれません",
    ),
    "terms.purpose": (
        "{purpose} use is not offered, only {allowed}",
        "{purpose} 目的の利用は許諾されていません（許諾：{allowed}）",
    ),
    "terms.user_class": (
        "{user_class} is not offered a licence, only {allowed}",
        "利用者区分 {user_class} には許諾されていません（対象：{allowed}）",
    ),
    "terms.media": (
        "{media} is not among {allowed}",
        "媒体 {media} は許諾の対象（{allowed}）に含まれません",
    ),
    "terms.channel": (
        "{channels} is not among {allowed}",
        "配信先 {channels} は許諾の対象（{allowed}）に含まれません",
    ),
    "terms.duration": (
        "{asked} is longer than {limit}",
        "{asked} は上限の {limit} を超えています",
    ),
    "terms.resolution": (
        "{asked} is finer than {limit} lines, or cannot be read as a resolution",
        "解像度 {asked} は上限の {limit} 本を超えているか、解像度として読み取れません",
    ),
    "terms.rating": (
        "content rated {rating} is not offered, only {allowed}",
        "年齢区分 {rating} の内容には許諾されていません（許諾：{allowed}）",
    ),
    "terms.embargo": (
        "nothing may be made before {at}",
        "{at} より前の制作は認められていません",
    ),
    "terms.sunset": (
        "nothing may be shown any more since {at}",
        "{at} 以降の公開は認められていません",
    ),
    "terms.licensee": (
        "the offer is made to other platforms only",
        "この許諾条件は別のプラットフォームだけに示されています",
    ),
    "terms.closed": (
        "the licensor licenses nobody",
        "権利者は誰にも許諾していません",
    ),
    "terms.quota": (
        "the licensor allows {limit} in a {period}, and that is used up",
        "権利者の上限（{period} あたり {limit}）に達しています",
    ),
    "terms.approval_required": (
        "the licensor approves each use",
        "権利者が利用ごとに確認します",
    ),
    "terms.none": (
        "no owner of {name} offers terms",
        "{name} の権利者は許諾条件を示していません",
    ),
    "terms.revoked": (
        "the licensor revoked its terms on {at}",
        "権利者が {at} に許諾条件を撤回しました",
    ),
    "exclusivity.taken": (
        "another platform holds this use exclusively",
        "この利用は別のプラットフォームに独占的に許諾されています",
    ),
    "combo.only_with": (
        "must not appear with {name}, only with what the licensor names",
        "{name} と一緒には使えません（権利者が認めた組み合わせのみ）",
    ),
    "combo.forbidden_with": (
        "must not appear with {name}",
        "{name} と一緒には使えません",
    ),
    "approval.timeout": (
        "the licensor did not answer by {at}, and silence is no permission",
        "権利者から {at} までに回答がありませんでした（回答がない場合は許諾されません）",
    ),
    "approval.conditional": (
        "the licensor agrees to a changed request only: see its conditions",
        "権利者は内容を変えれば許諾すると回答しました（条件をご確認ください）",
    ),
    "approval.declined": (
        "the licensor declined this use",
        "権利者がこの利用を許諾しませんでした",
    ),
}

# Whose it is, and who may speak for the owners.
_OWNERS: Final = {
    "owner.unlicensed": (
        "{name} is not licensed at all",
        "{name} は許諾の対象外です",
    ),
    "owner.conflict": (
        "the shares of {name} sum to {total}, not to 1",
        "{name} の権利持分の合計が 1 ではなく {total} です",
    ),
    "owner.unknown": (
        "no owner of {name} is known",
        "{name} の権利者が分かりません",
    ),
    "mandate.power": (
        "the agent that offers terms for {name} has no mandate to license",
        "{name} の条件を示した代理人には許諾の権限がありません",
    ),
    "mandate.expired": (
        "the mandate of the agent that offers terms for {name} does not stand at this time",
        "{name} の条件を示した代理人の委任は現在有効ではありません",
    ),
    "mandate.scope": (
        "the mandate of the agent that offers terms for {name} does not cover this use",
        "{name} の条件を示した代理人の委任はこの利用を含みません",
    ),
}

# What no terms can allow.
_HARD: Final = {
    "subject.minor": (
        "{name} is a minor, who is never licensed",
        "{name} は未成年のため、許諾されることはありません",
    ),
    "subject.minor_sexual": (
        "{name} is shown as a minor, and the content is sexual",
        "{name} は未成年として描かれるため、性的な内容には使えません",
    ),
    "subject.identity_without_consent": (
        "{name} is a real person without a recorded consent to this use",
        "{name} は実在の人物で、この利用への同意が記録されていません",
    ),
    "subject.identity_sexual": (
        "{name} is a real person, and the content is sexual",
        "{name} は実在の人物のため、性的な内容には使えません",
    ),
    "requester.suspended": (
        "the platform that asks is suspended",
        "申請したプラットフォームは利用停止中です",
    ),
    "requester.sanctioned": (
        "the platform that asks is under sanctions",
        "申請したプラットフォームは制裁の対象です",
    ),
    "registry.stale": (
        "{name} has left the registry; read again",
        "{name} は登録簿から削除されました。もう一度読み取ってください",
    ),
}

# Reservations that were imported in another standard.
_DECLARATIONS: Final = {
    "declaration.prohibited": (
        "the owner of {name} has published that this is prohibited ({source})",
        "{name} の権利者がこの利用を禁止すると公表しています（{source}）",
    ),
    "declaration.absent": (
        "no declaration for {name} speaks of this use, and silence is no permission",
        "{name} についてこの利用を認める宣言がありません（記載がない場合は許諾されません）",
    ),
    "declaration.stale": (
        "the declaration for {name} is out of date ({source})",
        "{name} についての宣言は期限が切れています（{source}）",
    ),
    "declaration.conflict": (
        "declarations for {name} contradict each other ({source})",
        "{name} についての宣言が互いに矛盾しています（{source}）",
    ),
    "declaration.withdrawn": (
        "the declaration for {name} was withdrawn ({source})",
        "{name} についての宣言は取り下げられました（{source}）",
    ),
}

_PRICES: Final = {
    "price.insufficient_credit": (
        "the credit does not cover the price",
        "残高が料金に足りません",
    ),
    "price.too_large": (
        "the fees sum to more than an account can hold",
        "料金の合計が口座で扱える額を超えています",
    ),
    "price.mixed_currencies": (
        "the fees are in {currencies} and cannot be one price",
        "料金の通貨が {currencies} に分かれ、一つの料金にできません",
    ),
}

_SEVERAL_WAYS: Final = {
    "terms.window.begins": Phrase(
        "terms.window", "the offer begins at {at}", "許諾の期間は {at} に始まります"
    ),
    "terms.window.ended": Phrase(
        "terms.window", "the offer ended at {at}", "許諾の期間は {at} に終わりました"
    ),
    "price.over_budget.above": Phrase(
        "price.over_budget", "the price is above the budget", "料金が予算を超えています"
    ),
    "price.over_budget.currency": Phrase(
        "price.over_budget",
        "the price is in {price}, the budget in {budget}",
        "料金の通貨は {price} ですが、予算の通貨は {budget} です",
    ),
}

PHRASES: Final[dict[str, Phrase]] = {
    **{
        code: Phrase(code, *sentences)
        for group in (_TERMS, _OWNERS, _HARD, _DECLARATIONS, _PRICES)
        for code, sentences in group.items()
    },
    **{
        f"content.category.{category}": Phrase(
            f"content.category.{category}",
            "the licensor does not want its subject beside content of the kind {category}",
            "権利者は {category} の内容での利用を認めていません",
        )
        for category in CONTENT_CATEGORIES
    },
    **_SEVERAL_WAYS,
}
"""Phrases by key: the code itself, or the code and which of its sentences is meant."""
