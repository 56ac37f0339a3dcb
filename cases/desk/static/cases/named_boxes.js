"use strict";
// The boxes that search come from a library, which leaves them without a name while they
// are empty: a screen reader would say "combo box", and not of what. They take the label
// of the field that they stand for.
(() => {
    const labelOf = (box) => {
        const select = box.previousElementSibling;
        if (!select || select.tagName !== "SELECT") {
            return "";
        }
        if (select.labels.length) {
            return select.labels[0].textContent.trim().replace(/:$/, "");
        }
        return select.getAttribute("aria-label") || headingOver(select);
    };

    // In a table of rows the heading of the column is the label.
    const headingOver = (select) => {
        const cell = select.closest("td");
        if (!cell) {
            return "";
        }
        const heading = cell.closest("table").querySelectorAll("thead th")[place(cell)];
        return heading ? heading.textContent.trim() : "";
    };

    const place = (cell) => {
        let columns = 0;
        for (let before = cell.previousElementSibling; before; before = before.previousElementSibling) {
            columns += before.colSpan;
        }
        return columns;
    };

    const name = (box) => {
        const label = labelOf(box);
        const combo = box.querySelector("[role=combobox]");
        const value = box.querySelector("[role=textbox]");
        if (!label || !combo) {
            return;
        }
        combo.setAttribute("aria-label", label);
        if (value) {
            value.setAttribute("aria-label", label);
            // Both are read: the name, and then what is chosen.
            combo.id = combo.id || `${value.id}-box`;
            combo.setAttribute("aria-labelledby", `${combo.id} ${value.id}`);
        }
    };

    const nameAll = (within) => {
        within.querySelectorAll(".select2-container").forEach(name);
        // The box to type into: of several choices it stands in the box, of one in the
        // list while that is open.
        for (const search of within.querySelectorAll(".select2-search__field")) {
            const own = search.closest(".select2-container");
            const open = document.querySelector(".select2-container--open [role=combobox]");
            const label = (own && labelOf(own)) || (open && open.getAttribute("aria-label"));
            if (label) {
                search.setAttribute("aria-label", label);
            }
        }
        // Of the two lists of Django's admin: a picture with a name says that it is one.
        for (const picture of within.querySelectorAll(".search-label-icon[aria-label]")) {
            picture.setAttribute("role", "img");
        }
    };

    const watch = () => {
        nameAll(document);
        const observer = new MutationObserver((changes) => {
            const isNew = (change) => [...change.addedNodes].some((node) => node.nodeType === 1);
            if (changes.some(isNew)) {
                nameAll(document);
            }
        });
        observer.observe(document.body, {childList: true, subtree: true});
    };

    document.addEventListener("DOMContentLoaded", watch);
})();
