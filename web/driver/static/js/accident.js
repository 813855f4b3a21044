// A photo is on its way as soon as it was taken, one tap less. Without this script the button sends it.

for (const form of document.querySelectorAll("form[data-send-at-once]")) {
  const button = form.querySelector("button");
  form.querySelector("input[type=file]").addEventListener("change", (event) => {
    if (!event.target.files.length) return;
    button.textContent = "正在上传…";
    form.submit();
    button.disabled = true;
  });
}
