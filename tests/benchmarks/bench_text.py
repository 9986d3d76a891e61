"""Posts per second of each step that reads texts, and how much of its time is a library's.

``python -m tests.benchmarks.bench_text --write tests/benchmarks/RESULTS.md``; each step runs on one
core over the same generated posts, in batches as in the program, and the median of the runs counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pyarrow as pa
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from sklearn.feature_extraction.text import HashingVectorizer
from threadpoolctl import threadpool_limits
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from features.annotation import BATCH_TEXTS, annotate
from features.embedding import Embedding
from features.excerpt import words_of
from features.hashed_words import HASH_SIZE
from features.language import LANGUAGE_CHARACTERS, detect_languages
from features.near_duplicates import band_keys
from features.polarity import polarity
from features.text import FIT_TEXTS, TextSpace
from tests.benchmarks.results import write_block
from tests.embedding_model import write_vectors
from training.world.language import ELSEWHERE_TOPIC, comments, openers, sentences
from training.world.vocabulary import LANGUAGES

EMBEDDING_WIDTH = 256
"""Numbers a word of the embedding, as many as those that are published have."""

Step = Callable[[Sequence[str]], object]


def posts(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Posts of the simulated market, an opener, two sentences and some comment, by language."""
    rng = np.random.default_rng(seed)
    language = rng.integers(0, len(LANGUAGES), count)
    topic = rng.integers(0, ELSEWHERE_TOPIC + 1, count)
    said = [
        bank.draw(rng, language, topic)
        for bank in (
            openers(),
            sentences(seed),
            sentences(seed + 1),
            comments(("praise", "question", "critic")[seed % 3], seed),
        )
    ]
    texts = [" ".join(parts).strip() for parts in zip(*said, strict=True)]
    return texts, [LANGUAGES[i] for i in language]


def seconds(step: Step, texts: Sequence[str], runs: int) -> float:
    """Median time over all texts, batch by batch."""
    batches = [texts[i : i + BATCH_TEXTS] for i in range(0, len(texts), BATCH_TEXTS)]
    step(texts[:100])  # what is loaded once is not counted
    measured = []
    for _ in range(runs):
        began = time.perf_counter()
        for batch in batches:
            step(batch)
        measured.append(time.perf_counter() - began)
    return statistics.median(measured)


def measure(count: int, runs: int, folder: Path) -> list[tuple[str, float, str, float | None]]:
    """Step, posts a second, library, and its share of the time where it can be called alone."""
    texts, languages = posts(count)
    of = {
        code: [text for text, its in zip(texts, languages, strict=True) if its == code]
        for code in LANGUAGES
    }
    sample = [texts[i] for i in np.linspace(0, len(texts) - 1, min(FIT_TEXTS, count)).astype(int)]
    words = ["[UNK]", *sorted({word for text in sample for word in words_of(text)})]
    vectors = np.random.default_rng(0).standard_normal((len(words), EMBEDDING_WIDTH))
    embedding = Embedding.open(write_vectors(folder, words, vectors))
    by_words, by_embedding = TextSpace.fit(sample), TextSpace.fit(sample, embedding=embedding)

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    vader = SentimentIntensityAnalyzer()
    one = HashingVectorizer(n_features=HASH_SIZE, norm=None, alternate_sign=False)
    two = HashingVectorizer(ngram_range=(2, 2), n_features=2**31 - 1, norm=None)
    steps: list[tuple[str, Sequence[str], Step, str, Step | None]] = [
        ("vectors of words: fit", sample, TextSpace.fit, "scikit-learn", None),
        ("vectors of words", texts, by_words.vectors, "scikit-learn", one.transform),
        (
            *("vectors of an embedding: fit", sample),
            *(lambda part: TextSpace.fit(part, embedding=embedding), "model2vec", None),
        ),
        (
            *("vectors of an embedding", texts, by_embedding.vectors, "model2vec"),
            lambda part: embedding.model.encode(part, use_multiprocessing=False),
        ),
        (
            *("language", texts, detect_languages, "py3langid"),
            lambda part: [identifier.classify(text[:LANGUAGE_CHARACTERS]) for text in part],
        ),
        (
            *("polarity, English", of["en"]),
            *(lambda part: polarity(part, ["en"] * len(part)), "vaderSentiment"),
            lambda part: [vader.polarity_scores(text) for text in part],
        ),
        (
            *("polarity, French", of["fr"]),
            *(lambda part: polarity(part, ["fr"] * len(part)), "ours", None),
        ),
        ("near-duplicates", texts, band_keys, "scikit-learn", two.transform),
        ("all but vectors, into tables", texts, _annotated, "", None),
    ]
    found: list[tuple[str, float, str, float | None]] = []
    for name, read, step, library, alone in steps:
        took = seconds(step, read, runs)
        share = None if alone is None else seconds(alone, read, runs) / took
        found.append((name, len(read) / took, library, share))
        print(_line(*found[-1]), flush=True)
    return found


def _annotated(texts: Sequence[str]) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        table = pa.table({"post_id": [str(i) for i in range(len(texts))], "text": list(texts)})
        connection.register("given", table)
        connection.execute("CREATE TABLE posts AS FROM given")
        connection.execute("CREATE TABLE interactions (interaction_id VARCHAR, text VARCHAR)")
        annotate(connection)


def _line(name: str, speed: float, library: str, share: float | None) -> str:
    return f"| {name} | {speed:,.0f} | {library} | {'' if share is None else f'{share:.0%}'} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    os.environ["RAYON_NUM_THREADS"] = "1"  # tokenizers reads it when it first encodes
    with threadpool_limits(limits=1), TemporaryDirectory() as scratch:
        found = measure(asked.posts, asked.runs, Path(scratch))
    lines = [
        "## Text",
        "",
        f"Written by `python -m tests.benchmarks.bench_text --posts {asked.posts} --write FILE`: "
        f"medians of {asked.runs} runs over {asked.posts:,} generated posts of three to four "
        f"sentences, one core, {platform.machine()}, Python {platform.python_version()}. Beside "
        "each step the library that it stands on, and the time of that library alone as a share.",
        "",
        "| step | posts/s | library | its share |",
        "|---|---:|---|---:|",
        *(_line(*row) for row in found),
    ]
    if asked.write:
        write_block(asked.write, "text", "\n".join(lines))


if __name__ == "__main__":
    main()
