"use strict";
// What is typed into a page with a draft token is kept as a draft while it is typed, and
// leaving the page warns of what is not kept. Nothing is stored in the browser. Without
// this script there is the button "Keep as draft".
(() => {
    // Where no draft is kept: a comment, a review, a merge.
    function warn() {
        const opened = new Map();
        let sending = false;
        const content = (form) => new URLSearchParams(new FormData(form)).toString();
        window.addEventListener("load", () => {
            for (const form of document.querySelectorAll("#content form[method=post]")) {
                if (form.querySelector("textarea")) {
                    opened.set(form, content(form));
                }
            }
        });
        document.addEventListener("submit", () => {
            sending = true;
        });
        window.addEventListener("beforeunload", (event) => {
            const isTyped = [...opened].some(([form, was]) => content(form) !== was);
            if (isTyped && !sending) {
                event.preventDefault();
            }
        });
    }

    const PAUSE = 2000; // milliseconds without a key
    const problems = document.getElementById("problems");
    if (problems) {
        problems.focus();
    }
    const token = document.querySelector("input[name=draft_token][data-keep]");
    if (!token) {
        warn();
        return;
    }
    const form = token.form;
    const said = form.querySelector(".draft-said");
    let kept = null; // what stood in the boxes when they were kept last, or opened
    let waiting = null;
    let leaving = false;

    const say = (words) => said.replaceChildren(words);

    const saySignedOut = () => {
        const link = document.createElement("a");
        link.href = said.dataset.signInUrl;
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = said.dataset.signIn;
        say(said.dataset.signedOut + " ");
        said.append(link);
    };

    const boxes = () => {
        const pairs = new URLSearchParams();
        for (const [name, value] of new FormData(form)) {
            if (typeof value === "string") {
                pairs.append(name, value);
            }
        }
        // Of the library's two lists everything in the right one is chosen.
        for (const list of form.querySelectorAll(".selector select[id$=_to]")) {
            pairs.delete(list.name);
            for (const option of list.options) {
                pairs.append(list.name, option.value);
            }
        }
        return pairs;
    };

    const post = () =>
        fetch(token.dataset.keep, {
            method: "POST",
            body: boxes(),
            headers: {"X-Draft": "quietly"},
            redirect: "manual",
        });

    // The page may be older than the session: then its token is not taken any more.
    const isSignedIn = async () => {
        const answer = await fetch(token.dataset.signedIn, {redirect: "manual"});
        if (answer.status !== 204) {
            return false;
        }
        form.elements.csrfmiddlewaretoken.value = answer.headers.get("X-CSRFToken");
        return true;
    };

    const content = () => {
        const pairs = boxes();
        pairs.delete("csrfmiddlewaretoken");
        return pairs.toString();
    };

    const isTyped = () => kept !== null && content() !== kept;

    const keep = async () => {
        const now = content();
        try {
            let answer = await post();
            if (answer.status !== 204 && answer.status !== 413) {
                if (!(await isSignedIn())) {
                    saySignedOut();
                    return false;
                }
                answer = await post();
            }
            if (answer.status === 413) {
                say(said.dataset.tooLong);
                return true;
            }
            if (answer.status !== 204) {
                say(said.dataset.notKept);
                return true;
            }
        } catch (error) {
            say(said.dataset.notKept);
            return true;
        }
        kept = now;
        const time = new Date().toLocaleTimeString(document.documentElement.lang, {hour: "2-digit", minute: "2-digit"});
        say(`${said.dataset.kept} ${time}`);
        return true;
    };

    // The library's scripts change boxes while the page loads.
    window.addEventListener("load", () => window.setTimeout(() => {
        kept = content();
    }));
    const noticed = () => {
        window.clearTimeout(waiting);
        waiting = window.setTimeout(() => isTyped() && keep(), PAUSE);
    };
    form.addEventListener("input", noticed);
    form.addEventListener("change", noticed);
    // The library's boxes that search tell of a choice by jQuery alone.
    if (window.django && window.django.jQuery) {
        window.django.jQuery(form).on("change", "select", noticed);
    }

    // Whoever is signed out stays on the page, where everything still stands.
    form.addEventListener("submit", async (event) => {
        window.clearTimeout(waiting);
        if (leaving || !isTyped()) {
            leaving = true;
            return;
        }
        event.preventDefault();
        const button = event.submitter;
        if (await keep()) {
            leaving = true;
            form.requestSubmit(button);
        }
    });

    window.addEventListener("pageshow", () => {
        leaving = false;
    });
    window.addEventListener("beforeunload", (event) => {
        if (!leaving && isTyped()) {
            event.preventDefault();
        }
    });
})();
