"""
How long reading a prompt of 500 characters takes, beside the bare automaton on the folded prompt.

Names and prompts are made up from a fixed seed, in Latin letters, kana and Han, so that a run can
be repeated; `--registry` and `--prompts` take real ones. CPU time of the thread counts, not the
clock: the machine may be busy. The ratio to the automaton is what a change must not worsen.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, quantiles

from ahocorasick_rs import AhoCorasick, Implementation

from benchmarks.measure import table
from licensing.reading.entries import Text
from licensing.reading.lexicon import Lexicon
from licensing.reading.normalise import fold
from licensing.reading.read import read, read_names
from licensing.reading.words import TIERS, tiers
from licensing.registry.document import parse_document
from licensing.registry.subjects import Name, Subject

PROMPT_CHARS = 500
PROMPTS = 2000
SEED = 20260101
_LATIN = "aabcdeefghiiklmnooprstuuvyz"
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノマミムメモラリルレロン"
_HAN = "龙虎山水火风雷电星月花鸟鱼王刀剑神魔灵光影天地海雪冰木金土石"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=20_000, help="how many names to make up")
    parser.add_argument("--registry", type=Path, help="a registry document instead")
    parser.add_argument("--prompts", type=Path, nargs="*", default=[], help="JSONL with a `text`")
    arguments = parser.parse_args()
    dice = random.Random(SEED)  # noqa: S311 - repeatable on purpose, no secret
    subjects = (
        parse_document(arguments.registry.read_bytes()).subjects
        if arguments.registry
        else made_up_subjects(arguments.names, dice)
    )
    started = time.process_time()
    lexicon = Lexicon.build(subjects)
    build_s = time.process_time() - started
    prompts = real_prompts(arguments.prompts) or made_up_prompts(subjects, dice)
    folded = [fold(prompt).text for prompt in prompts]
    folded_names = list(lexicon.texts)
    automaton = AhoCorasick(
        folded_names,
        store_patterns=False,
        implementation=Implementation.ContiguousNFA,
    )
    cases: list[tuple[str, Sequence[float]]] = [
        (
            "bare automaton",
            timed(lambda text: automaton.find_matches_as_indexes(text, overlapping=True), folded),
        ),
        ("names", timed(lambda text: list(read_names(Text.of(text), lexicon)), prompts)),
        ("whole reading", timed(lambda text: read(text, lexicon, registry_version=1), prompts)),
    ]
    anchor = fmean(cases[0][1])
    rows = [
        [case, *(f"{value * 1000:.3f}" for value in spread(taken)), f"{fmean(taken) / anchor:.0f}"]
        for case, taken in cases
    ]
    print(f"{len(folded_names)} texts, built in {build_s:.1f} s of CPU time")
    print(table(["CPU ms a prompt", "mean", "median", "p99", "ratio"], rows))


def timed(work: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    """Take the CPU time of every text, in seconds; a first round warms the caches."""
    for text in texts[:100]:
        work(text)
    taken: list[float] = []
    for text in texts:
        started = time.thread_time()
        work(text)
        taken.append(time.thread_time() - started)
    return taken


def spread(taken: Sequence[float]) -> tuple[float, float, float]:
    """Give the mean, the median and the 99th percentile."""
    parts = quantiles(taken, n=100)
    return fmean(taken), parts[49], parts[98]


def made_up_subjects(count: int, dice: random.Random) -> tuple[Subject, ...]:
    """Invent subjects of one name each: half Latin, the rest kana and Han."""
    return tuple(
        Subject(f"s{number}", "character", None, (Name(made_up_name(dice), "en", "official"),))
        for number in range(count)
    )


def made_up_name(dice: random.Random) -> str:
    """Invent one name."""
    letters, longest = dice.choices([(_LATIN, 10), (_KANA, 7), (_HAN, 5)], weights=[5, 3, 2])[0]
    word = "".join(dice.choices(letters, k=dice.randint(3, longest)))
    return f"{word.title()} {made_up_name(dice)}" if dice.randrange(6) == 0 else word.title()


def made_up_prompts(subjects: Sequence[Subject], dice: random.Random) -> list[str]:
    """Write prompts of ordinary words, one in five of them with a name."""
    ordinary = [word for word, tier in tiers().items() if tier in TIERS[:2]]
    prompts = []
    for number in range(PROMPTS):
        words = dice.choices(ordinary, k=PROMPT_CHARS // 5)
        if number % 5 == 0:
            words.insert(dice.randrange(60), dice.choice(subjects).names[0].text)
        prompts.append(" ".join(words)[:PROMPT_CHARS])
    return prompts


def real_prompts(paths: Sequence[Path]) -> list[str]:
    """Join the texts of JSONL files into prompts of the same length."""
    texts = [
        json.loads(line)["text"] for path in paths for line in path.read_text("utf-8").splitlines()
    ]
    joined = " ".join(texts)
    whole = len(joined) // PROMPT_CHARS
    return [joined[at * PROMPT_CHARS : (at + 1) * PROMPT_CHARS] for at in range(min(whole, 3000))]


if __name__ == "__main__":
    main()
