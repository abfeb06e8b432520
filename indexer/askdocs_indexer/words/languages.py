"""The language of a text, its stop words, and the stems of its words.

Scripts tell most languages apart. Those in Latin letters are told by the share of their commonest
words, which needs no model and never takes a technical text in English for another language; the
libraries for it are large, or guess where a chunk is short or half code. Snowball (Porter, 2001)
has the stemmers, but no stop words.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import regex
import snowballstemmer

ENGLISH = "english"

STOP_WORDS = frozenset(
    """
    a an and any are as at be been but by can could did do does for from had has have how i if in
    into is it its like may me my no not of on or our should so some such than that the their them
    then there these they this to use used using was we were what when where which who why will
    with would you your
    """.split()  # noqa: SIM905
)
"""Of English; they tell least, and are not indexed."""

# Of languages in Latin letters that Snowball knows. A language's commonest words first: they decide
# which language a text has.
_LATIN = {
    "german": """
        der die das und ist in zu den mit von für auf nicht ein eine einen einem einer eines dem des
        im sich als auch es an werden wird wurde aus er hat dass sie nach bei um am sind noch wie
        über so zum zur war haben nur oder aber vor bis mehr durch man sein wenn kann können muss
        müssen soll ich wir ihr mein was wer wo wann warum welche welcher welches diese dieser
        dieses dann gibt
    """,
    "french": """
        le la les de des du un une et est en à au aux que qui dans pour pas sur plus par ce cette
        ces il elle ils elles se sont avec ne son sa ses ou mais nous vous je tu on où être avoir a
        ont été peut peuvent doit doivent faut fait si tout tous comme comment pourquoi quand quel
        quelle quels quelles l d j s c n qu m y quoi leur
    """,
    "spanish": """
        el la los las de del un una y es en a al que se no por con para su sus lo como más o pero
        le ya este esta estos estas si sí me mi muy sin sobre ser son está están fue ha hay cuando
        qué quién cómo dónde cuándo cuál cuáles cuánto puede pueden debe deben hacer hace yo nos
        entre todo todos también porque hasta desde hago puedo
    """,
    "portuguese": """
        o a os as de do da dos das um uma e é em no na nos nas que se não por com para seu sua seus
        suas ao aos à mais ou mas como já este esta isso ser são está estão foi há quando qual quais
        onde porque pode podem deve devem fazer eu nós você pelo pela entre todo todos também até
        ele ela quem num numa faço posso preciso
    """,
    "italian": """
        il lo la i gli le di del della dei delle dello degli un una uno e è in nel nella nei nelle
        che si non per con su sul sulla da dal dalla al alla ai alle come più o ma se ci sono essere
        ha hanno questo questa questi queste quando quale quali dove perché cosa chi può possono
        deve devono fare io noi anche tra fra quanto
    """,
    "dutch": """
        de het een en van in is dat op te zijn voor met die niet aan er om als ook door naar bij uit
        wordt worden werd heeft hebben kan kunnen moet moeten maar of nog dan dit deze je we ik u
        hoe wat waar wanneer waarom welke wie over tot alleen zo meer geen
    """,
    "swedish": """
        och i att det som en på är av för med den till inte om ett har de från kan vid så när eller
        men ska måste man där hur vad vilken vilka varför var jag vi du sig efter under också bara
        blir finns alla detta denna dessa
    """,
    "danish": """
        og i at det som en på er af for med den til ikke om et har de fra kan ved så når eller men
        skal man der hvor hvordan hvad hvilken hvilke hvorfor hvornår jeg vi du sig efter under også
        kun bliver findes alle dette denne disse
    """,
    "norwegian": """
        og i å det som en på er av for med den til ikke om et har de fra kan ved så når eller men
        skal må man der hvor hvordan hva hvilken hvilke hvorfor jeg vi du seg etter under også bare
        blir finnes alle dette denne disse
    """,
    "finnish": """
        ja on ei se että oli tai kun mutta ovat voi voidaan myös jos niin kuin joka jotka tämä tämän
        ne sen sitä ole olla mitä miten miksi missä milloin kuka mikä minä me sinun vain ennen
        jälkeen kanssa pitää
    """,
    "polish": """
        i w z na do się nie jest to że o od po za dla jak przez przy czy lub oraz są być może można
        należy co kto gdzie kiedy dlaczego który która które jaki jaka jakie tym tego ten ta te ale
        gdy jeśli tylko ma
    """,
    "czech": """
        a v na se je že o od po za pro jak při nebo jsou být může lze nutno co kdo kde kdy proč
        který která které jaký jaká jaké tím toho ten ta ale když pokud pouze má ze ve není jako do
        by
    """,
    "hungarian": """
        a az és hogy nem is egy ez van volt meg csak de ha vagy mint már kell lehet minden azt ezt
        hogyan mi mikor hol miért melyik ki én mi után előtt között vannak
    """,
    "romanian": """
        și în de la pe cu nu un o este sunt care din pentru că se ce mai sau dar după prin fi poate
        trebuie cum când unde ce cine care al ale a ai lui acest această aceste fără
    """,
    "turkish": """
        ve bir bu için ile de da olarak daha çok gibi olan ne nasıl neden niçin nerede zaman hangi
        kim mi mı mu mü değil var yok sonra önce kadar veya ama her en ben biz siz şu
    """,
    "catalan": """
        el la els les de del dels un una i és en a al que es no per amb com més o però si ser són
        està pot poden quan on què qui quin quina perquè aquest aquesta seva seu també
    """,
    "indonesian": """
        yang dan di ke dari untuk dengan ini itu tidak pada adalah dalam akan oleh atau dapat bisa
        harus juga bagaimana apa kapan mengapa siapa mana saya kami anda sebagai karena setelah jika
    """,
}
# Of the others; each script has one stemmer, if any.
_OTHER_STOP_WORDS = frozenset(
    """
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне
    было вот от меня еще нет о из ему ли если или ни быть был до вас ко для мы их чем была чтобы без
    может надо нужно когда где почему какой какая какие сколько кто это этот эта эти при можно есть
    і й та що як це не є до від або чи де коли чому який яка які скільки за у
    ο η το οι τα του της των τον την και να με σε από για που είναι δεν θα στο στη στην στον στα
    στις τι πώς πως πού πότε γιατί ποιος ποια ποιο πόσο αν ή μας σας ένα μια ένας
    في من على إلى عن أن إن كان كانت هو هي هذا هذه ذلك التي الذي ما لا لم أو و ثم مع كل بعد قبل كيف
    متى أين لماذا هل كم أي بين عند قد يمكن يجب
    از به در که را با این است برای آن های می شود چگونه چه کجا چرا یا هر تا بر
    של את על לא זה היא הוא עם כי או אם מה איך מתי איפה למה כמה אני אנחנו יש אין גם כל
    है हैं का की के को में से और यह वह पर ने एक कि ही भी तो था थे थी हो होता होती कर करें करना लिए
    क्या कैसे कब कहाँ क्यों कौन कितने कितनी कितना जब तक या
    """.split()  # noqa: SIM905
)
_STOP_WORDS = {name: frozenset(words.split()) for name, words in _LATIN.items()}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _STOP_WORDS.items():
    for _word in _words:
        # Technical texts are full of names of a single letter, and of addresses.
        if _word != "com" and not (len(_word) == 1 and _word.isascii()):
            _LANGUAGES_OF.setdefault(_word, []).append(_language)

# Letters that one of them has and the others, but for names, have not.
_LETTERS_OF = {
    "german": "ß",
    "spanish": "ñ",
    "portuguese": "ãõ",
    "polish": "łżąęśńź",
    "czech": "řůě",
    "hungarian": "őű",
    "romanian": "țș",
    "turkish": "ğış",
}
_OF_LETTER = {letter: name for name, letters in _LETTERS_OF.items() for letter in letters}
_TELLING_LETTER = regex.compile(f"[{''.join(_OF_LETTER)}]")

# A text has another language than English where so many different stop words of it are seen, and
# this share of all words are such.
_LEAST_WORDS = 2
_LEAST_SHARE = 0.12

_STEMMER = regex.compile(
    r"(?P<russian>\p{Cyrillic})|(?P<greek>\p{Greek})|(?P<arabic>\p{Arabic})"
    r"|(?P<armenian>\p{Armenian})|(?P<hindi>\p{Devanagari})|(?P<tamil>\p{Tamil})|(?P<latin>\p{Latin})"
)
# Vowels that Ukrainian writes otherwise than Russian, whose stemmer looks for endings behind them.
_ENDING_OF_UKRAINIAN = regex.compile("і(?=[єїюяй])|ї")
_UKRAINIAN = str.maketrans("ієґ", "еег")
# Snowball takes off what may stand before and behind an Arabic noun only where it has an article;
# this is light10 (Larkey, Ballesteros and Connell, "Light Stemming for Arabic", 2007).
_ARABIC_BEGINNING = regex.compile("و?(?:ال|بال|كال|فال|لل)(?=..)|و(?=...)")
_ARABIC_ENDING = regex.compile("(?<=..)(?:ها|ان|ات|ون|ين|ية|يه|ة|ه|ي)$")
_INFLECTED = regex.compile(r"[\p{L}\p{M}]+")


def language_of(
    words: Collection[str], among: Collection[str] = _STOP_WORDS, least: int = _LEAST_WORDS
) -> str:
    """Return the language of a text's words in Latin letters, given in small letters.

    It is English, or one `among` others of which `least` different stop words are seen.
    """
    count: dict[str, int] = {}
    seen: dict[str, set[str]] = {}
    for word in words:
        for language in _languages_of(word):
            if language in among:
                count[language] = count.get(language, 0) + 1
                seen.setdefault(language, set()).add(word)
    if not count:
        return ENGLISH
    english = sum(word in STOP_WORDS for word in words)
    best = max(count, key=lambda language: count[language])
    is_clear = (
        count[best] > max(english, _LEAST_SHARE * len(words))
        and len(seen[best]) >= least
        # A name may have a letter of its own.
        and (len(seen[best]) > 1 or not seen[best].isdisjoint(_LANGUAGES_OF))
        # A list of countries or languages has their codes.
        and (least == 1 or any(len(word) > 2 for word in seen[best]))
    )
    return best if is_clear else ENGLISH


def _languages_of(word: str) -> Collection[str]:
    """Return the languages that a word in small letters tells of."""
    if word in _LANGUAGES_OF or word.isascii():
        return _LANGUAGES_OF.get(word, ())
    letter = _TELLING_LETTER.search(word)
    return [_OF_LETTER[letter[0]]] if letter else ()


def common_words(language: str) -> list[str]:
    """Return some of the commonest words, of four letters or more, of a language in Latin ones."""
    return sorted(word for word in _STOP_WORDS[language] if len(word) >= 4)


def is_stop_word(word: str, language: str = ENGLISH) -> bool:
    """Whether a word in small letters tells next to nothing in a text of a language."""
    if word in STOP_WORDS or word in _OTHER_STOP_WORDS:
        return True
    return language != ENGLISH and word in _STOP_WORDS[language]


def is_latin(word: str) -> bool:
    """Whether a word is in Latin letters, without digits."""
    if word.isascii():
        return word.isalpha()
    script = _STEMMER.match(word)
    return script is not None and script.lastgroup == "latin" and _is_inflected(word)


def stem(word: str) -> str:
    """Return the stem of a word in small letters, by its script; other tokens stay as they are.

    What is in Latin letters is taken for English.
    """
    return stem_in(word, ENGLISH)


@lru_cache(maxsize=131_072)
def stem_in(word: str, language: str) -> str:
    """The same, with what is in Latin letters taken for this language."""
    if word.isascii():
        return _stemmed(word, language) if word.isalpha() else word
    script = _STEMMER.match(word)
    if script is None or not _is_inflected(word):
        return word
    name = str(script.lastgroup)
    if name == "russian":
        word = _ENDING_OF_UKRAINIAN.sub("и", word).translate(_UKRAINIAN)
    elif name == "arabic":
        begun = _ARABIC_BEGINNING.match(word)
        word = _ARABIC_ENDING.sub("", word[begun.end() :] if begun else word)
    return _stemmed(word, language if name == "latin" else name)


def _is_inflected(word: str) -> bool:
    return _INFLECTED.fullmatch(word) is not None


def _stemmed(word: str, language: str) -> str:
    return str(snowballstemmer.stemmer(language).stemWord(word))
