"""Mail domains as evidence: who registered the domain of an address, and which domains say nothing."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Under a two-letter country these labels are registries' own: edu.cn, co.uk, ac.jp. One label more is a name.
SECOND_LEVEL = _words(
    """
    ac ad co com ed edu gob gov go gouv gv idf k12 lg ltd me mil mod ne net nhs nom or org plc police res sch
    """
)
# The provinces of China register names directly below them: bj.cn, sh.cn.
PROVINCES = _words(
    """
    ah bj cq fj gd gs gx gz ha hb he hi hk hl hn jl js jx ln mo nm nx qh sc sd sh sn sx tj tw xj xz yn zj
    """
)
PUBLIC_PROVIDERS = _words(
    """
    126.com 139.com 163.com 189.cn 21cn.com 263.net aliyun.com foxmail.com qq.com sina.cn sina.com sogou.com
    sohu.com tom.com vip.163.com wo.cn yeah.net
    aol.com duck.com fastmail.com gmail.com gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.com
    icloud.com live.com mac.com mail.com mail.ru me.com msn.com naver.com outlook.com pm.me proton.me
    protonmail.com rocketmail.com tutanota.com web.de yahoo.co.jp yahoo.com yandex.com yandex.ru ymail.com
    zoho.com
    """
)
# Kept free for documents and tests (RFC 2606): everybody's, as a public provider's.
NOBODYS = _words("example.com example.net example.org demo.example")


def registrable(address: str) -> str | None:
    """The registered domain of a mail address (`a@mail.lzu.edu.cn` -> `lzu.edu.cn`), lower case.

    None where the address has no domain, or a public provider's: sharing that says nothing about two people.
    """
    host = address.rpartition("@")[2].strip().strip(".").lower()
    labels = host.split(".")
    if "@" not in address or len(labels) < 2 or not all(labels):
        return None
    country = len(labels[-1]) == 2
    registry = labels[-2] in SECOND_LEVEL or (labels[-1] == "cn" and labels[-2] in PROVINCES)
    name = ".".join(labels[-3:] if country and registry and len(labels) > 2 else labels[-2:])
    return None if {name, host} & (PUBLIC_PROVIDERS | NOBODYS) else name
