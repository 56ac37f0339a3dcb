"use strict";
// As what a date was understood, said while it is typed in a box with data-understood. The
// desk reads it, so that it is read as it will be when it is saved. Without this script
// the next page says so.
(() => {
    const PAUSE = 400; // milliseconds without a key
    let waiting = null;

    // A box of what a source states holds a date only of some fields.
    const holdsDate = (box) => {
        const {dateFields, fieldBox} = box.dataset;
        if (!dateFields) {
            return true;
        }
        const chosen = box.form.elements[fieldBox];
        return Boolean(chosen) && dateFields.split(" ").includes(chosen.value);
    };

    const placeBeside = (box) => {
        let place = box.nextElementSibling;
        if (!place || !place.classList.contains("understood")) {
            place = document.createElement("span");
            place.className = "understood quiet";
            place.setAttribute("role", "status");
            box.after(place);
        }
        return place;
    };

    const ask = async (box, isLeft) => {
        const typed = box.value.trim();
        const place = placeBeside(box);
        if (!typed || !holdsDate(box)) {
            place.textContent = "";
            return;
        }
        const address = new URL(box.dataset.understood, window.location.href);
        address.searchParams.set("typed", typed);
        const response = await fetch(address, {headers: {Accept: "application/json"}});
        // Whoever is no longer signed in is led elsewhere.
        if (!response.ok || response.redirected || box.value.trim() !== typed) {
            return;
        }
        const {words, refusal} = await response.json();
        place.textContent = words || (isLeft ? refusal : "");
    };

    const boxOf = (event) => {
        const box = event.target;
        return box.dataset && box.dataset.understood ? box : null;
    };

    document.addEventListener("input", (event) => {
        const box = boxOf(event);
        window.clearTimeout(waiting);
        if (box) {
            waiting = window.setTimeout(() => ask(box, false), PAUSE);
        }
    });
    document.addEventListener("change", (event) => {
        const box = boxOf(event);
        if (box) {
            window.clearTimeout(waiting);
            ask(box, true);
        }
        // Of another field it is another thing.
        for (const states of document.querySelectorAll("[data-field-box]")) {
            if (states.dataset.fieldBox === event.target.name) {
                ask(states, true);
            }
        }
    });
})();
