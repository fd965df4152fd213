// Adds dropping a file and an upload bar to the form of /verify. Without it the form works alike.
"use strict";

const form = document.querySelector("form[data-drop]");
const input = form.querySelector("input[type=file]");
const zone = form.querySelector(".drop");
const waiting = form.querySelector("[data-waiting]");
const bar = form.querySelector("progress");

form.querySelector("[data-drop-hint]").hidden = false;

for (const kind of ["dragenter", "dragover"]) {
  zone.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) {
  zone.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.remove("over");
  });
}
zone.addEventListener("drop", (event) => {
  if (event.dataTransfer.files.length > 0) {
    input.files = event.dataTransfer.files;
  }
});

form.addEventListener("submit", (event) => {
  // Nothing to upload: the plain form shows what to do.
  if (input.files.length === 0 || input.files[0].size === 0) {
    return;
  }
  event.preventDefault();
  const upload = new XMLHttpRequest();
  upload.open("POST", form.action);
  upload.setRequestHeader("Accept", "application/problem+json");
  upload.upload.addEventListener("progress", (progress) => {
    if (progress.lengthComputable) {
      bar.value = progress.loaded / progress.total;
    }
  });
  upload.addEventListener("load", () => {
    // The answer of a finished upload is a redirect, which the browser has already followed.
    if (upload.status < 400) {
      window.location.assign(upload.responseURL);
      return;
    }
    let code = "internal_error";
    try {
      code = JSON.parse(upload.responseText).code;
    } catch {
      // Not a problem of ours, for example a proxy's page: the general one is shown.
    }
    window.location.assign(`/problems/${encodeURIComponent(code)}${window.location.search}`);
  });
  upload.addEventListener("error", () => {
    waiting.hidden = true;
    // The plain form shows the browser's own message about the connection.
    form.submit();
  });
  waiting.hidden = false;
  upload.send(new FormData(form));
});
