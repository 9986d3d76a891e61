"""French words that praise or blame, and by how much.

No well-kept package carries such a list under a free licence: this one holds the everyday words of
reviews and comments, on the scale of VADER's English list. Adjectives stand in the masculine, verbs
in -er by their stem; the forms that follow the rules of grammar are made from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from features.excerpt import without_accents

_ADJECTIVES: Mapping[float, str] = {
    3.0: """génial excellent parfait fantastique extraordinaire sublime magnifique incroyable
        formidable exquis brillant divin époustouflant bluffant délicieux merveilleux fabuleux""",
    2.0: """adorable superbe splendide passionnant savoureux ravi enchanté émouvant inspirant
        captivant impeccable remarquable content heureux réussi joli charmant sincère honnête
        fiable touchant agréable intéressant chouette utile satisfait reconnaissant motivant
        généreux lumineux confortable rassurant conquis convaincu convaincant pertinent compétent
        bienveillant talentueux chaleureux fascinant efficace précieux fier""",
    1.0: "pratique facile fluide solide abordable sympa sympathique original cool fun",
    -1.0: "compliqué pénible répétitif inégal étrange bizarre douteux triste fatigué",
    -2.0: """décevant déçu mauvais inutile fade ennuyeux moche faux agaçant bancal raté laid
        superficiel lassant fâché énervé mécontent inefficace injuste gênant malhonnête
        défectueux périmé incompétent agressif irritant frustrant frustré ridicule hypocrite
        navrant médiocre""",
    -3.0: """nul horrible affreux atroce scandaleux honteux dégoûtant trompeur mensonger
        insupportable catastrophique pathétique lamentable détestable révoltant infect immonde
        ignoble désastreux toxique dangereux inadmissible inacceptable dégueulasse minable pourri
        déplorable abominable""",
}
_VERBS: Mapping[float, str] = {
    3.0: "ador",
    2.0: "aim recommand appréci félicit remerci kiff régal passionn enchant",
    1.0: "aid encourag rassur",
    -1.0: "regrett dout",
    -2.0: "gâch gaspill mépris énerv agac tromp dégoût frustr",
    -3.0: "détest arnaqu escroqu insult harcel",
}
_OTHERS: Mapping[float, str] = {
    3.0: "bravo merveille merveilles pépite pépites chapeau",
    2.0: """merci beau bel belle beaux belles super top meilleur meilleure meilleurs meilleures
        plaisir bonheur joie amour love fière fières plaît plaisent plaisait plaise plaira plu
        félicitations gentil gentille gentils gentilles réussite réussites hâte parfaitement
        délicieusement originale originaux""",
    1.0: "bon bonne bons bonnes bien mieux confiance espoir succès géniaux ok",
    -1.0: """cher chère chers chères dommage hélas souci soucis problème problèmes désolé désolée
        mal pire pires perdu perdue perdus perdues difficile difficiles""",
    -2.0: """fausse fausses rage colère haine déception déceptions mensonge mensonges menteur
        menteuse menteurs erreur erreurs échec échecs bof marre déçoit malheureusement gâchis
        trahi trahie nulle nulles poubelle mens ment mentez mentent honte perte pertes inégaux""",
    -3.0: """arnaque arnaques escroquerie escroqueries scandale catastrophe catastrophes merde
        merdique horreur trompeuse trompeuses mensongère mensongères désastre désastres voleur
        voleuse voleurs escroc escrocs cauchemar fuyez dégueu""",
}
_VERB_ENDINGS = (
    *("e", "es", "ons", "ez", "ent", "er", "é", "ée", "és", "ées"),
    *("ais", "ait", "ions", "iez", "aient", "ant"),
    *("erai", "eras", "era", "erons", "erez", "eront", "erais", "erait"),
)

PHRASES: Mapping[tuple[str, ...], float] = {
    ("pas", "mal"): 1.5,
    ("pas", "terrible"): -2.0,
    ("pas", "top"): -2.0,
    ("coup", "de", "coeur"): 3.0,
    ("ras", "le", "bol"): -2.0,
    ("rien", "a", "redire"): 2.5,
    ("sans", "hesiter"): 2.0,
    ("pas", "d", "accord"): -1.5,
    ("laisse", "a", "desirer"): -2.0,
    ("bon", "a", "jeter"): -2.5,
    ("a", "fuir"): -3.0,
}
"""Words that together mean what they do not mean one by one."""


def plain(text: str) -> str:
    """Lower-cased, without accents and ligatures.

    Examples
    --------
    >>> plain("Dégoûtant, cœur")
    'degoutant, coeur'
    """
    return without_accents(text.lower().replace("œ", "oe"))


def _inflected(adjective: str) -> tuple[str, ...]:
    """Masculine and feminine, singular and plural, where they follow the rule."""
    if adjective.endswith("eux"):
        return adjective, f"{adjective[:-1]}se", f"{adjective[:-1]}ses"
    if adjective.endswith("if"):
        return adjective, f"{adjective}s", f"{adjective[:-1]}ve", f"{adjective[:-1]}ves"
    feminine = adjective if adjective.endswith("e") else f"{adjective}e"
    plural = adjective if adjective.endswith(("s", "x")) else f"{adjective}s"
    return adjective, plural, feminine, f"{feminine}s"


def _conjugated(stem: str) -> tuple[str, ...]:
    return tuple(stem + ending for ending in _VERB_ENDINGS)


def _forms() -> Iterator[tuple[str, float]]:
    for valence, words in _ADJECTIVES.items():
        yield from ((form, valence) for word in words.split() for form in _inflected(word))
    for valence, stems in _VERBS.items():
        yield from ((form, valence) for stem in stems.split() for form in _conjugated(stem))
    for valence, words in _OTHERS.items():
        yield from ((word, valence) for word in words.split())


VALENCE: Mapping[str, float] = {plain(form): valence for form, valence in _forms()}
"""Word, lower-cased and without accents, and its valence from -4 to 4; others have none."""

VERBS: frozenset[str] = frozenset(
    plain(form) for stems in _VERBS.values() for stem in stems.split() for form in _conjugated(stem)
) | {"plait", "plaisent", "plaisait"}
"""Words that take their negation after themselves: « je n'aime pas »."""
