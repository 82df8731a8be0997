// Buttons that make or prove a passkey: asks the server what to ask for, lets the device answer, and sends the answer with
// the form. On account pages, which are static: one listener serves whatever form is there.

const refused = {
  NotAllowedError: "Nothing was done: it was cancelled, took too long, or this device has no passkey for this site.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys work only at the address that they were made for.",
  NotSupportedError: "This device can't make such a passkey.",
};

const failed = "The passkey could not be used. Try again, or sign in with your password.";

async function askServer(form, address) {
  const answer = await fetch(address, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  if (answer.status === 422) {
    throw new Error(await answer.text());
  }
  if (answer.status === 429) {
    throw new Error("Too many tries. Wait a minute, then try again.");
  }
  if (!answer.ok) {
    throw new Error("This page is too old. Reload it and try again.");
  }
  return answer.json();
}

async function askDevice(does, options) {
  if (does === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

async function use(button) {
  const form = button.form;
  const told = form.querySelector("[data-passkey-told]");
  told.textContent = "";
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    told.textContent = "This browser has no passkeys, or the site is not opened by https.";
    return;
  }
  if (!form.reportValidity()) {
    return;
  }
  button.disabled = true;
  try {
    const credential = await askDevice(button.dataset.passkey, await askServer(form, button.dataset.ask));
    form.elements[button.dataset.field].value = JSON.stringify(credential);
    form.requestSubmit();
  } catch (error) {
    told.textContent = refused[error.name] ?? (error.name === "Error" ? error.message : failed);
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-passkey]");
  if (button) {
    use(button);
  }
});
