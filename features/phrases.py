r"""What posts ask, promise or complain of: RE2 patterns over lower-cased text, English and French.

RE2 knows no accents at the edge of a word: `\b` never stands beside an accented letter. No pattern
holds an apostrophe, which comes in two shapes and ends a string in SQL: `.` stands for it.
"""

from __future__ import annotations

CALL_TO_ACTION = (
    r"link in (my )?bio|\buse (my |the )?code\b|\bcode promo\b|\bshop now\b"
    r"|\border (now|yours|here)\b|\bbuy\b|\bsign up\b|\bbook (now|your|a)\b|\bdonate\b"
    r"|\bsubscribe\b|\bjoin (us|me|now)\b|\bswipe up\b|\bclick\b|\bcheck (it )?out\b|\btry it\b"
    r"|\blet me know\b|\btell me\b|\bcomment below\b|\bvote\b"
    r"|lien (en|dans la) bio|\bachete[rz]|\bcommande[rz]|\breserve[rz]|\bréserve[rz]"
    r"|\binscri(s|vez)\b|\babonne[rz]|\bclique[rz]|\bessaye[rz]|\bfaites un don\b|\bprofite[rz]"
    r"|\bdites[- ]moi\b|\bvote[rz]\b"
)
"""Asks the reader to act."""

BENEFIT = (
    r"\blearn(ing)?\b|\bhow to\b|\btips?\b|\btricks?\b|\bguide\b|\btuto(rial|riel)?s?\b"
    r"|\bstep[- ]by[- ]step\b|\bcheat ?sheet\b|\bmistakes? to avoid\b|\bhelps? you\b"
    r"|\bsav(e|es|ing) (you|your|money|time|up to|\d|[$€£])|\bdiscounts?\b|% off\b|\bcoupons?\b"
    r"|\bpromo(tion)? codes?\b|\bgiveaway\b|\bfor free\b"
    r"|\bfree (trial|shipping|delivery|sample|gift|guide|e-?book|download|course|class|access)"
    r"|\bcode promo\b|\bastuces?\b|\bconseils?\b|\bapprendre\b|\bapprenez\b"
    r"|\bcomment (bien |mieux )?([a-zéèê]+(er|ir)|faire)\b|\bgratuit|r[ée]duction|\bremise de\b"
    r"|\bbons? plans?\b|[ée]conomise|[ée]tape par [ée]tape|\bpas [àa] pas\b|\boffert"
    r"|\berreurs? [àa] [ée]viter|\bgagne[rz]? du temps\b|\bjeu[- ]concours\b|\bvous aide"
)
"""Promises the reader something of use: knowledge, money or time."""

SYMPATHY = (
    r"^[^@]*(?:"
    + (
        r"\bsome people\b|\byou know who you are\b|\bhaters\b|\bfake (people|friends)\b"
        r"|\b(tired|sick|done|fed up) (of|with) (all )?(this |the |these |your |so many )?"
        r"(hate|people|drama|negativity|lies|everyone|everything|jealous|trolls|judge?ment)"
        r"|\bpeople (these days|can be so|are (so|just so) (cruel|mean|fake|negative|jealous|rude))"
        r"|\bso much (hate|negativity)\b|\bafter (all|everything) i.ve (done|given)\b"
        r"|\bi can.?t (do|take) (this|it) any ?more\b|\bnot naming (any )?names\b"
        r"|\bno ?(one|body) (cares|understands)\b|\bit hurts (so much|when)\b"
        r"|\bfeeling (so |really )?(hurt|attacked|unappreciated|let down)\b"
        r"|\bcertaine?s (personnes|gens|d.entre vous|se reconna)"
        r"|\b(vous vous|tu te|ils se|elles se|il se|elle se) reconna[iî]tr"
        r"|(fatigu[ée]e?s?|lass[ée]e?s?|marre|ras[- ]le[- ]bol|[ée]c(oe|œ)ur[ée]e?s?)"
        r" (de toute cette |de cette |de tous ces |de ces |des |du |de la |de |d.)"
        r"(gens|haine|haters|rageux|jalou|hypocri|m[ée]chan|critiques|personnes|faux|n[ée]gativit|tout)"
        r"|\brageux\b|\btrop de (haine|m[ée]chancet|n[ée]gativit|jalousie)|\bfaux[- ]amis\b"
        r"|\bapr[èe]s tout ce que j.ai (fait|donn)|\bje n.en peux plus\b"
        r"|\bles gens sont (si |tellement |vraiment )?(m[ée]chants|faux|jaloux|cruels)\b"
        r"|\bsans citer (personne|de noms?)\b|\bpersonne ne me comprend\b"
        r"|[çc]a fait mal (de|quand)\b"
    )
    + r")[^@]*$"
)
"""Complains of nobody in particular, and names nobody: fishes for sympathy."""
