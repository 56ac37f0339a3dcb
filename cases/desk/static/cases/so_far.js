"use strict";
// The bar of a section says what was changed so far while one types. Without this script
// it says so when the page comes back unsaved.
(() => {
    const bar = document.querySelector(".section-bar .so-far");
    const form = bar && bar.closest("form");
    if (!form) {
        return;
    }
    const before = bar.innerHTML;
    const changedBefore = (bar.dataset.changed || "").split("\n").filter(Boolean);
    // How the change is told, and not what is changed.
    const ASIDE = /^(_|change_reason|recording|source_says|seen_|csrf)/;

    const isChanged = (box) => {
        if (box.type === "checkbox" || box.type === "radio") {
            return box.checked !== box.defaultChecked;
        }
        if (box.tagName === "SELECT") {
            // Where none was chosen the first one stands there by itself.
            const options = [...box.options];
            const hadChoice = options.some((option) => option.defaultSelected);
            if (!hadChoice && !box.multiple) {
                return box.selectedIndex > 0;
            }
            return options.some((option) => option.selected !== option.defaultSelected);
        }
        return box.value !== box.defaultValue;
    };

    const labelOf = (box) => {
        const group = box.closest("fieldset, .form-row");
        const legend = box.type === "checkbox" && group && group.querySelector(":scope > legend");
        const label = legend || (box.labels && box.labels[0]);
        const text = label ? label.textContent : box.getAttribute("aria-label") || "";
        return text.trim().replace(/[:*\s]+$/, "");
    };

    const show = () => {
        const labels = new Set(changedBefore);
        for (const box of form.elements) {
            const isTyped = box.name && box.type !== "hidden" && box.type !== "submit";
            if (isTyped && !ASIDE.test(box.name) && !box.name.includes("__prefix__")) {
                if (isChanged(box) && labelOf(box)) {
                    labels.add(labelOf(box));
                }
            }
        }
        if (!labels.size) {
            bar.innerHTML = before;
            return;
        }
        const words = document.createElement("strong");
        words.textContent = bar.dataset.words;
        bar.replaceChildren(words, " " + [...labels].join(", "));
    };

    // The boxes that search tell jQuery alone that something was chosen.
    const listen = window.django && window.django.jQuery;
    if (listen) {
        listen(form).on("input change", show);
    } else {
        form.addEventListener("input", show);
        form.addEventListener("change", show);
    }
    document.addEventListener("formset:removed", show);
})();
