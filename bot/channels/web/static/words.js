// Small questions about words: which script, whole characters, an id.

const SCRIPTS = [
  [/[\u1780-\u17ff]/g, "km"],
  [/[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]/g, "my"],
  [/[\u0e80-\u0eff]/g, "lo"],
  [/[\u0e00-\u0e7f]/g, "th"],
  [/[\u3400-\u9fff]/g, "zh"],
];

// The language tag that picks font and line breaks for a text: by its script, else as given.
export function guess(text, given) {
  const sample = text.slice(0, 500);
  let most = sample.length / 4; // a few foreign letters change nothing
  let found = "";
  for (const [letters, lang] of SCRIPTS) {
    const count = (sample.match(letters) || []).length;
    if (count > most) [most, found] = [count, lang];
  }
  if (found === "zh") return given.startsWith("zh") ? given : "zh-Hans";
  return found || given;
}

// A text in parts, each with whether it is a phone number; those are not broken over two lines.
export function parts(text) {
  return text.split(/([+(]?\d[\d ().\u2010-\u2013-]{2,22}\d)/).map((part, place) => [part, place % 2 === 1]);
}

// Without halves of characters, which a cut emoji leaves behind and no server can keep.
export function wellFormed(text) {
  return Array.from(text, (character) => (/^[\ud800-\udfff]$/.test(character) ? "\ufffd" : character)).join("");
}

// crypto.randomUUID is missing where the page is served without https.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
