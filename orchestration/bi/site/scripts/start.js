// Starting a page, and changing its language. English is a word in the address, kept in every link between the pages.

function start() {
  const english = state.get("lang") === "en";
  document.documentElement.lang = english ? "en" : "vi";
  document.title = document.body.dataset[english ? "titleEn" : "titleVi"];
  for (const link of document.querySelectorAll("a[data-page]")) link.hash = english ? "#lang=en" : "";
  for (const named_ of document.querySelectorAll("[data-label-vi]"))
    named_.setAttribute("aria-label", named_.dataset[english ? "labelEn" : "labelVi"]);
  pages[document.body.dataset.page]();
  forget();
}

// the fragment holds the state, so the way to the content is walked by hand
place("skip").onclick = (event) => {
  event.preventDefault();
  place("content").focus();
};
place("language").onclick = () => {
  state.set({ lang: isEnglish() ? "" : "en" });
  start();
};
addEventListener("hashchange", start);
start();
