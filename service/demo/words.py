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
        "captured": "   {fee} taken for the {seconds} s really made; {rest} given back",
        "verify": "4. Anyone can check where it came from",
        "verdict": "   {name}: {headline}",
        "licence": "   licensed: {subjects} ({licensors}), {territory}, {purpose}",
        "close": "5. The month is closed, and the owners get their statements",
        "closed_before": "   {period} was closed by an earlier run: the fee of this run is on the "
        "next month's statement.",
        "line": "   {licensor}: {subject}, {territory}, {purpose}, {count} video(s), "
        "{seconds} s: {exact} exactly",
        "payable": "      payable {payable}; {carried} carried to the next month",
        "where": "6. Where the money went",
        "money": "   {fee} from {platform} = {parts}",
        "pages": "Pages (stop with Ctrl-C):",
        "page_verify": "   {url}  drop a video here, {path} for one",
        "page_licence": "   {url}  the licence of the video",
        "done": "The story ends here. `make serve` opens the pages.",
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
        "captured": "   実際に作られた{seconds}秒分の{fee}を計上し、{rest}を戻しました",
        "verify": "4. 誰でも出どころを確かめられます",
        "verdict": "   {name}:{headline}",
        "licence": "   許諾あり:{subjects}({licensors})、{territory}、{purpose}",
        "close": "5. 月を締め、権利者に使用料計算書を発行します",
        "closed_before": "   {period}は以前に締め済みです。今回の使用料は翌月の計算書に載ります。",
        "line": "   {licensor}:{subject}、{territory}、{purpose}、{count}本、"
        "{seconds}秒、正確には{exact}",
        "payable": "      支払額 {payable}、翌月へ繰越 {carried}",
        "where": "6. お金の行き先",
        "money": "   {platform}からの{fee} = {parts}",
        "pages": "ページ(Ctrl-C で終了):",
        "page_verify": "   {url}  ここに映像を置いてください(例:{path})",
        "page_licence": "   {url}  この映像の許諾",
        "done": "以上です。`make serve` でページを開けます。",
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
