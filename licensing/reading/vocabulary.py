"""
What kind of thing a word of a description speaks of: a being, its body, its clothes, a place.

A subject is described by what it is and looks like. Places and moods stand in every prompt, so they
weigh little; the lists say which is which, in stems as `descriptions` makes them.
"""

from typing import Final, Literal

Kind = Literal["being", "body", "clothes", "colour", "setting", "mood", "other"]

_FUNCTION: Final = (
    "a an the of and or in on at to for with by from as is are was were be been being it its his "
    "her their he she they them him this that these those who whose which what where when "
    "while into "
    "onto over under up down out off about around through than then so such also very more most "
    "often always typically usually has have had having can may will would should must do does not "
    "no all any each both some other one two three four i you we us my your our me s t re there "
    "here if but just only like make made create image picture depict show scene character known "
    "seen feature featuring wear wearing worn dressed give add ensure include look generate "
    "illustration video camera shot cinematic style background"
)
FUNCTION_WORDS: Final = frozenset(_FUNCTION.split())

_BEING: Final = (
    "man woman boy girl child person hero heroine superhero villain vigilante mermaid princess "
    "prince queen king ninja pirate cowboy sheriff plumber astronaut ranger warrior knight wizard "
    "witch robot android cyborg alien monster creature beast dragon dinosaur god goddess deity "
    "ghost spirit fairy elf dwarf giant ogre genie snowman vampire zombie demon angel samurai "
    "soldier "
    "spy detective doctor captain chef mouse mice rat dog puppy cat kitten bear pig piglet rabbit "
    "bunny hedgehog fox wolf lion lioness tiger panda monkey ape gorilla turtle tortoise frog fish "
    "shark whale octopus squid crab bird duck penguin owl parrot chicken rooster horse "
    "donkey cow deer elephant giraffe snake lizard crocodile spider bee ant butterfly bat "
    "toy doll puppet car truck train rodent anthropomorphic humanoid canine feline "
    "superhuman teddy cub"
)
_BODY: Final = (
    "hair eye ear nose mouth lip teeth tooth fang tongue cheek chin face head neck shoulder arm "
    "hand finger leg foot feet tail wing horn antler antenna whisker snout beak fur feather "
    "scale skin "
    "shell mane beard mustache moustache eyebrow eyelash freckle scar body build belly torso chest "
    "muscle muscular smile grin braid ponytail pigtail bun bang lock curl curly spiky blonde blond "
    "brunette bald chubby plump slender slim tall hump fin claw paw hoof trunk spine bolt"
)
_CLOTHES: Final = (
    "hat cap helmet mask hood crown tiara headband hairband bow ribbon bowtie tie scarf collar "
    "necklace earring bracelet ring shirt t-shirt blouse sweater turtleneck vest jacket coat robe "
    "cloak cape tunic kimono dress gown skirt pant trouser short jean overall jumpsuit tracksuit "
    "suit uniform armor armour costume outfit glove mitten gauntlet belt sash boot shoe sneaker "
    "sandal slipper sock stocking goggle glass spectacle badge emblem logo symbol button buckle "
    "strap backpack bikini bra leotard attire clothing garb sword shield hammer wand staff bow "
    "lasso gadget lightsaber saber trident spear axe spatula"
)
_COLOUR: Final = (
    "red blue green yellow orange purple pink black white brown gray grey gold golden silver "
    "turquoise magenta teal beige violet tan crimson dark light pale bright"
)
_SETTING: Final = (
    "ocean sea underwater reef coral beach island river lake water waterfall forest wood jungle "
    "tropical meadow field garden greenery mountain hill valley desert snow snowy ice sky "
    "cloud star "
    "night day sun moon sunset sunrise sunlight landscape city cityscape skyline street road urban "
    "building tower castle palace house home room kitchen world universe space galaxy planet neon "
    "rooftop park school village town nature natural marine aquatic wave floor wall window door "
    "spring summer autumn winter rain storm fire smoke weather technology tech futuristic high "
    "laboratory stage crowd race speed"
)
_MOOD: Final = (
    "vibrant sleek colorful colourful whimsical iconic majestic serene peaceful calm gentle "
    "playful "
    "joyful cheerful happy energetic adventurous curious charming beautiful elegant graceful "
    "mighty "
    "powerful strong brave heroic friendly cute adorable lovable fantasy magical mystical animated "
    "classic vintage modern warm soft cozy natural detail detailed design style sense "
    "expression determination confidence striking dynamic epic dramatic great small large big tiny "
    "huge massive love color colour shape distinctive unique famous popular "
    "delicate intricate smooth soft shimmer glow"
)
# What prompts say of anything, as `showcasing` and `reflected`: how it is shown, not what it is.
_PROSE: Final = (
    "showcase symbolize depict display represent complete pierce ripple lean stand sit hold "
    "texture convey reflect highlight embody emphasize exude portray capture reveal suggest "
    "accentuate illuminate adorn resemble appear seem remain evoke"
)


_ENDINGS: Final = (
    ("ies", "y"),
    ("sses", "ss"),
    ("ing", ""),
    ("ed", ""),
    ("es", ""),
    ("s", ""),
    ("ly", ""),
    ("e", ""),
)
_FEWEST_STEM: Final = 3
# A consonant doubled before these endings is one: `skinned`.
_DOUBLING: Final = frozenset({"ing", "ed"})


def _by_word() -> dict[str, Kind]:
    kinds: tuple[tuple[Kind, str], ...] = (
        ("mood", _PROSE),
        ("mood", _MOOD),
        ("setting", _SETTING),
        ("colour", _COLOUR),
        ("clothes", _CLOTHES),
        ("body", _BODY),
        ("being", _BEING),
    )
    return {stem(word): kind for kind, words in kinds for word in words.split()}


def stem(word: str) -> str:
    """Cut an English ending off: `eyes` and `eye`, `striped` and `stripe` meet."""
    if word.endswith("ss"):
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _FEWEST_STEM:
            cut = word[: -len(ending)] + instead
            doubled = ending in _DOUBLING and cut[-1] == cut[-2] and cut[-1] not in "sl"
            return cut[:-1] if doubled else cut
    return word


KINDS: Final = _by_word()
