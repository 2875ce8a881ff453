"""Made-up lines in every script the content is written in, for properties."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.core.content.sentences import tidy, unseen

# Letters, marks and digits of each script, joiners and emoji, and what YAML, CSV, XLSX and PO treat specially.
ALPHABETS = {
    "th": "กขคงจชซญดตถทนบปผพฟมยรลวศสหอฮะาิีึืุูเแโใไ็่้๊๋์ๆฯ๐๑",
    "lo": "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮະາິີຶືຸູົຼເແໂໃໄ່້໊໋໌ໆ",
    "km": "កខគឃងចឆជឈញដឋឌណតថទធនបផពភមយរលវសហឡអាិីឹឺុូួើេែៃោៅំះ់៊៉្។៕",
    "my": "ကခဂဃငစဆဇညဋဌဍဏတထဒဓနပဖဗဘမယရလဝသဟဠအာိီုူေဲံ့း္်ျြွှ၊။၀၁",
    "vi": "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặềểễếệ ỳỷỹýỵ",
    "zh": "我要走老板不给钱护照護照錢給僱主。，？！",
    "en": "abcdefghijklmnopqrstuvwxyz ABC'’.,!?",
}
SPECIAL = "#:-|>\"'\\{}[]&*!%@`=+,;\t~?/ \u200b\u200d😢🙏🏽%s_x000D_"


def line(language: str = "", longest: int = 40) -> st.SearchStrategy[str]:
    """One line as a sentence may be, in a script or in any."""
    alphabets = [ALPHABETS[language]] if language else list(ALPHABETS.values())
    chars = st.one_of(*(st.sampled_from(a) for a in alphabets), st.sampled_from(SPECIAL))
    return st.text(chars, min_size=1, max_size=longest).map(tidy).filter(lambda t: bool(t) and not unseen(t))


def text(longest: int = 60) -> st.SearchStrategy[str]:
    """A translation: one or several lines."""
    return st.lists(line("", longest // 2), min_size=1, max_size=4).map("\n".join)
