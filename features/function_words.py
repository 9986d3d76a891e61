"""Words that say nothing of a topic, in English and French, without accents as texts are hashed.

Left in, they make every two texts of the rarer language alike.
"""

from __future__ import annotations

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

_FRENCH = """
afin ai ainsi allez alors apres as assez au aucun aucune aura aurait auront aussi autre autres aux
avaient avais avait avant avec avez avoir avons ayant beaucoup bien ca car ce ceci cela celle celles
celui ces cet cette ceux chaque chez ci comme comment contre dans de deja depuis des dire dit dites
donc dont du elle elles en encore entre es est et etaient etais etait etant ete etes etre eu eux
faire fais fait faites faut font fut ici il ils jamais je jusqu jusque juste la laquelle le lequel
les lesquelles lesquels leur leurs lors lui ma mais mal me meme memes mes moi moins mon ne ni non
nos notre nous on ont ou oui par parce pas pendant peu peut peuvent peux plus plutot pour pourquoi
pouvez puis qu quand que quel quelle quelles quelque quelques quels qui quoi rien sa sans sauf se
sera serait seront ses seulement si soit sommes son sont sous suis sur ta tandis tant te tel telle
telles tels tes toi ton toujours tous tout toute toutes tres trop tu un une va vais vas vers voici
voila vont vos votre vous vraiment
"""

FUNCTION_WORDS: list[str] = sorted(ENGLISH_STOP_WORDS | set(_FRENCH.split()))
