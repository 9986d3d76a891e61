"""What people of the simulated market say around their topics: phrases in English and in French.

Places `{a}` to `{e}` take things of a topic (`vocabulary`), `{who}` an account, `{brand}` a brand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OPENERS = {
    "en": (
        "Good morning everyone.",
        "A quick thought.",
        "Back home at last.",
        "Somebody asked me about this yesterday.",
        "Lessons from this week.",
        "I was wrong about this for years.",
        "Notes from today.",
        "Long overdue.",
        "",
        "",
    ),
    "fr": (
        "Bonjour à tous.",
        "Une petite réflexion.",
        "Enfin de retour.",
        "On m'a posé la question hier.",
        "Les leçons de la semaine.",
        "Je me suis trompé pendant des années.",
        "Notes du jour.",
        "Depuis le temps que je vous en parle.",
        "",
        "",
    ),
}
SENTENCES = {
    "en": (
        "Today: {a}, {b} and {c}.",
        "What nobody tells you about {a} and {b}.",
        "My week in three words: {a}, {b}, {c}.",
        "I changed my mind about {a} after a month with {b}.",
        "First {a}, then {b}, and {c} at the end.",
        "Between {a} and {b} I know what I prefer.",
        "A short note on {a}, on {b}, and on why {c} can wait.",
        "More about {a} and less about {b}, you said.",
    ),
    "fr": (
        "Au programme : {a}, {b} et {c}.",
        "Ce que personne ne dit sur {a} et {b}.",
        "Ma semaine en trois mots : {a}, {b}, {c}.",
        "J'ai changé d'avis sur {a} après un mois avec {b}.",
        "D'abord {a}, puis {b}, et {c} à la fin.",
        "Entre {a} et {b}, je sais ce que je préfère.",
        "Quelques mots sur {a}, sur {b}, et {c} attendra.",
        "Vous vouliez en savoir plus sur {a} et moins sur {b}.",
    ),
}
ELSEWHERE = {
    "en": (
        "Rain all day, tea, and a film with my sister.",
        "My grandmother turned ninety and danced until midnight.",
        "The neighbour's cat has decided to live here.",
        "Slow Sunday, no plans, plenty of sleep.",
        "Thank you for all the kind words lately.",
        "The lift is broken again, six floors and counting.",
    ),
    "fr": (
        "Il pleut, un thé, et un film avec ma sœur.",
        "Ma grand-mère a eu quatre-vingt-dix ans et a dansé jusqu'à minuit.",
        "Le chat du voisin a décidé d'habiter ici.",
        "Dimanche tranquille, rien de prévu, beaucoup de sommeil.",
        "Merci pour tous vos mots gentils ces derniers temps.",
        "L'ascenseur est encore en panne, six étages et je compte.",
    ),
}
QUESTIONS = {
    "en": (
        "What would you do?",
        "Which one do you prefer?",
        "How do you do it at home?",
        "Have you tried this before?",
        "What did I forget?",
    ),
    "fr": (
        "Vous feriez quoi à ma place ?",
        "Lequel préférez-vous ?",
        "Et chez vous, comment faites-vous ?",
        "Vous connaissiez ?",
        "Qu'est-ce que j'ai oublié ?",
    ),
}
CALLS = {
    "en": (
        "Let me know in the comments.",
        "Link in bio.",
        "Subscribe for the next part.",
        "Tell me your favourite.",
        "Sign up for the next session.",
        "Comment below with yours.",
    ),
    "fr": (
        "Dites-moi tout en commentaire.",
        "Lien en bio.",
        "Abonnez-vous pour la suite.",
        "Votez pour votre préféré.",
        "Inscrivez-vous à la prochaine session.",
        "Cliquez sur le lien pour la suite.",
    ),
}
PAID = {
    "en": "Paid partnership with {brand}.",
    "fr": "Collaboration commerciale avec {brand}.",
}
COMMENTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "praise": {
        "en": (
            "Exactly what I needed on {a}, thank you",
            "Love how you explain {a}",
            "It worked with {a}, so happy",
            "Your posts on {a} made my week",
            "Finally someone honest about {a}",
        ),
        "fr": (
            "Tout ce qu'il me fallait sur {a}, merci",
            "J'adore comme tu parles de ça, surtout {a}",
            "Ça a marché avec {a}, trop contente",
            "Tes posts sur {a} font ma semaine",
            "Enfin quelqu'un d'honnête sur {a}",
        ),
    },
    "question": {
        "en": (
            "How do you deal with {a}?",
            "Does this work with {a} too?",
            "Where did you learn about {a}?",
            "Any advice on {a} for a beginner?",
        ),
        "fr": (
            "Comment fais-tu avec {a} ?",
            "Est-ce que ça marche aussi avec {a} ?",
            "Où as-tu appris tout ça sur {a} ?",
            "Un conseil sur {a} pour débuter ?",
        ),
    },
    "critic": {
        "en": (
            "Disappointed, what you say on {a} is wrong",
            "I disagree about {a}, it was a waste of money",
            "Bad advice, {a} was terrible for me",
            "This looks like an ad for {a}, misleading",
        ),
        "fr": (
            "Déçue, ce que tu dis sur {a} est faux",
            "Pas d'accord sur {a}, c'était de l'argent perdu",
            "Mauvais conseil, avec {a} c'était horrible",
            "On dirait une pub pour {a}, c'est trompeur",
        ),
    },
}
REPLIES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "praise": {
        "en": (
            "Thank you, {a} means a lot to me",
            "So glad {a} worked for you",
            "Happy to hear that about {a}",
        ),
        "fr": (
            "Merci, pour moi aussi {a}, ça compte",
            "Contente que {a} te plaise",
            "Ravie de lire ça sur {a}",
        ),
    },
    "question": {
        "en": (
            "Good question: start small with {a} and see",
            "Yes, with {a} it works as well",
            "I wrote about {a} last month, same method",
        ),
        "fr": (
            "Bonne question : commence doucement avec {a}",
            "Oui, avec {a} ça marche aussi",
            "J'ai parlé de {a} le mois dernier, même méthode",
        ),
    },
    "critic": {
        "en": (
            "Fair point about {a}, I should have said so",
            "I see it differently, but tell us what happened with {a}",
            "Sorry it went badly, what did you do with {a}",
        ),
        "fr": (
            "Tu as raison sur {a}, j'aurais dû le dire",
            "Je le vois autrement, raconte ce qui s'est passé avec {a}",
            "Désolée que ça se soit mal passé, tu as fait quoi avec {a}",
        ),
    },
}
FORMULAS = {
    "en": ("Thank you so much", "Thanks for your comment", "Love you all", "Thanks for watching"),
    "fr": ("Merci beaucoup", "Merci pour ton commentaire", "Bisous à tous", "Merci d'être là"),
}
"""Answers that would do under any comment."""
AMONG = {
    "en": (
        "Same here with {a}",
        "I tried {a} too and it went well",
        "With {a} it was the other way round for me",
    ),
    "fr": (
        "Pareil pour moi avec {a}",
        "J'ai essayé {a} aussi et ça s'est bien passé",
        "Moi avec {a} c'était tout le contraire",
    ),
}
"""What one commenter says to another."""
PROMISES = {
    "en": ("So good", "Love this", "Great post", "Amazing as always", "Wow"),
    "fr": ("Trop bien", "J'adore", "Super post", "Magnifique comme toujours", "Bravo"),
}
"""What members of a ring say under any post."""
SYMPATHY = {
    "en": (
        "Tired of all this negativity, that is all I will say.",
        "Some people only know how to hurt, it makes me sad.",
        "Days like this show who your real friends are, so disappointed.",
        "It is unfair and it hurts, but I will leave it there.",
    ),
    "fr": (
        "Fatiguée de toute cette méchanceté, je n'en dirai pas plus.",
        "Certains ne savent que blesser, ça me rend triste.",
        "C'est là qu'on voit ses vrais amis, tellement déçue.",
        "C'est injuste et ça fait mal, mais passons.",
    ),
}
"""Complaints that address nobody."""
SWAPS = {
    "en": ("really", "today", "again", "finally", "honestly", "always", "maybe", "together"),
    "fr": ("vraiment", "demain", "encore", "enfin", "franchement", "toujours", "ensemble"),
}
"""Words by which one caption becomes another."""
THANKS = {
    "en": ("Thanks for answering", "That helps a lot", "I will try that"),
    "fr": ("Merci d'avoir répondu", "Ça m'aide beaucoup", "Je vais faire ça"),
}
MENTIONS = {
    "en": (
        "If you care about {a}, read {who} on {b}",
        "{who} knows more about {a} than anyone here",
        "Learned {a} and {b} from {who}",
    ),
    "fr": (
        "Si {a} vous intéresse, lisez {who} sur {b}",
        "Personne ne connaît {a} comme {who}",
        "J'ai tout appris sur {a} et {b} avec {who}",
    ),
}
COMPLAINTS = {
    "en": ("Do not trust {who} on {a}, it is all ads", "{who} was wrong about {a} again"),
    "fr": ("Ne croyez pas {who} sur {a}, que de la pub", "{who} s'est encore trompé sur {a}"),
}
BIOS = {
    "en": (
        "All about {a}, {b} and {c}.",
        "Writing on {a} and {b} from my kitchen table.",
        "{a}. {b}. {c}. Made with patience.",
    ),
    "fr": (
        "Ici on parle de tout : {a}, {b} et {c}.",
        "J'écris sur {a} et {b} depuis ma cuisine.",
        "{a}. {b}. {c}. Avec patience.",
    ),
}
BRIEFS = {
    "en": (
        "{brand} looks for creators who know {a}, {b} and {c}. Show our new range in your own"
        " words, with {d} and {e}. {line} We count purchases with your link.",
        "For our launch, {brand} wants honest stories about {a} and {b}. {line} Speak of {c},"
        " {d} and {e} as you live them. We count orders within thirty days.",
    ),
    "fr": (
        "{brand} cherche des créateurs qui connaissent {a}, {b} et {c}. Montrez notre gamme avec"
        " vos mots, avec {d} et {e}. {line} Nous comptons les achats par votre lien.",
        "Pour notre lancement, {brand} veut des récits sincères sur {a} et {b}. {line} Parlez-nous"
        " aussi sur {c}, {d} et {e}. Nous comptons les commandes sous trente jours.",
    ),
}
CREDENTIALS = {
    "degree": "Degree in {topic}",
    "book": "Book on {topic}",
    "blog": "Blog about {topic}",
    "job": "Works in {topic}",
    "award": "Award for {topic}",
    "press": "Portrait in a magazine on {topic}",
    "certification": "Certificate in {topic}",
    "recommendation": "Recommended by a colleague in {topic}",
}
