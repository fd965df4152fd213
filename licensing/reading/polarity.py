"""
Whether a prompt asks for a subject's absence: "without Pikachu", ピカチュウなし, 不要皮卡丘.

A cue counts only beside the name, with nothing between them but words of the same phrase, so that
"not far from Hogwarts" is no refusal of Hogwarts. A list shares its cue: "no Mickey, no Goofy or
Donald". All languages are tried on every prompt, because prompts mix them.
"""

import re
from typing import Final, Literal

Side = Literal["before", "after"]

AROUND_CHARS: Final = 64

# Words that may stand between a refusal and what is refused.
_EN_BETWEEN: Final = (
    r"(?:a|an|the|any|anything|anyone|any kind of|single|more|of|from|to|in|like|with|look|looks|"
    r"looking|that|which|who|resemble|resembling|similar|be|being|show|showing|draw|drawing|depict|"
    r"include|including|add|use|using|feature|featuring|make|render|want|have|put|let|me|see|"
    r"need|mention|depicting|drawing|resembles|resembled|looked|contains|containing|rendering|"
    r"generating|animating|imitating|copying|you|dare|ever|try|trying|think|about|anywhere|"
    r"as|such|based on|modelled on|all|every|any of|resemblance|likeness|similarity|"
    r"similarities|imitation|depiction|"
    r"depictions|cameo|cameos|presence|appearances|mentions|evidence|impression|allusion|"
    r"allusions|hint|trace|sign|element|reference|parody|shape|silhouette|"
    r"contain|copy|imitate|generate|create|animate|characters?|references?|elements?|images?|"
    r"pictures?|logos?|signs?|traces?|hints?|versions?|copies|clones?|style|related|it|is|was|"
    r"definitely|really|actually|exactly|even|ever|please|us|it's|that's|this|that|do|should|must|"
    r"real|original|famous|cartoon|appearance|of the|or|nor|and)"
)
_EN_ADJECTIVE_AFTER: Final = r"(?:no|without|minus|zero)"
_EN: Final = (
    r"(?:no|not|non|never|without|w/o|avoid|avoiding|avoids|except|except for|excluding|excludes?|"
    r"exclude|minus|omit|omitting|remove|removing|skip|skipping|ban|banned|forbid|zero|"
    r"(?:all|any|every)(?: [a-z]+){0,2} but|(?:everyone|everything|everybody|anyone) but|delete|"
    r"erase|in no case|absent|lacks|under no circumstances|on no account|in no way|at no point|"
    r"by no means|no longer|"
    r"refrain(?:ing)? from|steer(?:ing)? clear of|(?:stay|keep|staying|keeping)(?: well)? "
    r"(?:away|clear) (?:from|of)|abstain from|nothing|nobody|no one|none of|can't|in place of|"
    r"instead of|rather than|other than|anything but|everything but|apart from|aside from|free of|"
    r"free from|devoid of|lacking|leave out|leaving out|get rid of|no more|unlike|"
    r"neither|nor|"
    r"(?:is|are|was|were|do|does|did|should|must|can|could|would|wo)(?:n't|nt| not)|cannot|"
    r"--no|negative:|not:|exclude:|avoid:|neg:)"
)
_FR: Final = (
    r"(?:sans|aucune?|pas|jamais|ni|évite[rz]?|éviter|exclure|excluant|exclue?s?|sauf|excepté|"
    r"hormis|exception|au lieu|plutôt que|autre que|interdite?|interdiction|différente?s?|"
    r"non|nulle|zéro)"
)
_FR_BETWEEN: Final = (
    r"(?:de|d'|du|des|le|la|les|l'|un|une|à|montre[rz]?|dessine[rz]?|inclu[rs]e?|utilise[rz]?|"
    r"représente[rz]?|ajoute[rz]?|mets|mettre|personnages?|référence|référence à|à la|comme|"
    r"surtout|voir|trace|traces|ressemblance|références?|allusion|image|images|éléments?|présence|"
    r"apparition|mention|moindre|avec|"
    r"absolument|que|qu'|ce|soit|est|ressemble[rz]?)"
)
_DE: Final = (
    r"(?:kein(?:e|en|em|er|es|erlei)?|ohne|nicht|nie|niemals|vermeide[nt]?|außer|ausser|"
    r"ausgenommen|"
    r"statt|anstatt|anstelle von|anstelle|weder|noch|frei von|verzichte auf|bloß nicht|"
    r"mit ausnahme|"
    r"anders als)"
)
_DE_BETWEEN: Final = (
    r"(?:jede|jeden|jeder|jedes|jegliche[nr]?|zu|spur|spuren|ähnlichkeit|bezug|"
    r"anspielung|anspielungen|hinweis|bild|bilder|darstellung|auftritt|andeutung|"
    r"den|die|das|der|dem|ein|eine|einen|einem|einer|etwas|von|wie|irgendein|irgendeinen|"
    r"zeigen?|zeichnen|verwenden|figuren|figur|elemente|aus|an|auf|mit|bitte|jegliche|mehr)"
)
_ES: Final = (
    r"(?:sin|no|ni|nunca|jamás|evita|evitar|evite|evitando|excepto|salvo|menos|(?:con|a) excepción|"
    r"distint[oa]s?|diferentes?|en lugar de|"
    r"en vez de|nada de|ningún|ninguna|excluye|excluir|excluyendo|que no sea|prohibid[oa]|cero)"
)
_ES_BETWEEN: Final = (
    r"(?:a|al|el|la|los|las|un|una|de|del|que|se|ser|sea|es|como|muestres?|mostrar|muestre|"
    r"añad(?:as?|ir)|agregu?(?:es?|ar)|"
    r"incluyas?|incluir|dibujes?|dibujar|uses?|usar|pongas?|quiero|aparezca|aparece|parezca|"
    r"personajes?|"
    r"ver|salga|rastro|rastros|semejanza|alusi[oó]n|imagen|imágenes|elementos?|presencia|"
    r"aparici[oó]n|menci[oó]n|cualquier|con|mostrar a|"
    r"referencias?|nada|ningún|parecido|otra cosa)"
)

_GAP: Final = r"[ '\"「『《“‘(\[#]+"
_LATIN_BEFORE: Final = re.compile(
    "|".join(
        (
            rf"(?<![\w]){_EN}(?:{_GAP}{_EN_BETWEEN}){{0,6}}{_GAP}$",
            rf"(?<![\w]){_EN_ADJECTIVE_AFTER} [a-z]+ ?{_GAP}$",
            rf"(?<![\w]){_FR}(?:{_GAP}{_FR_BETWEEN}){{0,5}}{_GAP}$",
            rf"(?<![\w]){_DE}(?:{_GAP}{_DE_BETWEEN}){{0,4}}{_GAP}$",
            rf"(?<![\w]){_ES}(?:{_GAP}{_ES_BETWEEN}){{0,5}}{_GAP}$",
            r"(?<![\w])(?:non|anti|no)-$",
            r"(?<![\w])sans d'$",
        ),
    ),
)
# What looks like a refusal and is none.
_NO_REFUSAL: Final = re.compile(
    r"(?:not (?:only|just|merely|simply|unlike|far|without|forget|miss|to forget)|no (?:doubt|"
    r"less)|"
    r"don't (?:forget|miss)|do not (?:forget|miss)|never (?:forget|without)|nothing but|"
    r"(?:no one|nobody|nothing|none) (?:except|besides|other than|apart from)|no one but|"
    r"none other than|no other than|why not(?: show)?|nicht nur|no s[oó]lo|"
    r"no solamente|pas seulement|non seulement|no olvides|n'oublie[rz]? pas|"
    r"nicht vergessen)[\w' ]*[ '\"「『《“‘(\[#]*$|"
    # Two refusals are a wish: "not complete without", "impossible sans", "nicht ohne".
    r"(?:n't|\b(?:not|cannot|never|nothing|nobody|impossible|incomplete|unthinkable|unimaginable|"
    r"pas|rien|jamais|incomplet|nicht|nichts|nie|unvorstellbar|nunca|nada|imposible|incompleto))"
    r"\b[\w' ]{0,30} (?:without|sans|ohne|sin)\b[\w' ]*[ '\"“‘(]*$",
)

_WORD: Final = re.compile(r"[^\W\d_]+")
# The words that refusals and their exceptions begin with, up to an apostrophe or a space.
_FIRST_WORDS_LIST: Final = (
    "no not non never without w avoid avoiding avoids except excluding excludes exclude minus omit "
    "omitting remove removing skip skipping ban banned forbid zero instead rather other anything "
    "everything apart aside free devoid lacking leave leaving get unlike nothing neither nor isn "
    "aren wasn weren don doesn didn shouldn mustn can couldn wouldn won cannot isnt arent "
    "dont doesnt didnt shouldnt mustnt cant couldnt wouldnt wont is are was were do does did "
    "should must could would negative neg anti all any every everyone everybody anyone "
    "delete erase under on at by refrain refraining steer steering "
    "stay keep staying keeping abstain nobody none "
    "sans aucun aucune pas jamais ni évite évitez éviter exclure excluant exclu exclue exclus "
    "interdiction différent différente différents différentes exclues sauf excepté hormis "
    "exception au plutôt autre interdit "
    "nulle zéro interdite keinerlei prohibido prohibida cero absent lacks "
    "kein keine keinen keinem keiner keines ohne nicht nie niemals vermeide vermeiden vermeidet "
    "mit anders außer ausser ausgenommen statt anstatt anstelle weder noch frei verzichte bloß "
    "con a distinto distinta distintos distintas diferente diferentes sin nunca jamás "
    "evita evitar evite evitando excepto salvo menos en nada ningún ninguna "
    "excluye "
    "excluir excluyendo que"
)
_FIRST_WORDS: Final = frozenset(_FIRST_WORDS_LIST.split())
_EXCEPTIONS: Final = frozenset(
    {"not", "no", "don", "do", "never", "nothing", "none", "why", "without"}
    | {"nicht", "pas", "non", "oublie", "oubliez", "sans", "ohne", "sin"},
)

_LATIN_AFTER: Final = re.compile(
    r"['\"」』》”’)\]]?(?:'s)?(?:"
    r"-free\b|"
    r" (?:does|do|did)(?:n't| not) exist\b|(?: was| were)? never (?:born|existed|created|made)\b|"
    r" (?:(?:must|should|shall|may|can|could|will|does|do|is|are|was|were)(?:n't| not)|never|"
    r"cannot|"
    r"can't|won't|(?:must|should|shall|may|can|will) never)(?: ever| be| to)*"
    r"(?: (?:appear|included?|shown?|seen|visible|present|allowed|used?|depicted|featured?|"
    r"in (?:it|the|this)|welcome|wanted|there|part of)\b)|"
    r":? (?:is |are |be )?(?:forbidden|excluded|banned|prohibited|not allowed|absent|"
    r"off[- ]limits)\b|"
    r" (?:(?:should|must|shall|may|can|is|are|will)(?: be)? )?nowhere\b|"
    r"\? no\b|"
    r" (?:has|have) (?:no place|nothing to do)\b|"
    r" (?:(?:is|are) )?(?:left|kept|cut) out\b|"
    r" (?:est |sont )?(?:interdite?s?|exclue?s?|à éviter|"
    r"ne (?:doit|doivent) (?:apparaître|figurer|être)|ne doit pas|ne doivent pas|n'apparaît pas)\b|"
    r" (?:est |sont )?(?:absente?s?|proscrite?s?)\b|"
    r" (?:bitte )?(?:ist |sind )?(?:verboten|nicht erlaubt|ausgeschlossen|weglassen)\b|"
    r" (?:soll|darf|sollen|dürfen)(?: \w+)? (?:nicht|nirgends|nirgendwo|niemals|nie)\b|"
    r" nicht(?: (?:zeigen|zeichnen|verwenden|darstellen|einbauen|sehen|haben|dabei))?(?=[,.;!]|$)|"
    r" (?:está |están )?(?:prohibido|prohibida|excluido|excluida|no debe|no puede|"
    r"no aparece|no debería)\b"
    r")",
)

# "Leave Pikachu out": the cue stands on both sides.
_LEAVING: Final = re.compile(
    r"\b(?:leav(?:e|es|ing)|left|keep(?:s|ing)?|kept|cut(?:s|ting)?)[ '\"]+$"
)
# "Avoid logos, text and Pikachu": a list whose first items are no names.
_ITEM: Final = r"(?:any |the |all )?[^\W\d_]+(?: [^\W\d_]+)?"
_LATIN_LIST: Final = re.compile(
    r"(?<![\w])(?:no|without|avoid|avoiding|exclude|excluding|never show|do not (?:show|include)|"
    r"don't (?:show|include)|free (?:of|from)|sans|ohne|keine?|sin) "
    rf"(?:{_ITEM}, (?:no )?){{0,5}}{_ITEM},? (?P<last>or|nor|and|ou|oder|und|et|o|y|ni) "
    r"(?:any |the |no )?$"
)
# What such a list ends with; tried first, being short.
_LIST_END: Final = re.compile(r"\b(?:or|nor|and|ou|oder|und|et|o|y|ni) (?:any |the |no )?$")
_LIST_END_CHARS: Final = 10
_ENDS: Final = re.compile(r"['\"]? *(?:$|[.!;,)\]\n])")
_EITHER: Final = frozenset({"or", "nor", "ou", "oder", "o", "ni"})
_ZH_LIST: Final = re.compile(
    r"(?:不要|避免|禁止|没有|沒有|不含|不得|请勿|請勿)(?:出现|出現|有|包含|包括|任何){0,3}"
    r"(?:[^\s,。;、]{1,8}、){0,5}[^\s,。;、]{1,8}(?:和|与|與|或|及|以及|或者)$"
)

_OUT: Final = re.compile(
    r"['\"]? out\b(?! of)|['\"]? from (?:the |this |my |our )?"
    r"(?:frame|shot|video|picture|scene|image|film|clip|story|list)\b|"
    r"['\"]? out of (?:the |my |this |our |any )?(?:whole )?"
    r"(?:this|that|frame|shot|video|picture|scene|image|film|clip|it|view|sight|animation|"
    r"story|background)\b"
)

_JA_TAIL: Final = (
    r"[」』》”]?(?:っぽい|っぽく|っぽさ|風に|風|的|らしさ|らしい|みたい|感)?"
    r"(?:の(?:よう|出番|面影|存在|雰囲気|特徴|モチーフ|シルエット|キャラクター|キャラ|姿|"
    r"絵|ロゴ|要素|"
    r"登場人物|もの|物|画像|部分|イメージ|パロディ|二次創作))?(?:な(?:もの|の|キャラ(?:クター)?))?"
    r"(?:は|を|が|も|と|に|とか|など|だけは|では|って|の|たち|等|自体|そのもの|さん|ちゃん|"
    r"くん){0,4}"
    r"(?:、)?(?:一切|絶対に?|決して|まったく|全く|あまり|もう|画面にも?|映像にも?|"
    r"動画にも?|背景にも?){0,2}"
)
# Verbs of showing, resembling and using, up to their negation; a subject that does not run or
# laugh is there all the same.
_JA_SHOWING: Final = (
    "出さ|映さ|写さ|映ら|写ら|描か|えがか|使わ|含ま|作ら|映り込ま|写り込ま|入り込ま|思わせ|連想させ|彷彿とさせ|"
    "登場し|登場させ|出現し|出現させ|使用し|描写し|表示し|表示され|生成し|再現し|参考にし|採用し|反映し|出演し|"
    "表現し|真似|真似し|まねし|モデルにし|配置し|追加し|言及し"
)
_JA_AFTER: Final = re.compile(
    _JA_TAIL + r"(?:なし|無し|ナシ|抜き|ぬき|禁止|きんし|以外|いがい|除[くき外いか]|のぞ[くき]|"
    r"除外|不要|不可|厳禁|NG|ng|ダメ|だめ|駄目|嫌(?:だ|です)|関係な|無関係|"
    r"で(?:は|も)?な[いくし]|じゃな[いくし]|(?:では|じゃ)ありません|とは(?:違|ちが|別)|"
    r"し(?:ない(?:で|よう|こと)|ずに)|出て?こ[なず]|出てき(?:ては|ちゃ)|出てほしくな|"
    r"(?:" + _JA_SHOWING + r")(?:な[いくし]|ないで|ず|ぬ|ません)|"
    r"(?:出|現れ|見え|入れ|含め|加え|混ぜ|似せ|寄せ|近づけ|見せ|取り入れ)(?:な[いくし]|ず|ません)|"
    r"登場は(?:なし|禁止|不要)|使用禁止|似てい?な|(?<=[くにと])なら(?:な|ず)|"
    r"い(?:な[いくし]|りません|ません|らな)|居な[いくし]|要りません|要らな|必要(?:な|あり)|"
    r"あり(?:え)?ません|"
    r"存在し(?:な|ず|ません)|(?<=は)(?:避け|さけ)|"
    r"無く|なく|ない(?:で|世界|よう|もの|森|部屋|街|町)|やめ(?:て|る)|"
    # With another particle these are something that the subject does.
    r"(?<=を)(?:避け|さけ|排除|外し|消し|消す|控え|取り除|除外|省[いく]))",
)
_JA_BEFORE: Final = re.compile(
    r"(?:禁止|NG|ng|除外|不要|不可|避けるもの|ネガティブ|出さないもの)[::] ?[「『]?$"
)

_ZH_BEFORE: Final = re.compile(
    r"(?:不需要|不需|无需|無需|用不着|不要|不能|不是|不像|不想|不想要|不许|不許|不准|不会|"
    r"不會|不得|不应|不應|不可|不含|"
    r"不包含|不包括|"
    r"不出现|不出現|不画|不畫|"
    r"而不是|没有|沒有|没|沒|无|無|别|別|避免|禁止|除了|除去|除|去掉|排除|拒绝|拒絕|请勿|請勿|"
    r"勿|非|并非|並非|绝不|絕不|从不|"
    r"去除|移除|删除|刪除|剔除|杜绝)"
    r"(?:再|要|有|出现|出現|画|畫|使用|用|任何|像|是|包含|包括|含有|"
    r"成|出|一点|一點|半点|丝毫|加入|展示|显示|顯示|模仿|参考|參考|让|讓|把|一[只個个位]|"
    r"真正的|看到|看见|涉及|带有|與|与|和|类似|類似|的|关于|關於|提到|借鉴|生成){0,4}[《「“『\"]?$",
)
_ZH_NO_REFUSAL: Final = re.compile(
    r"(?:不仅|不只|不但|不光|无不|是不是|有没有|除非|别忘了?|不要忘记?|不能没有|不能少|"
    r"少不了)[^,。,;]{0,6}$",
)
_ZH_AFTER: Final = re.compile(
    r"[》」”』\"]?(?:的(?:元素|形象|角色|标志|標誌))?(?:除外|禁止|不要|不在|"
    r"不(?:要|得|能|可|许|許|会|會|应|應|该|該|准)?出[现現]|以外|之外的|无关|無關)",
)
# "Vergiss Pikachu nicht", ピカチュウなしでは始まらない: a refusal of its absence.
_LATIN_NO_ABSENCE: Final = re.compile(
    r"(?:vergiss|vergesst|vergessen sie|verpasst?|verpasse)(?: \w+)? ['\"]?$"
)
_NICHT: Final = re.compile(r"['\"]? nicht\b")
_JA_NO_ABSENCE: Final = re.compile(
    r"[」』》”]?(?:さん|ちゃん|くん|たち)?以外(?:は|に|には)?(?:誰|だれ|何|なに|どこ)|"
    r"[」』》”]?(?:さん|ちゃん|くん|たち)?(?:が|も|は)?(?:い|居)?"
    r"(?:ない|無い|なし|無し|抜き|ぬき)(?:で)?(?:と|じゃ|では|には)"
    r"(?![くし])[^。、]{0,8}(?:ない|ません|だめ|ダメ|駄目|困|無理|寂し|さみし|つまら)",
)
_ZH_BESIDES: Final = re.compile(r"除了?[^,]{0,12}$")
_ZH_ALSO: Final = re.compile(r"[^。;]{0,4}(?:之外|以外|外)?[,]?[^。;]{0,6}(?:还|還|也|都有)")

_KO_NO_ABSENCE: Final = re.compile(r"['\"」』》”]?(?:이|가)? ?없(?:이는|으면) ?(?:안|못|불가|허전)")
_KO_AFTER: Final = re.compile(
    r"['\"」』》”]?(?:같은|스러운)?(?:이|가|은|는|을|를|도|와|과|의|로|나|이나|처럼)? ?"
    r"(?:캐릭터|모습|요소|로고|등장)?"
    r"(?:이|가|은|는|을|를|도)? ?(?:절대|전혀|더 이상|화면에|배경에)? ?"
    r"(?:없이|없는|없고|없게|없음|없다|없어|없습니다|제외|빼고|빼줘|뺀|빼 |말고|"
    r"(?: ?(?:사용|등장|출연|노출))? ?금지|"
    r"필요 ?없|피해|피하|배제|"
    r"아닌|아니라|아니고|아니며|아닙니다|"
    r"안 (?:나오|보이|그리|넣|쓰)|나오지|넣지|그리지|쓰지|등장하지|등장시키지|사용하지|"
    r"포함하지|포함되지|보이지|보여주지|"
    r"[가-힣]{1,5}(?:면|서는|선) 안 ?(?:돼|되|됩|됨|된)|"
    r"(?<=[를을] )(?!잊|놓치|빠뜨리)[가-힣]{1,5}지 (?:마|말)|"
    r"나타나지|닮지|비슷하지|출연하지|대신|이외|외의)",
)

_LIST_GAP: Final = re.compile(
    r"(?:'s)?(?:,|、|・|/|;| or | nor | and | & | oder | noch | und | ou | ni | et | o | y |"
    r"或|和|与|與|及|跟|や|も|と|か|"
    r"でも|にも|이나|나|와|과|도|랑|, or |, nor |, and |, ni )+ ?(?:any |the |no )?['\"「『《“]?",
)


_COMMA: Final = re.compile("[,、;/] ?")
_LIST_GOES_ON: Final = re.compile(
    r" *(?:$|[.!;)。、,]|or |nor |and |oder |noch |und |ou |ni |et |o |y |或|和|や)"
)


def refusal_side(before: str, after: str) -> Side | None:
    """
    Tell on which side of a name a cue asks for its absence; None when nothing does.

    `before` is folded text up to the name, `after` from its end on; the last `AROUND_CHARS` and the
    first `AROUND_CHARS` of them are enough.
    """
    if _is_no_refusal(before, after):
        return None
    if (
        _refuses_before(before)
        or _ends_list(before, after)
        or (_LEAVING.search(before) and _OUT.match(after))
    ):
        return "before"
    if any(cue.match(after) for cue in (_LATIN_AFTER, _JA_AFTER, _ZH_AFTER, _KO_AFTER)):
        return "after"
    return None


def _is_no_refusal(before: str, after: str) -> bool:
    """Whether a cue says something else: "not only X", 不仅是X, 除了X还有Y."""
    if not _EXCEPTIONS.isdisjoint(_WORD.findall(before)) and _NO_REFUSAL.search(before):
        return True
    if _NICHT.match(after) and _LATIN_NO_ABSENCE.search(before):
        return True
    if not after.isascii() and (_JA_NO_ABSENCE.match(after) or _KO_NO_ABSENCE.match(after)):
        return True
    if before.isascii():
        return False
    if _ZH_NO_REFUSAL.search(before):
        return True
    return bool(_ZH_BESIDES.search(before) and _ZH_ALSO.match(after))


def _refuses_before(before: str) -> bool:
    # The long patterns are tried only where a word of theirs begins.
    if any(
        word[0] in _FIRST_WORDS and _LATIN_BEFORE.match(before, word.start())
        for word in _WORD.finditer(before)
    ):
        return True
    if _JA_BEFORE.search(before):
        return True
    return not before.isascii() and bool(_ZH_BEFORE.search(before) or _ZH_LIST.search(before))


def _ends_list(before: str, after: str) -> bool:
    """Whether a name is the last of a refused list whose other items are no names."""
    if not _LIST_END.search(before, max(0, len(before) - _LIST_END_CHARS)):
        return False
    listed = _LATIN_LIST.search(before)
    if listed is None:
        return False
    # "No people and Pikachu runs" goes on; "no text, logos or Pikachu" cannot but be a list.
    return listed["last"] in _EITHER or ("," in listed[0] and bool(_ENDS.match(after)))


def shares_refusal(gap: str, after: str) -> bool:
    """
    Whether a name goes on with the list of the refused one before it.

    `gap` stands between the two, `after` behind the second. A comma alone makes a list only when
    the sentence does not go on behind it: "without Pikachu, Raichu runs" refuses one.
    """
    if not _LIST_GAP.fullmatch(gap):
        return False
    return not _COMMA.fullmatch(gap) or bool(_LIST_GOES_ON.match(after))
