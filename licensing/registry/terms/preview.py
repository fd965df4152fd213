"""An offer in plain words, English and Japanese: what a person reads before it is published."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from licensing.clearance.codes import AUDIENCE_RATINGS, PURPOSES, TERRITORIES
from licensing.clearance.japanese import WORDS, listed
from licensing.money import MICROS_PER_MAJOR, Money
from licensing.registry.terms.conditions import seconds_ja, seconds_text
from licensing.registry.terms.offer import Terms
from licensing.registry.terms.pricing import Flat, PerSecond, PerView, RevenueShare, Tiered
from licensing.registry.terms_nodes import decimal_text, instant_text

_MANY: Final = 12

_EFFECT: Final = {
    "grandfather": (
        "new videos end after the notice, old ones stay licensed",
        "予告期間の終了まで新規の制作を認め、既存の動画の許諾は続きます",
    ),
    "stop_new": (
        "new videos end at once, old ones stay licensed",
        "新規の制作は直ちに終わり、既存の動画の許諾は続きます",
    ),
    "stop_distribution_by": (
        "new videos end at once, old ones may be shown until the notice ends",
        "新規の制作は直ちに終わり、既存の動画も予告期間の終了までに公開を終えます",
    ),
    "immediate": (
        "everything ends at once",
        "新規・既存ともに直ちに終わります",
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a preview, in both languages."""

    en: str
    ja: str

    def to_json(self) -> dict[str, str]:
        """Give the line as the API shows it."""
        return {"en": self.en, "ja": self.ja}


def preview(terms: Terms) -> tuple[Line, ...]:
    """Tell what the terms allow and ask for, one line a condition."""
    return (*_use(terms), *_people(terms), *_limits(terms), _price(terms), *_contract(terms))


def _use(terms: Terms) -> Iterator[Line]:
    where = terms.territories.allowed
    everywhere = where == TERRITORIES
    shown = ", ".join(sorted(where)) if len(where) <= _MANY else f"{len(where)} territories"
    shown_ja = ", ".join(sorted(where)) if len(where) <= _MANY else f"{len(where)} の国と地域"
    yield Line(
        f"Shown in: {'everywhere' if everywhere else shown}.",
        f"公開地域：{'すべて' if everywhere else shown_ja}。",
    )
    purposes = [word for word in PURPOSES if word in terms.purposes.allowed]
    yield Line(f"Made for: {', '.join(purposes)} use.", f"利用目的：{listed(purposes)}。")
    limit = seconds_text(terms.max_duration.limit_ms)
    yield Line(f"At most {limit} long.", f"長さ：{seconds_ja(terms.max_duration.limit_ms)}以内。")
    ratings = [word for word in AUDIENCE_RATINGS if word in terms.ratings.allowed]
    yield Line(f"In content rated: {', '.join(ratings)}.", f"年齢区分：{listed(ratings)}。")
    starts = instant_text(terms.validity.starts_at)
    ends = terms.validity.ends_at
    until = f" until {instant_text(ends)}" if ends is not None else ""
    until_ja = f"{instant_text(ends)} まで" if ends is not None else "期限なし"
    yield Line(f"From {starts}{until}.", f"期間：{starts} から{until_ja}。")


def _people(terms: Terms) -> Iterator[Line]:
    if terms.licensees is not None:
        some = ", ".join(sorted(terms.licensees))
        alone = ", and to nobody else in this scope" if terms.exclusive else ""
        alone_ja = "（独占）" if terms.exclusive else ""
        yield Line(
            f"Offered to: {some or 'nobody'}{alone}.",
            f"対象のプラットフォーム：{some or 'なし'}{alone_ja}。",
        )
    if terms.user_classes is not None:
        classes = sorted(terms.user_classes.allowed)
        yield Line(f"Made by: {', '.join(classes)}.", f"利用者区分：{listed(classes)}。")
    if terms.media is not None:
        media = sorted(terms.media.allowed)
        yield Line(f"In the media: {', '.join(media)}.", f"媒体：{listed(media)}。")
    if terms.channels is not None:
        channels = ", ".join(sorted(terms.channels.allowed))
        yield Line(f"On the channels: {channels}.", f"配信先：{channels}。")


def _limits(terms: Terms) -> Iterator[Line]:
    if terms.max_lines is not None:
        lines = terms.max_lines.limit
        yield Line(f"At most {lines} lines fine.", f"解像度：短辺 {lines} 画素以内。")
    if terms.content is not None:
        kinds = terms.content.ordered()
        yield Line(f"Never beside: {', '.join(kinds)}.", f"禁止する内容：{listed(kinds)}。")
    if terms.combinations is not None:
        rules = terms.combinations
        never = ", ".join(sorted(rules.never_with | rules.never_with_tags))
        if never:
            yield Line(f"Never together with: {never}.", f"組み合わせ禁止：{never}。")
        if rules.only_with is not None:
            only = ", ".join(sorted(rules.only_with)) or "its own franchise"
            only_ja = ", ".join(sorted(rules.only_with)) or "同じ作品のみ"
            yield Line(f"Only together with: {only}.", f"組み合わせ可：{only_ja}。")
    if terms.embargo is not None:
        at = instant_text(terms.embargo.until)
        yield Line(f"Nothing before {at}.", f"{at} より前の制作は不可。")
    if terms.sunset is not None:
        at = instant_text(terms.sunset.at)
        yield Line(f"Nothing shown any more from {at} on.", f"{at} 以降の公開は不可。")
    for quota in terms.quotas:
        whom = "each platform" if quota.per == "platform" else "all platforms together"
        whom_ja = "プラットフォームごとに" if quota.per == "platform" else "全体で"
        yield Line(
            f"At most {quota.limit} {quota.unit} in a {quota.period} for {whom}.",
            f"{whom_ja}{WORDS[quota.period]}あたり {quota.limit} {WORDS[quota.unit]}まで。",
        )


def _price(terms: Terms) -> Line:
    match terms.price:
        case PerSecond(rate):
            return Line(f"{_money(rate)} for each second.", f"1秒あたり {_money(rate)}。")
        case Flat(fee):
            return Line(f"{_money(fee)} for each video.", f"1本あたり {_money(fee)}。")
        case PerView(rate):
            return Line(
                f"{_money(rate)} for each view, reported later.",
                f"再生1回あたり {_money(rate)}（後日報告）。",
            )
        case Tiered(tiers):
            steps = ", ".join(f"{seconds_text(t.up_to_ms)}: {_money(t.fee)}" for t in tiers)
            steps_ja = "、".join(f"{seconds_ja(t.up_to_ms)}：{_money(t.fee)}" for t in tiers)
            return Line(f"By length, up to {steps}.", f"長さ別（以内）：{steps_ja}。")
        case RevenueShare():
            part = f"{terms.price.share.numerator}/{terms.price.share.denominator}"
            of_ja = f"{listed([terms.price.base])}、{terms.price.currency}"
            return Line(
                f"{part} of the {terms.price.base} revenue in {terms.price.currency},"
                " reported later.",
                f"収益（{of_ja}）の {part}（後日報告）。",
            )
        case _:
            return Line("Free of charge.", "無償。")


def _contract(terms: Terms) -> Iterator[Line]:
    if terms.stack_cap is not None:
        cap = _money(terms.stack_cap)
        yield Line(
            f"At most {cap} for several of the licensor's subjects in one video.",
            f"同じ権利者の複数の対象を1本に使う場合の上限：{cap}。",
        )
    if terms.guarantee is not None:
        least = _money(terms.guarantee.amount)
        yield Line(
            f"At least {least} in a {terms.guarantee.period}.",
            f"最低保証：{WORDS[terms.guarantee.period]}あたり {least}。",
        )
    if terms.advance is not None:
        paid = _money(terms.advance.amount)
        yield Line(f"{paid} in advance, recouped from fees.", f"前払金：{paid}（料金から充当）。")
    yield _approval(terms)
    effect, effect_ja = _EFFECT[terms.revocation.effect]
    days = terms.revocation.notice_days
    yield Line(
        f"If revoked, with {days} days' notice: {effect}.",
        f"撤回時（予告 {days} 日）：{effect_ja}。",
    )
    for guideline in terms.guidelines:
        yield Line(guideline.text, guideline.text)


def _approval(terms: Terms) -> Line:
    if not terms.approval_required:
        return Line("Nobody has to be asked.", "個別の確認は不要。")
    hours = int(terms.approval.clock.total_seconds()) // 3600
    automatic = terms.approval.automatic
    small: list[Line] = []
    if automatic is not None and automatic.max_duration_ms is not None:
        limit_ms = automatic.max_duration_ms
        small.append(Line(seconds_text(limit_ms), seconds_ja(limit_ms)))
    if automatic is not None and automatic.max_fee is not None:
        small.append(Line(_money(automatic.max_fee), _money(automatic.max_fee)))
    free = f", except up to {' and '.join(each.en for each in small)}" if small else ""
    free_ja = f"（{'かつ'.join(each.ja for each in small)}以内は自動）" if small else ""
    return Line(
        f"Each use is looked at within {hours} hours{free}; without an answer it is refused.",
        f"利用ごとに {hours} 時間以内に確認{free_ja}。回答がない場合は不許諾。",
    )


def _money(money: Money) -> str:
    whole, fraction = divmod(money.amount_micros, MICROS_PER_MAJOR)
    shown = decimal_text(fraction).removeprefix("0") if fraction else ""
    return f"{whole:,}{shown} {money.currency}"
