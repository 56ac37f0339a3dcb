"use strict";
// Says so on the page when a passkey could not be used, and prints recovery codes.
document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.getElementById("passkey-problem").hidden = false;
});
const print = document.getElementById("print");
if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
}
