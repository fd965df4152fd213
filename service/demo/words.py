"""What the demo says, in English and Japanese."""

from typing import Literal

Language = Literal["en", "ja"]

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "落款 Rakkan: from a prompt to a licensed, signed, verifiable video",
        "development": "Development keys: good for trying out, trusted by nobody else.",
        "registry": "1. Two owners register their franchise and say what may be made with it",
        "owners": "{name}: {owners}",
        "prompt": "2. A platform asks before it generates",
        "asks": "“{prompt}”",
        "outcome": "   {territory}  {outcome}  {why}",
        "granted": "granted for {price}, held against the platform's credit of {credit}",
        "stamp": "3. The platform generates the video and stamps it",
        "stamped": "   {path}  {size} MB, {seconds} s, manifest {manifest}",
        "captured": "   {reserved} was held; the {seconds} s really made cost {fee}, "
        "{rest} went back",
        "verify": "4. Anyone can check where it came from",
        "verdict": "   {name}: {headline}",
        "licence": "   licensed: {subjects} ({licensors}), {territory}, {purpose}",
        "close": "5. The month is closed, and the owners get their statements",
        "closed_before": "   {period} was closed by an earlier run: the fee of this run is on the "
        "next month's statement.",
        "line": "   {licensor}: {subject}, {territory}, {purpose}, {count} video(s), "
        "{seconds} s: {exact} exactly",
        "payable": "      payable {payable}; {carried} carried to the next month",
        "where": "6. Where the money went, to the last micro",
        "money": "   {fee} from Kirin Studio",
        "part": "      {amount} to {licensor}",
    },
    "ja": {
        "title": "落款 Rakkan:プロンプトから、許諾され署名され検証できる映像へ",
        "development": "開発用の鍵です。お試し専用で、外部からは信頼されません。",
        "registry": "1. 二社の権利者が作品を登録し、利用条件を示します",
        "owners": "{name}:{owners}",
        "prompt": "2. プラットフォームは生成の前に確認します",
        "asks": "「{prompt}」",
        "outcome": "   {territory}  {outcome}  {why}",
        "granted": "{price}で許諾。残高{credit}から確保しました",
        "stamp": "3. 映像を生成し、落款を押します",
        "stamped": "   {path}  {size} MB、{seconds}秒、来歴 {manifest}",
        "captured": "   {reserved}を確保し、実際の{seconds}秒分として{fee}を計上、"
        "{rest}を戻しました",
        "verify": "4. 誰でも出どころを確かめられます",
        "verdict": "   {name}:{headline}",
        "licence": "   許諾あり:{subjects}({licensors})、{territory}、{purpose}",
        "close": "5. 月を締め、権利者に使用料計算書を発行します",
        "closed_before": "   {period}は以前に締め済みです。今回の使用料は翌月の計算書に載ります。",
        "line": "   {licensor}:{subject}、{territory}、{purpose}、{count}本、"
        "{seconds}秒、正確には{exact}",
        "payable": "      支払額 {payable}、翌月へ繰越 {carried}",
        "where": "6. お金の行き先(百万分の一円まで)",
        "money": "   Kirin Studio から {fee}",
        "part": "      {licensor}へ {amount}",
    },
}

OUTCOMES: dict[Language, dict[str, str]] = {
    "en": {
        "granted_priced": "licensed",
        "granted_free": "licensed, free",
        "needs_approval": "the owner must approve first",
        "needs_payment": "credit is short",
        "denied": "refused",
    },
    "ja": {
        "granted_priced": "許諾",
        "granted_free": "無償許諾",
        "needs_approval": "権利者の承認待ち",
        "needs_payment": "残高不足",
        "denied": "不許諾",
    },
}

PURPOSES: dict[Language, dict[str, str]] = {
    "en": {"personal": "personal use", "commercial": "commercial use"},
    "ja": {"personal": "個人利用", "commercial": "商用利用"},
}

# Why a use is not granted, by the reason's code.
REASONS: dict[Language, dict[str, str]] = {
    "en": {
        "terms.territory": "the owners do not offer it there",
        "terms.approval_required": "the owners want to see each use first",
        "price.insufficient_credit": "the credit does not cover the price",
    },
    "ja": {
        "terms.territory": "権利者はこの地域で提供していません",
        "terms.approval_required": "権利者は利用ごとに内容を確認します",
        "price.insufficient_credit": "残高が足りません",
    },
}
