"""The closed vocabularies of a use in Japanese, for sentences that a person reads."""

from collections.abc import Iterable, Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    # purposes
    "personal": "個人",
    "commercial": "商用",
    # audience ratings
    "all": "全年齢",
    "teen": "ティーン以上",
    "mature": "成人向け",
    # user classes
    "individual": "個人",
    "creator": "クリエイター",
    "company": "企業",
    "press": "報道機関",
    "education": "教育機関",
    "public_body": "公的機関",
    # media
    "online": "オンライン",
    "advertising": "広告",
    "broadcast": "放送",
    "theatrical": "劇場",
    "game": "ゲーム",
    "event": "イベント",
    "internal": "社内",
    # content
    "violence": "暴力",
    "gore": "残虐",
    "horror": "恐怖",
    "weapons": "武器",
    "crime": "犯罪",
    "self_harm": "自傷",
    "nudity": "裸体",
    "sexual": "性的",
    "alcohol": "飲酒",
    "tobacco": "喫煙",
    "drugs": "薬物",
    "gambling": "賭博",
    "politics": "政治",
    "religion": "宗教",
    "hate": "憎悪",
    "defamation": "名誉毀損",
    "parody": "パロディ",
    "endorsement": "推奨・宣伝",
    # quotas
    "uses": "回",
    "seconds": "秒",
    "minute": "1分",
    "hour": "1時間",
    "day": "1日",
    "month": "1か月",
    "year": "1年",
    "term": "許諾期間",
    # revenue
    "net": "純額",
    "gross": "総額",
}


def listed(words: Iterable[str]) -> str:
    """List words of the vocabularies in Japanese; what is in none stays as it is."""
    return "、".join(WORDS.get(word, word) for word in words)
