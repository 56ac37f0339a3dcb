"""How long browsers may keep the files that pages are made of."""


def ask_to_keep(headers: dict[str, str], path: str, url: str) -> None:
    """A browser keeps the public pages' files no longer than the pages themselves.

    A reader's phone must not tell that somebody read them.
    """
    if "/static/tracker/" in url:
        headers["Cache-Control"] = "no-store"
