"""Names of people, brands and sites of the simulated market."""

from __future__ import annotations

FIRST_NAMES = {
    "en": ("Ada", "Ben", "Cora", "Dan", "Elsie", "Finn", "Grace", "Hugh", "Iris", "Jack"),
    "fr": ("Agathe", "Basile", "Chloé", "Denis", "Élise", "Félix", "Garance", "Hugo", "Inès"),
}
LAST_NAMES = {
    "en": ("Ashdown", "Birch", "Carver", "Dale", "Ellwood", "Farrow", "Gale", "Holt", "Marsh"),
    "fr": ("Arnaud", "Besson", "Carlier", "Delmas", "Estève", "Ferrand", "Garnier", "Lacroix"),
}
BRANDS = {
    "en": (
        *("Alderby", "Brightwell", "Cottonrow", "Dunmere", "Eastlake", "Fernhill", "Goodpin"),
        *("Harrowgate", "Inkwood", "Juniper Lane", "Kestrel", "Larkfield", "Mossbank", "Norwick"),
        *("Oakham", "Pinefold", "Quillton", "Redbrook", "Stonecrop", "Thistle", "Umberly"),
        *("Valewood", "Westerly", "Yarrow", "Zephyr Mill", "Appledore", "Bramble", "Cinderford"),
    ),
    "fr": (
        *("Aubépine", "Belleroche", "Clairval", "Doucemer", "Églantine", "Fontvive", "Grandpré"),
        *("Hautbois", "Joncquière", "Lys et Lin", "Montclair", "Neuville", "Orival", "Petitpont"),
    ),
}
OTHER_BRANDS = ("Brioso", "Caldera", "Drumlin", "Evenside", "Foxmere", "Galantine", "Hollis & Co")
"""Brands outside the campaigns, which pay for posts too."""
SITES = {
    "en": ("weekly", "journal", "letters", "review", "club", "library"),
    "fr": ("hebdo", "journal", "carnets", "revue", "club", "atelier"),
}
