"""Words that say nothing, endings and spellings: what `wording.py` goes by."""

from __future__ import annotations

from collections.abc import Sequence


def _pairs(written: str) -> Sequence[tuple[str, str]]:
    return [(first, second) for first, _, second in (each.partition("=") for each in written.split())]


_COMMON = """
a about above after again against all also am an and any are as at be because been before being
below between both but by can cannot could did do does doing down during each few for from further
had has have having he her here hers him his how however i if in into is it its itself just like
less more most must my no nor not now of off often on once one only onto or other our out over own
per rather same several she should so some such than that the their them then there these they this
those three through thus to too two under until up upon us use used user uses using very via was we
well were what when where which while who whose why will with within without would yet you your etc
eg ie e.g i.e
"""
_COMMON_ZH = """
的 了 和 与 及 在 是 为 对 等 中 上 下 其 或 并 将 可 有 以 一 我 我们 你 他 她 它 也 都 就 又 很 太
被 把 让 给 从 到 向 而 且 但 但是 不 没 没有 还 再 个 这 那 这个 那个 一个 什么 怎么 怎样 如何 能
能不能 可以 不能 要 想 需要 要求 希望 实现 进行 采用 具有 以上 以下 以内 不低于 不少于 不超过 大于
小于 目标 寻求 寻找 研究 技术 方案 问题 现有 通过 得 地 着 过 吗 呢 吧 啊 呀 的话 时 时候 后 前 里
每 年 月 日 人 元 块 万 百 千 台 次 家 左右 老 老是 总 有点 东西 办法 有没有 现在 知道 弄 搞 做 最好
就是 一下 起来 下来 出来 出去 以后 之后 之前 或者 而且 所以 因为 如果 只 只能 几 多 少 大 小 好 坏
高 低 我厂 公司 企业 单位 相关 目前 同时 分别 达到 满足 适应 适用 支持 提高 降低 提升 减少 解决
"""
# Of a dictionary's explanations.
_VAGUE = """
person people thing matter kind place way make get give go come put take become one's sb sth oneself
used e.g together side part unit classifier measure number numeral word
"""
# In the order in which they are tried, and what is left in their place.
_ENDINGS = """
isations=iz izations=iz isation=iz ization=iz ations=at ation=at ising=iz izing=iz ised=iz ized=iz
ises=iz izes=iz ise=iz ize=iz yses=ys ysis=ys ysing=ys yse=ys yze=ys iveness=iv fulness=ful ments=
ment= ness= ingly= ally=al ities= ity= ating=at ated=at ates=at ate=at ators=at ator=at ives=iv
ive=iv ions= ion= ings= ing= ers= er= ors= or= edly= ies=y ied=y sses=ss ed= es= ly= als= al= s= e=
"""
# One of two spellings for the other, anywhere in a word.
_SPELLINGS = """
sulph=sulf aluminium=aluminum fibre=fiber tyre=tire mould=mold oestr=estr haem=hem paed=ped caes=ces
grey=gray plough=plow colour=color odour=odor vapour=vapor behaviour=behavior flavour=flavor
labour=labor armour=armor harbour=harbor centre=center metre=meter litre=liter calibre=caliber
foetal=fetal analogue=analog catalogue=catalog cheque=check sceptic=skeptic artefact=artifact
ageing=aging storey=story programme=program
"""

COMMON = frozenset(_COMMON.split())
COMMON_ZH = frozenset(_COMMON_ZH.split())
VAGUE = frozenset(_VAGUE.split())
ENDINGS = _pairs(_ENDINGS)
ONE_SPELLING = _pairs(_SPELLINGS)
