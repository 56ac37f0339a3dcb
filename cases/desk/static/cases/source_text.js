// Marked words of the source's text fill the boxes of the panel. Without this script one
// copies them by hand.
"use strict";

(function () {
  const text = document.getElementById("source-text");
  const quote = document.getElementById("id_recording_quote");
  const place = document.getElementById("id_recording_locator");
  if (!text || !quote || !place) {
    return;
  }

  function paragraphOf(node) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    return element.closest("[data-number]");
  }

  // The number before a paragraph is ours, and not the source's.
  function words(range) {
    const part = range.cloneContents();
    part.querySelectorAll(".quiet").forEach((number) => number.remove());
    return part.textContent.replace(/\s+/g, " ").trim();
  }

  function take() {
    const marked = document.getSelection();
    if (!marked || marked.isCollapsed || !marked.rangeCount) {
      return;
    }
    const range = marked.getRangeAt(0).cloneRange();
    const paragraph = paragraphOf(range.startContainer);
    if (!paragraph) {
      return;
    }
    // Of the last paragraph, three clicks mark up to what comes after the text.
    if (!text.contains(range.endContainer)) {
      range.setEnd(text, text.childNodes.length);
    }
    const said = words(range);
    if (said) {
      quote.value = said.slice(0, quote.maxLength > 0 ? quote.maxLength : said.length);
      place.value = text.dataset.place.replace("%s", paragraph.dataset.number);
    }
  }

  text.addEventListener("mouseup", take);
  text.addEventListener("keyup", take);
  text.addEventListener("touchend", take);
})();
