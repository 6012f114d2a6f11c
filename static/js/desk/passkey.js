/* The browser's part of a passkey: asked as soon as the page is there; what it says goes back with the form. */
export async function askPasskeys(form) {
  const words = form.querySelector("[data-failed]");
  words.textContent = words.dataset.asked;
  try {
    const options = JSON.parse(form.dataset.options);
    const credential = form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    words.textContent = words.dataset.failed;
  }
}
