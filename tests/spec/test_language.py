"""Which language a text is in, and where it does not say."""

from __future__ import annotations

from time import process_time

import pytest

from features.language import detect_languages
from training.world.phrases import COMMENTS, ELSEWHERE
from training.world.vocabulary import TOPICS

SENTENCES = [
    ("en", "Where did you learn to bake this?"),
    ("en", "love this so much, just ordered mine"),
    ("fr", "Où as-tu appris à faire ça ?"),
    ("fr", "j'adore trop, je viens de commander"),
    ("de", "Selbstgebackenes Brot braucht Zeit und gutes Mehl"),
    ("es", "Hoy hemos caminado diez kilómetros bajo la lluvia"),
    ("it", "Oggi abbiamo corso dieci chilometri sotto la pioggia"),
    ("pt", "Hoje corremos dez quilômetros na chuva"),
    ("nl", "Vandaag hebben we tien kilometer gelopen"),
    ("ar", "أحب هذه الوصفة كثيرا شكرا لك"),
    ("he", "אני אוהב את המתכון הזה תודה רבה"),
    ("ru", "Мне очень нравится этот рецепт, спасибо"),
    ("ja", "このレシピが大好きです、ありがとう"),
    ("zh", "我非常喜欢这个食谱谢谢你"),
]


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    assert detect_languages([text, text.upper()]) == [language, language]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param(" \n\t", id="blank"),
        pytest.param("😀😀 🍵", id="emoji"),
        pytest.param("#baking #love #instafood", id="tags"),
        pytest.param("https://example.org/this/is/the/way @anna_writes", id="address and name"),
        pytest.param("12345 67 %", id="numbers"),
        pytest.param("\x00\x01\x07", id="control characters"),
        pytest.param("\ud800\udfff", id="lone surrogates"),
        pytest.param("ok", id="a word of every language"),
        pytest.param("xkcd qwrt zzz", id="no language"),
        pytest.param("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA", id="binary"),
    ],
)
def test_where_a_text_does_not_tell_the_language_is_unknown(text: str | None) -> None:
    assert detect_languages([text]) == [None]


def test_names_tags_and_addresses_do_not_count() -> None:
    french = "Je vous en parle demain https://example.org/the-best-way-to-do-this #love #tips"
    assert detect_languages([french]) == ["fr"]


def test_signs_that_are_no_text_do_not_hide_the_language() -> None:
    assert detect_languages(["Where did\x00 you learn\ud800 to bake this? 🍵"]) == ["en"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_of_the_market_s_sentences_nearly_all_are_told_and_none_wrongly(language: str) -> None:
    said = [
        *ELSEWHERE[language],
        *(line for topic in TOPICS.values() for line in topic[language].lines),
        *(
            text.format(a=topic[language].things[0])
            for kind in COMMENTS.values()
            for text in kind[language]
            for topic in TOPICS.values()
        ),
    ]
    found = detect_languages(said)
    assert set(found) <= {language, None}
    assert found.count(language) > 0.95 * len(found)


def test_a_text_is_answered_alike_in_any_company() -> None:
    texts = [text for _, text in SENTENCES]
    assert detect_languages(texts[::-1])[::-1] == [detect_languages([text])[0] for text in texts]


def test_a_text_of_a_megabyte_takes_no_longer_than_its_beginning() -> None:
    long = "Three days in the old town. " * 40_000
    detect_languages(["warm up"])
    began = process_time()
    assert detect_languages([long]) == ["en"]
    assert process_time() - began < 0.5
