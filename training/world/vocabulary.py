"""What people speak of in the simulated market: ten topics, in English and in French.

Each topic has things, as they stand in a sentence (French ones with their article), and lines that
say something about it.
"""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Talk:
    """How one language speaks of one topic."""

    things: tuple[str, ...]
    lines: tuple[str, ...]


def _talk(things: str, *lines: str) -> Talk:
    return Talk(tuple(thing.strip() for thing in things.split(",")), lines)


TOPICS: dict[str, dict[str, Talk]] = {
    "baking": {
        "en": _talk(
            "sourdough, rye flour, croissants, brioche, yeast, cinnamon rolls, a hot oven,"
            " pie crust, focaccia, oatmeal cookies, pastry cream, a rolling pin, baguettes,"
            " sponge cake, bread crumb, butter dough",
            "The dough rested overnight and the loaf rose beautifully in the oven.",
            "Weigh the flour, warm the yeast, and let the bread prove twice.",
            "This cake recipe needs less sugar and more butter than you think.",
            "A baker's kitchen smells of crust, cinnamon and fresh bread.",
        ),
        "fr": _talk(
            "le levain, la farine de seigle, les croissants, la brioche, la levure,"
            " les sablés, le four, la pâte brisée, la fougasse, les madeleines,"
            " la crème pâtissière, le rouleau à pâtisserie, la baguette, la génoise,"
            " la mie de pain, le beurre",
            "La pâte a reposé toute la nuit et le pain a bien levé au four.",
            "Je pèse la farine, je tiédis la levure et je laisse pousser deux fois.",
            "Cette recette de gâteau demande moins de sucre et plus de beurre.",
            "La cuisine du boulanger sent la croûte, la brioche et le pain frais.",
        ),
    },
    "running": {
        "en": _talk(
            "marathon training, trail shoes, interval sessions, long runs, tempo pace,"
            " heart rate zones, hill sprints, calf stretches, race day, cadence drills,"
            " recovery jogs, energy gels, half marathons, running socks, knee pain,"
            " the finish line",
            "Ten kilometres before breakfast and my stride finally felt light.",
            "My training plan has two easy runs, one tempo session and one long run.",
            "The marathon starts at the thirtieth kilometre, pace yourself.",
            "New trail shoes, muddy hills and a slow heart rate.",
        ),
        "fr": _talk(
            "le marathon, les chaussures de trail, le fractionné, les sorties longues,"
            " l'allure, la fréquence cardiaque, les côtes, les étirements, le dossard,"
            " la foulée, le footing, les gels énergétiques, le semi-marathon,"
            " les chaussettes de course, les genoux, la ligne d'arrivée",
            "Dix kilomètres avant le petit déjeuner et une foulée enfin légère.",
            "Mon entraînement : deux footings, un fractionné et une sortie longue.",
            "Le marathon commence au trentième kilomètre, il faut gérer son allure.",
            "Des chaussures de trail neuves, des côtes boueuses et un cœur tranquille.",
        ),
    },
    "beauty": {
        "en": _talk(
            "retinol serum, sunscreen, moisturiser, lip balm, hyaluronic acid, mascara,"
            " foundation, oily skin, face masks, micellar water, vitamin C, eyeliner,"
            " night cream, curly hair, nail polish, concealer",
            "My skin barrier needs a gentle cleanser and a good moisturiser.",
            "Sunscreen every morning, retinol at night, never on the same skin at once.",
            "A thin layer of foundation, some mascara and tinted lip balm.",
            "This serum calmed the redness on my cheeks within weeks.",
        ),
        "fr": _talk(
            "le sérum au rétinol, la crème solaire, la crème hydratante, le baume à lèvres,"
            " l'acide hyaluronique, le mascara, le fond de teint, la peau grasse,"
            " les masques, l'eau micellaire, la vitamine C, l'eye-liner, la crème de nuit,"
            " les cheveux bouclés, le vernis, l'anticernes",
            "Ma peau a besoin d'un nettoyant doux et d'une crème hydratante.",
            "Crème solaire le matin, rétinol le soir, jamais ensemble sur la peau.",
            "Un voile de fond de teint, du mascara et un baume à lèvres teinté.",
            "Ce sérum a calmé les rougeurs de mes joues en quelques semaines.",
        ),
    },
    "fashion": {
        "en": _talk(
            "linen shirts, vintage denim, a capsule wardrobe, wool coats, leather boots,"
            " silk scarves, thrift shops, tailored trousers, knitwear, summer dresses,"
            " canvas bags, ankle boots, pleated skirts, cotton jackets, outfits, hemlines",
            "One wool coat, worn three winters, altered twice by the tailor.",
            "My wardrobe has fewer dresses and better fabrics this season.",
            "Vintage denim with a linen shirt is the outfit I wear on repeat.",
            "Look at the seams and the lining before you pay for a jacket.",
        ),
        "fr": _talk(
            "la chemise en lin, le jean vintage, la garde-robe, le manteau en laine,"
            " les bottes en cuir, le foulard en soie, la friperie, le pantalon à pinces,"
            " la maille, les robes d'été, le sac en toile, les bottines, la jupe plissée,"
            " la veste en coton, les tenues, l'ourlet",
            "Un manteau en laine porté trois hivers et retouché deux fois.",
            "Ma garde-robe a moins de robes et de meilleures étoffes cette saison.",
            "Le jean vintage avec une chemise en lin, ma tenue de tous les jours.",
            "Regardez les coutures et la doublure avant de payer une veste.",
        ),
    },
    "travel": {
        "en": _talk(
            "night trains, mountain huts, cheap flights, island ferries, hostels,"
            " travel insurance, a carry-on suitcase, street markets, coastal walks,"
            " visa rules, road trips, camping spots, museum passes, old towns, jet lag,"
            " hidden beaches",
            "The night train crossed the border and we woke up near the sea.",
            "Three days in the old town, one map and no luggage.",
            "Our itinerary: a ferry to the island, a hostel and a coastal walk.",
            "Pack half the clothes, take the slow train and talk to the hosts.",
        ),
        "fr": _talk(
            "le train de nuit, les refuges de montagne, les vols, le ferry, l'auberge,"
            " l'assurance voyage, la valise cabine, les marchés, le sentier côtier,"
            " le visa, le road trip, le camping, les musées, la vieille ville,"
            " le décalage horaire, les plages cachées",
            "Le train de nuit a passé la frontière et nous voilà au bord de la mer.",
            "Trois jours dans la vieille ville, une carte et pas de bagages.",
            "Notre itinéraire : le ferry vers l'île, l'auberge et le sentier côtier.",
            "Prenez moitié moins de vêtements, le train lent, et parlez aux hôtes.",
        ),
    },
    "technology": {
        "en": _talk(
            "noise-cancelling headphones, mechanical keyboards, laptops, battery life,"
            " phone cameras, smart speakers, open source software, home servers, tablets,"
            " fast chargers, processors, privacy settings, wireless earbuds, monitors,"
            " firmware updates, backup drives",
            "The new laptop has a faster processor but the battery lasts less.",
            "I measured the headphones in a train, noise and all.",
            "Turn on backups and check the privacy settings of your phone.",
            "This keyboard has hot-swap switches and open source firmware.",
        ),
        "fr": _talk(
            "le casque antibruit, le clavier mécanique, l'ordinateur portable,"
            " l'autonomie, le photophone, l'enceinte connectée, le logiciel libre,"
            " le serveur maison, la tablette, le chargeur rapide, le processeur,"
            " la vie privée, les écouteurs sans fil, l'écran, la mise à jour,"
            " le disque de sauvegarde",
            "Le nouvel ordinateur a un processeur rapide mais la batterie tient moins.",
            "J'ai mesuré le casque dans un train, bruit compris.",
            "Activez les sauvegardes et vérifiez les réglages de votre téléphone.",
            "Ce clavier a des interrupteurs amovibles et un micrologiciel libre.",
        ),
    },
    "parenting": {
        "en": _talk(
            "bedtime routines, baby carriers, toddler tantrums, school lunches,"
            " picture books, nap times, cloth nappies, screen time, breastfeeding,"
            " wooden toys, pocket money, homework, car seats, baby food, siblings,"
            " family weekends",
            "The baby slept six hours and the whole family woke up kinder.",
            "Toddlers want to help: give them a spoon and some time.",
            "We read two picture books at bedtime and the tantrums stopped.",
            "Homework at the kitchen table, children and parents together.",
        ),
        "fr": _talk(
            "le rituel du coucher, le porte-bébé, les colères, le goûter, les albums,"
            " la sieste, les couches lavables, les écrans, l'allaitement,"
            " les jouets en bois, l'argent de poche, les devoirs, le siège auto,"
            " les petits pots, la fratrie, les week-ends en famille",
            "Le bébé a dormi six heures et toute la famille va mieux.",
            "Les tout-petits veulent aider : une cuillère et un peu de temps.",
            "Deux albums lus au coucher et les colères se sont calmées.",
            "Les devoirs à la table de la cuisine, enfants et parents ensemble.",
        ),
    },
    "gardening": {
        "en": _talk(
            "compost, tomato seedlings, pruning shears, raised beds, lavender, rose bushes,"
            " mulch, rainwater barrels, slugs, winter squash, seed trays, houseplants,"
            " potting soil, climbing beans, fruit trees, pollinators",
            "The tomatoes need a stake, some mulch and water at the roots.",
            "Prune the roses in late winter and feed the soil with compost.",
            "I sow beans once the soil is warm, never before.",
            "Bees came back to the garden as soon as the lavender flowered.",
        ),
        "fr": _talk(
            "le compost, les plants de tomates, le sécateur, le potager, la lavande,"
            " les rosiers, le paillage, la cuve d'eau de pluie, les limaces, les courges,"
            " les semis, les plantes vertes, le terreau, les haricots, le verger,"
            " les pollinisateurs",
            "Les tomates veulent un tuteur, du paillage et de l'eau au pied.",
            "Taillez les rosiers en fin d'hiver et nourrissez la terre de compost.",
            "Je sème les haricots quand la terre est chaude, jamais avant.",
            "Les abeilles sont revenues au jardin dès la floraison de la lavande.",
        ),
    },
    "gaming": {
        "en": _talk(
            "speedruns, indie games, boss fights, game controllers, pixel art, co-op mode,"
            " level design, strategy games, the speedrun community, role-playing games,"
            " patch notes, ranked matches, retro consoles, quest lines, streaming setups,"
            " board games",
            "The last boss took forty tries and one lucky dodge.",
            "This indie game has pixel art, a fair difficulty and a great quest.",
            "We played co-op all night and never finished the level.",
            "Ranked matches changed with the patch, so learn a second character.",
        ),
        "fr": _talk(
            "le speedrun, les jeux indépendants, les boss, la manette, le pixel art,"
            " le mode coopératif, le level design, les jeux de stratégie, les succès,"
            " les jeux de rôle, les correctifs, les parties classées,"
            " les consoles rétro, les quêtes, le stream, les jeux de société",
            "Le dernier boss m'a pris quarante essais et une esquive chanceuse.",
            "Ce jeu indépendant a du pixel art, une difficulté juste et une belle quête.",
            "Nous avons joué en coopératif toute la nuit sans finir le niveau.",
            "Le correctif a changé les parties classées, prenez un autre personnage.",
        ),
    },
    "finance": {
        "en": _talk(
            "index funds, emergency savings, a monthly budget, student loans,"
            " compound interest, pension plans, mortgage rates, credit cards,"
            " tax returns, dividends, savings accounts, household bills, bonds,"
            " brokerage fees, inflation, side income",
            "Pay the expensive debt first, then let compound interest work.",
            "My budget has three lines: bills, savings and fun.",
            "Low fees matter more than picking the right stock or fund.",
            "An emergency fund of three months lets you sleep through a crash.",
        ),
        "fr": _talk(
            "les fonds indiciels, l'épargne de précaution, le budget, le prêt étudiant,"
            " les intérêts composés, la retraite, le crédit immobilier, la carte bancaire,"
            " la déclaration d'impôts, les dividendes, le livret, les factures,"
            " les obligations, les frais de courtage, l'inflation, le revenu d'appoint",
            "Remboursez la dette chère, puis laissez agir les intérêts composés.",
            "Mon budget tient en trois lignes : factures, épargne et loisirs.",
            "Des frais bas comptent plus que le choix de la bonne action.",
            "Trois mois d'épargne de précaution et on dort pendant un krach.",
        ),
    },
}
