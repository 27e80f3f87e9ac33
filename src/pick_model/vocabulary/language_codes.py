"""Other codes and names of the languages in the table, and which stand for one another."""

from __future__ import annotations

# Older or narrower codes people type, and the code they are read as. Norwegian, Chinese and
# Arabic are meant by the standard form of each, as nearly every model card means them.
SYNONYMS = {
    "iw": "he",
    "in": "id",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "nb": "no",
    "nn": "no",
    "cmn": "zh",
    "arb": "ar",
    "fil": "tl",
    "pes": "fa",
    "swh": "sw",
    "npi": "ne",
    "ory": "or",
    "lvs": "lv",
    "ekk": "et",
    "plt": "mg",
    "pbt": "ps",
    "ydd": "yi",
    "azj": "az",
    "uzn": "uz",
    "kmr": "ku",
}

# ISO 639-2, terminological and bibliographic, of the languages with two letters.
_THREE_LETTERS = """
    aar aa  abk ab  afr af  aka ak  alb sq  amh am  ara ar  arg an  arm hy  asm as  ava av
    ave ae  aym ay  aze az  bak ba  bam bm  baq eu  bel be  ben bn  bis bi  bod bo  bos bs
    bre br  bul bg  bur my  cat ca  ces cs  cha ch  che ce  chi zh  chu cu  chv cv  cor kw
    cos co  cre cr  cym cy  cze cs  dan da  deu de  div dv  dut nl  dzo dz  ell el  eng en
    epo eo  est et  eus eu  ewe ee  fao fo  fas fa  fij fj  fin fi  fra fr  fre fr  fry fy
    ful ff  geo ka  ger de  gla gd  gle ga  glg gl  glv gv  gre el  grn gn  guj gu  hat ht
    hau ha  heb he  her hz  hin hi  hmo ho  hrv hr  hun hu  hye hy  ibo ig  ice is  ido io
    iii ii  iku iu  ile ie  ina ia  ind id  ipk ik  isl is  ita it  jav jv  jpn ja  kal kl
    kan kn  kas ks  kat ka  kau kr  kaz kk  khm km  kik ki  kin rw  kir ky  kom kv  kon kg
    kor ko  kua kj  kur ku  lao lo  lat la  lav lv  lim li  lin ln  lit lt  ltz lb  lub lu
    lug lg  mac mk  mah mh  mal ml  mao mi  mar mr  may ms  mkd mk  mlg mg  mlt mt  mon mn
    mri mi  msa ms  mya my  nau na  nav nv  nbl nr  nde nd  ndo ng  nep ne  nld nl  nno no
    nob no  nor no  nya ny  oci oc  oji oj  ori or  orm om  oss os  pan pa  per fa  pli pi
    pol pl  por pt  pus ps  que qu  roh rm  ron ro  rum ro  run rn  rus ru  sag sg  san sa
    sin si  slk sk  slo sk  slv sl  sme se  smo sm  sna sn  snd sd  som so  sot st  spa es
    sqi sq  srd sc  srp sr  ssw ss  sun su  swa sw  swe sv  tah ty  tam ta  tat tt  tel te
    tgk tg  tgl tl  tha th  tib bo  tir ti  ton to  tsn tn  tso ts  tuk tk  tur tr  twi tw
    uig ug  ukr uk  urd ur  uzb uz  ven ve  vie vi  vol vo  wel cy  wln wa  wol wo  xho xh
    yid yi  yor yo  zha za  zho zh  zul zu  hbs sh
"""
_WORDS = _THREE_LETTERS.split()
SYNONYMS |= dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))

# English names beside the standard's.
NAMES = {
    "greek": "el",
    "farsi": "fa",
    "filipino": "tl",
    "mandarin": "zh",
    "mandarin chinese": "zh",
    "simplified chinese": "zh",
    "traditional chinese": "zh",
    "cantonese": "yue",
    "bokmål": "no",
    "nynorsk": "no",
    "punjabi": "pa",
    "odia": "or",
    "pashto": "ps",
    "uyghur": "ug",
    "kyrgyz": "ky",
    "sinhalese": "si",
    "slovene": "sl",
    "flemish": "nl",
    "castilian": "es",
    "moldavian": "ro",
    "haitian creole": "ht",
    "frisian": "fy",
    "serbo-croatian": "sh",
}

# A language and its standard form, or its parts where each of them is one: who asks for either
# is served by a model of the other. (ISO 639-3 macrolanguages, but not those whose members
# are written or spoken too differently: Kurdish, Azerbaijani, Chinese, Malay with Indonesian.)
ALIKE = {
    "als": "sq",
    "ayr": "ay",
    "bs": "sh",
    "fuv": "ff",
    "gaz": "om",
    "gom": "kok",
    "hr": "sh",
    "khk": "mn",
    "knc": "kr",
    "quy": "qu",
    "sr": "sh",
    "tw": "ak",
    "zsm": "ms",
}
# A spoken variety whose written language is the one named: served by a model of that, while
# who asks for that is not served by a model of one variety.
VARIETY_OF = {
    "acm": "ar",
    "acq": "ar",
    "aeb": "ar",
    "apc": "ar",
    "ars": "ar",
    "ary": "ar",
    "arz": "ar",
    "prs": "fa",
}
