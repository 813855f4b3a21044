// The story stays at its end while one is there; a page whose conversation changed hands is loaded anew.

const NEAR = 80;

export function watchStory() {
  const story = document.getElementById("story");
  if (!story) return;
  const toEnd = () => { story.scrollTop = story.scrollHeight; };
  const mine = () => document.querySelector("#head [data-mine]")?.dataset.mine;
  const whose = mine();
  let atEnd = true;
  toEnd();
  story.addEventListener("scroll", () => { atEnd = story.scrollHeight - story.scrollTop - story.clientHeight < NEAR; });
  document.body.addEventListener("htmx:sseMessage", (event) => {
    if (event.detail.type === "story" && atEnd) toEnd();
    if (event.detail.type === "head" && mine() !== whose && mine() === "1") location.reload();
  });
}
