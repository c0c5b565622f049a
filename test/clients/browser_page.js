// What a page does, in the browser that test/clients/browser.ts starts: the ways in which it can have a server do something.

/** Fetches, and says what the page may see of the reply. */
globalThis.ask = async (url, init) => {
  try {
    const reply = await fetch(url, init);
    return reply.type === "opaque" ? "unreadable" : `${reply.status} ${await reply.text()}`;
  } catch {
    return "unreadable";
  }
};

/** Adds an element that loads something, and waits until it has or has not. */
globalThis.load = (tag, src) =>
  new Promise((resolve) => {
    const element = Object.assign(document.createElement(tag), { src });
    element.addEventListener("load", () => resolve("loaded"));
    element.addEventListener("error", () => resolve("unreadable"));
    document.body.append(element);
  });

/** Submits JSON as a form of text, which leaves the page. The form writes "=" after its field's name: here inside a text. */
globalThis.submit = (action, json) => {
  const form = Object.assign(document.createElement("form"), { action, method: "post", enctype: "text/plain" });
  const name = json.replace(/}$/, ',"id":"');
  form.append(Object.assign(document.createElement("input"), { name, value: '"}' }));
  document.body.append(form);
  form.submit();
};
