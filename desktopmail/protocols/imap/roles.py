"""Which folder is the Sent folder: the server's own word (RFC 6154) first, well-known names in many languages else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from desktopmail.domain.folder import Role

SPECIAL_USE = {
    "\\all": Role.ALL,
    "\\allmail": Role.ALL,
    "\\archive": Role.ARCHIVE,
    "\\drafts": Role.DRAFTS,
    "\\junk": Role.JUNK,
    "\\spam": Role.JUNK,
    "\\sent": Role.SENT,
    "\\trash": Role.TRASH,
}
"""Attributes by their lower-case form, with the two older words of XLIST."""

WELL_KNOWN = {
    Role.DRAFTS: """drafts, draft, entwürfe, entwurf, brouillons, borradores, bozze, rascunhos, concepten, kladder,
        utkast, luonnokset, szkice, kopie robocze, koncepty, rozepsané, piszkozatok, schițe, ciorne, черновики,
        чернетки, πρόχειρα, taslaklar, 草稿, 草稿箱, 下書き, 임시 보관함, 임시보관함, المسودات, טיוטות""",
    Role.SENT: """sent, sent items, sent messages, sent mail, sent-mail, gesendet, gesendete objekte,
        gesendete elemente, gesendete nachrichten, envoyés, éléments envoyés, messages envoyés, envoyé, enviados,
        elementos enviados, mensajes enviados, posta inviata, inviata, inviati, itens enviados, mensagens enviadas,
        verzonden, verzonden items, verzonden berichten, sendte elementer, sendt, sendt post, skickat,
        skickade objekt, lähetetyt, wysłane, elementy wysłane, odeslané, odeslaná pošta, odoslané, elküldött elemek,
        elküldött, trimise, отправленные, надіслані, απεσταλμένα, gönderilmiş öğeler, gönderilenler, 已发送,
        已发送邮件, 已傳送的郵件, 寄件備份, 送信済み, 送信済みアイテム, 보낸 편지함, 보낸편지함, المرسلة,
        العناصر المرسلة, פריטים שנשלחו, נשלח""",
    Role.ARCHIVE: """archive, archives, archived, archiv, archivo, archivados, archivio, arquivo, arquivos, archief,
        arkiv, arkisto, archiwum, archív, archívum, arhivă, архив, архів, αρχειοθήκη, arşiv, 归档, 封存, アーカイブ,
        보관함, الأرشيف, ארכיון""",
    Role.JUNK: """junk, junk e-mail, junk email, junk mail, spam, bulk, bulk mail, werbung, unerwünscht,
        indésirables, courrier indésirable, pourriel, correo no deseado, no deseado, posta indesiderata,
        lixo eletrônico, lixo eletrónico, correio eletrónico não solicitado, ongewenste e-mail, ongewenst,
        uønsket e-mail, søppelpost, skräppost, roskaposti, wiadomości-śmieci, niechciane, nevyžádaná pošta,
        nevyžiadaná pošta, levélszemét, нежелательная почта, спам, небажана пошта, ανεπιθύμητη αλληλογραφία,
        önemsiz e-posta, istenmeyen, 垃圾邮件, 垃圾郵件, 迷惑メール, 스팸, 스팸 메일함, البريد العشوائي, דואר זבל""",
    Role.TRASH: """trash, deleted items, deleted messages, deleted, bin, papierkorb, gelöschte objekte,
        gelöschte elemente, gelöscht, corbeille, éléments supprimés, messages supprimés, papelera,
        elementos eliminados, cestino, posta eliminata, lixeira, lixo, itens excluídos, itens eliminados,
        prullenbak, verwijderde items, slettet post, slettede elementer, papirkurv, papperskorgen,
        borttagna objekt, roskakori, poistetut, kosz, elementy usunięte, koš, odstraněná pošta, kôš, kuka, lomtár,
        törölt elemek, coș de gunoi, elemente șterse, удаленные, удалённые, корзина, видалені, кошик, κάδος,
        διαγραμμένα, çöp kutusu, silinmiş öğeler, 已删除, 已删除邮件, 刪除的郵件, 垃圾桶, ゴミ箱, ごみ箱,
        削除済みアイテム, 휴지통, 지운 편지함, المهملات, سلة المهملات, אשפה, פריטים שנמחקו""",
}
_ROLES = {name.strip(): role for role, names in WELL_KNOWN.items() for name in names.replace("\n", " ").split(",")}
PREFIXES = ("inbox", "[gmail]", "[google mail]")


class Listed(Protocol):
    """What is needed of a listed folder to guess."""

    @property
    def name(self) -> str: ...

    @property
    def delimiter(self) -> str: ...

    @property
    def selectable(self) -> bool: ...


def role_of(attributes: Iterable[str], name: str) -> Role:
    """The role the server itself gives a folder; NONE when it says nothing."""
    if name.upper() == "INBOX":
        return Role.INBOX
    for attribute in attributes:
        if role := SPECIAL_USE.get(attribute.lower()):
            return role
    return Role.NONE


def guess(folders: Sequence[Listed], taken: Iterable[Role]) -> dict[int, Role]:
    """Roles by name for roles nobody has yet: index in `folders` → role. Only folders at the top, directly below the
    Inbox or below a provider's own root are considered, those at the top first; one folder per role."""
    missing = set(WELL_KNOWN) - set(taken)
    found: dict[int, Role] = {}
    for wanted_depth in (1, 2):
        for index, folder in enumerate(folders):
            levels = folder.name.split(folder.delimiter) if folder.delimiter else [folder.name]
            below = len(levels) == 2 and levels[0].lower() in PREFIXES
            if len(levels) != wanted_depth or not (len(levels) == 1 or below) or not folder.selectable:
                continue
            role = _ROLES.get(levels[-1].casefold())
            if role in missing and role is not None:
                missing.discard(role)
                found[index] = role
    return found
