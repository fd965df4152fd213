"""
Where a name ends among kana, which no space parts.

A katakana word is a run; a name inside a longer run is another word (アクロバット), unless the rest
is a word that names are joined to (シリーズ). Hiragana names stand among particles.
"""

import re
from typing import Final

from licensing.reading.lookalikes import is_hiragana, is_katakana
from licensing.reading.morphemes import covering
from licensing.reading.skeleton import LENGTH_MARK

# Words that are joined to a name without changing what it is.
_BEFORE: Final = re.compile(
    "(?:スーパー|ミニ|ベビー|ダーク|シン|メカ|リトル|チーム|ミスター|アニメ|ゲーム|ニュー|ネオ|リアル|ザ|"
    "ロボット|レッド|ブルー|ブラック|ホワイト|ゴールド|シルバー|オリジナル|パーティー|キャラクター)$",
)
_AFTER: Final = re.compile(
    "シリーズ|パーティ|カード|ファン|グッズ|ワールド|カート|ランド|ショー|ゲーム|アニメ|キャラ|コスプレ|"
    "フィギュア|ロゴ|マスク|スタイル|スーツ|ブランド|パーク|ショップ|ポスター|ケーキ|バッグ|ストラップ|"
    "タウン|チーム|グループ|ダンス|ソング|ソード|ストーリー|ステッカー|シール|シャツ|トレーナー|マスター|"
    "ハウス|カフェ|タッチ|テイスト|ポーズ|メイク|ヘア|デザイン|イラスト|アート|ムービー|マンガ|コミック|"
    "ドール|バルーン|クッキー|マスコット|ジュニア|ズ(?![ァ-ヺー])|ッ(?![ァ-ヺー])",
)
# The shortest name that is believed inside a longer run, and the shortest rest beside it: a single
# character more or less makes another word.
_FEWEST_INSIDE: Final = 4
_FEWEST_REST: Final = 2
_LONGEST_REST: Final = 24

# What stands before and after a noun.
_PARTICLE_BEFORE: Final = frozenset("のにをがはともやでへ")
_PARTICLE_AFTER: Final = re.compile(
    "[のにをがはともやでへかねよだな]|たち|っぽ|みたい|ふう|から|まで|より|さん|ちゃん|くん|さま|じゃ|"
    "です|とか|など|って|らしい|なし|ごっこ|そっくり|だけ|しか|ばかり|いがい|きんし",
)
# Hiragana behind one of these most likely end its word.
_KANJI: Final = re.compile("[㐀-鿿豈-﫿々]")
_FEWEST_ANYWHERE: Final = 5
_FEWEST_AFTER_ANYTHING: Final = 4
_FEWEST_HIRAGANA: Final = 3
_HIRAGANA: Final = frozenset(map(chr, range(ord("ぁ"), ord("ゖ") + 1)))


def rules_katakana_out(text: str, first: int, last: int) -> bool:
    """
    Whether the kana from `first` to `last` of a text, hiragana among them, are no katakana name.

    Says before a name is looked at what `stands_free` would say of it; False leaves it to that.
    """
    end = last + 1
    if text[first] not in _HIRAGANA and text[last] not in _HIRAGANA:
        return False
    # A length mark behind may belong to the name, and makes it longer.
    if text.startswith(LENGTH_MARK, end):
        return False
    return end - first < _FEWEST_HIRAGANA or not stands_free(text, first, end, hiragana=True)


def stands_free(text: str, start: int, end: int, *, hiragana: bool) -> bool:
    """
    Whether `text[start:end]`, kana that differ from the name's, is a word by itself.

    `hiragana` says that a katakana name is written in hiragana: where its neighbours are hiragana
    too and the letters leave it open, the dictionary is asked whether a word begins and ends there.
    """
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    cut = (before and is_katakana(before) and is_katakana(text[start])) or (
        after and is_katakana(after) and is_katakana(text[end - 1])
    )
    if cut or not hiragana:
        return not cut
    if end - start >= _FEWEST_ANYWHERE:
        return True
    left = (
        end - start >= _FEWEST_AFTER_ANYTHING
        or not (before and (is_hiragana(before) or _KANJI.match(before)))
        or before in _PARTICLE_BEFORE
    )
    right = not (after and is_hiragana(after)) or bool(_PARTICLE_AFTER.match(text, end))
    return (left and right) or _is_cut_out(text, start, end)


def _is_cut_out(text: str, start: int, end: int) -> bool:
    """Whether the dictionary cuts a text at both ends of a span that is more than grammar."""
    words = covering(text, start, end)
    return (
        words[0].start == start
        and words[-1].end == end
        and not all(word.is_function_word for word in words)
    )


def inside_longer_word(text: str, start: int, end: int) -> bool:
    """Whether a name as written, `text[start:end]`, is a part of a longer katakana word."""
    rests: list[int] = []
    if start and is_katakana(text[start]) and is_katakana(text[start - 1]):
        low = max(0, start - _LONGEST_REST)
        first = start
        while first > low and is_katakana(text[first - 1]):
            first -= 1
        if not _BEFORE.search(text[first:start]):
            rests.append(start - first)
    if end < len(text) and is_katakana(text[end - 1]) and is_katakana(text[end]):
        last = end
        high = min(len(text), end + _LONGEST_REST)
        while last < high and is_katakana(text[last]):
            last += 1
        if not _AFTER.match(text, end):
            rests.append(last - end)
    if not rests:
        return False
    return end - start < _FEWEST_INSIDE or min(rests) < _FEWEST_REST
