"use strict";
// "Do we know this person?", asked while a name is typed in a box with data-known. In a
// box of several lines it is asked of the line that is typed. Saving asks without this.
(() => {
    const PAUSE = 600; // milliseconds without a key
    const SHORTEST = 3;
    let waiting = null;
    let latest = "";

    const typedIn = (box) => {
        if (box.tagName !== "TEXTAREA") {
            return box.value.trim();
        }
        const before = box.value.slice(0, box.selectionStart).split("\n").pop();
        const after = box.value.slice(box.selectionStart).split("\n").shift();
        return (before + after).trim();
    };

    const placeBeside = (box) => {
        let place = box.parentNode.querySelector(".known");
        if (!place) {
            place = document.createElement("div");
            place.className = "known";
            place.setAttribute("role", "status");
            box.after(place);
        }
        return place;
    };

    const show = (box, answer) => {
        const place = placeBeside(box);
        place.replaceChildren();
        if (!answer.results.length) {
            return;
        }
        const question = document.createElement("strong");
        question.textContent = answer.question;
        const list = document.createElement("ul");
        for (const person of answer.results) {
            const link = document.createElement("a");
            link.href = person.url;
            link.target = "_blank";
            link.rel = "noopener";
            link.textContent = person.text;
            const item = document.createElement("li");
            item.append(link);
            list.append(item);
        }
        place.append(question, list);
    };

    const ask = async (box) => {
        const name = typedIn(box);
        latest = name;
        if (name.length < SHORTEST) {
            show(box, {results: []});
            return;
        }
        const address = new URL(box.dataset.known, window.location.href);
        address.searchParams.set("term", name);
        const response = await fetch(address, {headers: {Accept: "application/json"}});
        if (response.ok && latest === name) {
            show(box, await response.json());
        }
    };

    document.addEventListener("input", (event) => {
        const box = event.target;
        if (!box.dataset || !box.dataset.known) {
            return;
        }
        window.clearTimeout(waiting);
        waiting = window.setTimeout(() => ask(box), PAUSE);
    });
})();
