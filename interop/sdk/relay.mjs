// A device's way to a relay: sealed mail in one session (spec/relay.md, spec/sealing.md).

import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

// How often a device looks, in milliseconds.
const LOOK = 20;

function seal(key, bytes) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const inner = Buffer.from(bytes).toString("base64");
  return Buffer.concat([nonce, cipher.update(inner), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

function open(key, body) {
  const blob = Buffer.from(body, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, blob.subarray(0, 12)).setAuthTag(blob.subarray(-16));
  const inner = Buffer.concat([cipher.update(blob.subarray(12, -16)), cipher.final()]);
  return new Uint8Array(Buffer.from(inner.toString(), "base64"));
}

export const md5 = (text) => createHash("md5").update(text).digest("hex");

export class Post {
  #key;
  #sent = new Map();
  #read = new Set();

  // `slowness`: how long each of its requests takes at least, in milliseconds.
  constructor(relay, session, key, me, slowness = 0) {
    Object.assign(this, { relay, session, me, slowness });
    this.#key = createHash("sha256").update(Buffer.from(key, "hex")).digest();
  }

  async #call(method, path, namespace, body) {
    const headers = { ...(namespace && { message_id: namespace }) };
    if (typeof body === "object") headers["content-type"] = "application/json";
    const text = typeof body === "object" ? JSON.stringify(body) : body;
    if (this.slowness) await sleep(this.slowness);
    const response = await fetch(`${this.relay}/${path}`, { method, headers, body: text });
    if (response.ok) return response.text();
    if (response.status === 404) return "";
    throw new Error(`${method} ${path}: ${response.status}`);
  }

  #list = async (path, namespace) => JSON.parse((await this.#call("GET", path, namespace)) || "[]");

  // Looks again and again until there is something to see.
  async #until(look, what, patience = 60_000) {
    for (let waited = 0; waited < patience; waited += LOOK) {
      const seen = await look();
      if (seen) return seen;
      await sleep(LOOK);
    }
    throw new Error(`${this.me} waited for ${what} in vain`);
  }

  register = () => this.#call("POST", this.session, "", [this.me]);
  start = (committee) => this.#call("POST", `start/${this.session}`, "", committee);
  complete = () => this.#call("POST", `complete/${this.session}`, "", [this.me]);

  gathered = (count) =>
    this.#until(async () => {
      const here = await this.#list(this.session);
      return here.length >= count && here;
    }, `${count} devices`);

  started = () =>
    this.#until(async () => {
      const committee = await this.#list(`start/${this.session}`);
      return committee.includes(this.me) && committee;
    }, "the start");

  completed = (committee) =>
    this.#until(async () => {
      const done = await this.#list(`complete/${this.session}`);
      return committee.every((party) => done.includes(party));
    }, "the others' completion");

  putSetup = (namespace, bytes) => this.#call("POST", `setup-message/${this.session}`, namespace, seal(this.#key, bytes));

  // The setup of the first of these namespaces that has one.
  setup = (...namespaces) =>
    this.#until(async () => {
      for (const namespace of namespaces) {
        const body = await this.#call("GET", `setup-message/${this.session}`, namespace);
        if (body) return open(this.#key, body);
      }
    }, "a setup");

  putPayload = (id, text) => this.#call("POST", `payload/${id}`, "", text);
  payload = (id) => this.#call("GET", `payload/${id}`);

  putResult = (namespace, result) => this.#call("POST", `complete/${this.session}/keysign`, namespace, JSON.stringify(result));

  // A protocol begins in this namespace: as phones do, its messages are counted from 1.
  begin = (namespace) => this.#sent.set(namespace, 0);

  async send(namespace, to, bytes) {
    const number = this.#sent.get(namespace) + 1;
    this.#sent.set(namespace, number);
    const hash = md5(Buffer.from(bytes).toString("base64"));
    const letter = { session_id: this.session, from: this.me, to: [to], body: seal(this.#key, bytes), hash };
    await this.#call("POST", `message/${this.session}`, namespace, { ...letter, sequence_no: number });
  }

  // What is new in a mailbox, sorted by the senders' numbers, whoever they are. What has been read is removed.
  async *receive(namespace) {
    const box = `message/${this.session}/${encodeURIComponent(this.me)}`;
    const letters = await this.#list(box, namespace);
    for (const { from, hash, body } of letters.toSorted((a, b) => a.sequence_no - b.sequence_no)) {
      const id = `${namespace}/${from}/${hash}`;
      if (this.#read.has(id)) continue;
      this.#read.add(id);
      yield open(this.#key, body);
      await this.#call("DELETE", `${box}/${hash}`, namespace);
    }
  }

  pause = () => sleep(LOOK);
}
