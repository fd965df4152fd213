"""
The rules of reading by their ids: which of them found a mention, and which raised or lowered it.

An id never changes its meaning. A record of a reading names the rules behind every mention, so that
whoever disputes one can point at the rule.
"""

from collections.abc import Mapping
from typing import Final, Literal

from licensing.reading.lookalikes import Change

Rule = Literal[
    "name.exact",
    "name.misspelt",
    "name.invisible",
    "name.encoded",
    "name.drawn_out",
    "name.turned",
    "disguise.accent",
    "disguise.lookalike",
    "disguise.digit",
    "disguise.kana",
    "disguise.separator",
    "disguise.length",
    "disguise.ending",
    "disguise.joined",
    "sure.unique",
    "raised.curator_word",
    "raised.relative",
    "raised.traits",
    "raised.announced",
    "raised.judge",
    "lowered.ambiguous",
    "lowered.ordinary_word",
    "lowered.foreign_spelling",
    "kept.judge_denied",
    "style.cue",
    "style.subject",
    "described.traits",
    "negated.cue",
    "negated.list",
    "negated.section",
    "negated.negative_prompt",
]

MEANINGS: Final[Mapping[Rule, str]] = {
    "name.exact": "the text is the name, whatever its case and width",
    "name.misspelt": "the text is the name with one spelling mistake",
    "name.invisible": "the name is written in characters that show nothing",
    "name.encoded": "characters of the name are written as codes, such as &#80; or %50",
    "name.drawn_out": "letters of the name are repeated, one three times or more, or all of them",
    "name.turned": "the name is written backwards behind a character that turns it round again",
    "disguise.accent": "a letter has another accent",
    "disguise.lookalike": "a letter is swapped for one that looks like it",
    "disguise.digit": "a digit or a sign stands for a letter",
    "disguise.kana": "another kana is written for the same sound",
    "disguise.separator": "the name is split, joined or parted otherwise",
    "disguise.length": "a length mark is put in or left out",
    "disguise.ending": "an ending of the plural follows, or the last letter is drawn out",
    "disguise.joined": "the name is joined to another word",
    "sure.unique": "the name means this subject and nothing else",
    "raised.curator_word": "a word that the registry asks for stands in the text",
    "raised.relative": "another name of the same franchise stands in the text",
    "raised.traits": "two of its traits stand in the text",
    "raised.announced": "a word beside it announces a name",
    "raised.judge": "the judge takes it for a reference",
    "lowered.ambiguous": "the name also means something else, and nothing says what is meant",
    "lowered.ordinary_word": "an ordinary word is written as one",
    "lowered.foreign_spelling": "the ordinary words of this language are not known",
    "kept.judge_denied": "the judge takes it for no reference; it stays as it was",
    "style.cue": "the words around it ask for its look",
    "style.subject": "the subject is a style",
    "described.traits": "enough of its traits of several kinds stand together",
    "negated.cue": "the words around it ask for its absence",
    "negated.list": "a list that asks for absence goes on to it",
    "negated.section": "it stands in a part of the prompt that lists what shall not be there",
    "negated.negative_prompt": "it stands in the negative prompt",
}

BY_CHANGE: Final[Mapping[Change, Rule]] = {
    "accent": "disguise.accent",
    "lookalike": "disguise.lookalike",
    "digit": "disguise.digit",
    "kana": "disguise.kana",
    "separator": "disguise.separator",
    "length": "disguise.length",
    "ending": "disguise.ending",
    "joined": "disguise.joined",
}
