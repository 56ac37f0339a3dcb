"""In which language an answer is: a page's own address says it.

What is not a page is in English, whoever asks: the API, its tables and the feed are
read by programs. `Accept-Language` counts at “/” alone. The desk's addresses say no
language: cases/desk/signin/language.py has its reader's.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import get_script_prefix
from django.utils import translation


class PageLanguage(LocaleMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        language = of_address(request.path_info)
        if request.path_info == "/":
            language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """What is not found is looked for below a language, as “/” is."""
        if response.status_code == 404:
            return super().process_response(request, response)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


def of_address(path: str) -> str:
    """By the start of a path, without the reader’s own wishes."""
    language = path.removeprefix("/").partition("/")[0]
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def for_all_others(request: HttpRequest) -> str:
    """For readers of no language of ours: of the start page “/”, which asks their
    browser; of any other page the one in the first language.
    """
    if request.path_info.strip("/") in dict(settings.LANGUAGES):
        return get_script_prefix()
    return in_language(request, settings.LANGUAGE_CODE)


def in_language(request: HttpRequest, language: str) -> str:
    """The address of the same page in another language, with all that was asked of it."""
    page = request.path_info.split("/", 2)[2]
    address = f"{get_script_prefix()}{language}/{page}"
    asked = request.META.get("QUERY_STRING", "")
    return f"{address}?{asked}" if asked else address
