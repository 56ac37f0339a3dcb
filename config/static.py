"""How long browsers may keep the files that pages are made of."""


def ask_to_keep(headers: dict[str, str], path: str, url: str) -> None:
    """The public pages' own few are kept as little as the pages: a reader's phone shall
    not tell that it was here.
    """
    if "/static/tracker/" in url:
        headers["Cache-Control"] = "no-store"
