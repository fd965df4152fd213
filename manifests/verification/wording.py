"""What a verdict says, in English and Japanese. Plain, present, no blame, no legal bluff."""

from typing import Literal

Language = Literal["en", "ja"]

HEADLINES: dict[str, dict[Language, str]] = {
    "trusted": {
        "en": "Verified. Unchanged since {signer} issued its Content Credentials.",
        "ja": "確認できました。{signer} がコンテンツクレデンシャルを発行してから"
        "変更されていません。",
    },
    "unlisted": {
        "en": "Issuer not recognised. The file is unchanged, but we cannot say who issued this.",
        "ja": "発行者を確認できません。ファイルは変更されていませんが、誰が発行したかは不明です。",
    },
    "expired": {
        "en": "Issuer not recognised. The certificate was out of date and no trusted time stamp "
        "says when it was used.",
        "ja": "発行者を確認できません。証明書の有効期限が切れており、署名の時刻を示す"
        "信頼できるタイムスタンプがありません。",
    },
    "revoked": {
        "en": "Issuer not recognised. The certificate behind this signature was revoked.",
        "ja": "発行者を確認できません。この署名に使われた証明書は失効しています。",
    },
    "certificate": {
        "en": "Issuer not recognised. The certificate behind this signature is not acceptable.",
        "ja": "発行者を確認できません。この署名に使われた証明書は認められません。",
    },
    "obsolete": {
        "en": "Issuer not recognised. Signed in an outdated way that cannot rule out changes.",
        "ja": "発行者を確認できません。古い方式の署名のため、変更がないとは言い切れません。",
    },
    "rules": {
        "en": "Issuer not recognised. The Content Credentials break the rules of their standard.",
        "ja": "発行者を確認できません。コンテンツクレデンシャルが規格に従っていません。",
    },
    "changed": {
        "en": "Changed after signing. Do not rely on its Content Credentials.",
        "ja": "署名後に変更されています。表示された来歴を信用しないでください。",
    },
    "unreadable": {
        "en": "Damaged after signing. Do not rely on its Content Credentials.",
        "ja": "署名後に壊れています。表示された来歴を信用しないでください。",
    },
    "uncovered": {
        "en": "The signature does not cover the pictures. Do not rely on its Content Credentials.",
        "ja": "署名が映像を対象にしていません。表示された来歴を信用しないでください。",
    },
    "absent": {
        "en": "Nothing found. This says nothing about whether it is real or AI-made.",
        "ja": "何も見つかりませんでした。本物か AI 生成かを示すものではありません。",
    },
    "label_removed": {
        "en": "Recovered. The label was removed from this copy of a video that {signer} issued.",
        "ja": "来歴を復元。ラベルは取り除かれていますが、{signer} が発行した映像のコピーです。",
    },
    "edited_copy": {
        "en": "Altered, origin found. An edited copy of a video that {signer} issued.",
        "ja": "変更あり・出所を特定。{signer} が発行した映像を編集したコピーです。",
    },
    "alike": {
        "en": "Possible match. This proves nothing: the pictures resemble a registered video.",
        "ja": "一致の可能性。登録された映像に似ていますが、証明ではありません。",
    },
    "known_elsewhere": {
        "en": "Possible match. This proves nothing: another service says that it knows this video.",
        "ja": "一致の可能性。別のサービスがこの映像を知っていると回答しましたが、"
        "証明ではありません。",
    },
    "two_origins": {
        "en": "Two origins. The label names one origin, the mark in the pictures another.",
        "ja": "出所の矛盾。ラベルと電子透かしが、それぞれ別の出所を示しています。",
    },
}

DETAILS: dict[str, dict[Language, str]] = {
    "credentials.none": {
        "en": "The file carries no Content Credentials.",
        "ja": "ファイルにコンテンツクレデンシャルはありません。",
    },
    "credentials.unreadable": {
        "en": "The file carries Content Credentials, but is too damaged to check them.",
        "ja": "コンテンツクレデンシャルがありますが、ファイルが壊れていて確認できません。",
    },
    "credentials.present": {
        "en": "The file carries Content Credentials.",
        "ja": "ファイルにコンテンツクレデンシャルがあります。",
    },
    "credentials.rules": {
        "en": "The Content Credentials break their standard: {codes}.",
        "ja": "コンテンツクレデンシャルが規格に従っていません: {codes}",
    },
    "signature.valid": {
        "en": "The signature belongs to these Content Credentials.",
        "ja": "署名はこのコンテンツクレデンシャルのものです。",
    },
    "signature.invalid": {
        "en": "The signature does not match the Content Credentials.",
        "ja": "署名がコンテンツクレデンシャルと一致しません。",
    },
    "content.match": {
        "en": "The bytes are the ones that were signed.",
        "ja": "署名された内容と一致しています。",
    },
    "content.mismatch": {
        "en": "The bytes are not the ones that were signed.",
        "ja": "署名された内容と一致しません。",
    },
    "content.obsolete": {
        "en": "The bytes are bound by an outdated method that proves little.",
        "ja": "古い方式で結び付けられているため、十分な証明になりません。",
    },
    "content.missing": {
        "en": "Nothing ties the Content Credentials to these bytes.",
        "ja": "コンテンツクレデンシャルとこのファイルを結び付けるものがありません。",
    },
    "content.uncovered": {
        "en": "The pictures lie outside the bytes that were signed.",
        "ja": "映像が署名の対象の外にあります。",
    },
    "signer.c2pa": {
        "en": "The signer is on the C2PA trust list of {date}.",
        "ja": "署名者は C2PA トラストリスト（{date}）にあります。",
    },
    "signer.local": {
        "en": "The signer is on this service's own list.",
        "ja": "署名者はこのサービスのリストにあります。",
    },
    "signer.unlisted": {
        "en": "The signer is neither on the C2PA trust list of {date} nor on this service's list.",
        "ja": "署名者は C2PA トラストリスト（{date}）にも、このサービスのリストにもありません。",
    },
    "signer.certificate": {
        "en": "The signer's certificate does not count: {code}.",
        "ja": "署名者の証明書は有効と認められません: {code}",
    },
    "timestamp.trusted": {
        "en": "A listed authority confirms that it was signed at {at}.",
        "ja": "リストにある時刻認証局が、{at} に署名されたことを証明しています。",
    },
    "timestamp.untrusted": {
        "en": "It says it was signed at {at}; the authority that confirms this is on no list.",
        "ja": "{at} に署名されたとありますが、証明する時刻認証局はリストにありません。",
    },
    "timestamp.none": {
        "en": "No authority confirms when it was signed.",
        "ja": "署名の時刻を証明するものはありません。",
    },
    "history.kept": {
        "en": "Earlier Content Credentials in the file: {count}, kept and unchanged.",
        "ja": "以前のコンテンツクレデンシャル {count} 件が変更なく残っています。",
    },
    "history.unproved": {
        "en": "Earlier Content Credentials in the file: {count}, not all of them confirmed.",
        "ja": "以前のコンテンツクレデンシャル {count} 件の一部は確認できません。",
    },
    "watermark.found": {
        "en": "The pictures carry the mark of a registered video.",
        "ja": "登録された映像の電子透かしがあります。",
    },
    "watermark.none": {
        "en": "The pictures carry no mark that this service can read.",
        "ja": "このサービスで読み取れる電子透かしはありません。",
    },
    "fingerprint.strong": {
        "en": "The pictures agree with the registered video.",
        "ja": "映像は登録された映像と一致しています。",
    },
    "fingerprint.weak": {
        "en": "The pictures resemble the registered video, which proves nothing.",
        "ja": "映像は登録された映像に似ていますが、証明にはなりません。",
    },
    "fingerprint.none": {
        "en": "The pictures do not agree with the registered video: its mark may be copied.",
        "ja": "映像は登録された映像と一致しません。電子透かしが写されたおそれがあります。",
    },
    "record.signature": {
        "en": "The stored manifest of that video still carries a valid signature.",
        "ja": "その映像の保存された来歴の署名は、今も有効です。",
    },
    "record.invalid": {
        "en": "The stored manifest of that video does not stand up to a check today.",
        "ja": "その映像の保存された来歴は、現在の確認では有効と認められません。",
    },
    "others.match": {
        "en": "{service} says that this is the video of {manifest}, whose signature by {signer} is "
        "valid. That the pictures are the same is that service's word alone.",
        "ja": "{service} は、この映像が {manifest} のものだと回答しました。{signer} による"
        "その署名は有効ですが、映像が同じかどうかはこのサービスの回答だけによります。",
    },
    "others.nothing": {
        "en": "{service} was sent the video and knows none like it.",
        "ja": "{service} に映像を送りましたが、該当するものはないという回答でした。",
    },
    "others.doubtful": {
        "en": "{service} named Content Credentials that do not stand up to a check.",
        "ja": "{service} が示したコンテンツクレデンシャルは、確認したところ有効ではありません。",
    },
    "others.unavailable": {
        "en": "{service} gave no usable answer.",
        "ja": "{service} からは有効な回答がありませんでした。",
    },
    "others.spared": {
        "en": "The video was sent to no other service: what was found here leaves no question.",
        "ja": "ここでの確認で結論が出たため、映像は他のサービスに送られていません。",
    },
}
