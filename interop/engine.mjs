// Plays any number of parties of the production engine, as a black box behind its public session interface.
//
//   node engine.mjs DIR       DIR holds the engine: `vs_wasm.js` and `vs_wasm_bg.wasm`, at any depth
//
// One JSON request a line on standard input, one JSON reply a line on standard output, in order. Byte strings are
// hex. A request that the engine turns down is answered with {"error": …} and changes nothing else.
//
//   {op:"dkg_setup", names, threshold, key_id?}            → {setup}
//   {op:"sign_setup", key_id, path, hash, names}           → {setup}
//   {op:"qc_setup", share, names, old, threshold, new}     → {setup}         old, new: positions in names
//   {op:"dkg", setup, name}                                → {handle}
//   {op:"sign", setup, name, share}                        → {handle}
//   {op:"qc", setup, name, share|null}                     → {handle}
//   {op:"input", handle, message}                          → {done}          true also once the session has failed
//   {op:"output", handle}                                  → {messages:[{to:[name], message}]}
//   {op:"finish", handle}                                  → {share} | {signature} | {}      {}: a leaving party
//   {op:"share_info", share}                               → {public_key, chain_code, key_id, share}

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function bytes(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) throw new Error("not a hex string");
  return new Uint8Array(Buffer.from(text, "hex"));
}

async function load(directory) {
  const glue = readdirSync(directory, { recursive: true }).find((path) => /(^|[\\/])vs_wasm\.js$/.test(path));
  if (glue === undefined) throw new Error(`no engine (vs_wasm.js) below ${directory}`);
  const path = join(directory, glue);
  const engine = await import(pathToFileURL(path));
  engine.initSync({ module: readFileSync(path.replace(/\.js$/, "_bg.wasm")) });
  return engine;
}

function operations({ KeygenSession, SignSession, QcSession, Keyshare }) {
  const sessions = new Map();
  let handles = 0;

  const open = (session, result) => {
    sessions.set(++handles, { session, result });
    return { handle: handles };
  };
  const find = (handle) => {
    const found = sessions.get(handle);
    if (found === undefined) throw new Error(`no session ${handle}`);
    return found;
  };
  const share = (text) => Keyshare.fromBytes(bytes(text));
  const asShare = (keyshare) => (keyshare === undefined ? {} : { share: hex(keyshare.toBytes()) });
  const asSignature = (signature) => ({ signature: hex(signature) });

  return {
    dkg_setup: ({ names, threshold, key_id }) => ({
      setup: hex(KeygenSession.setup(key_id ? bytes(key_id) : undefined, threshold, names)),
    }),
    sign_setup: ({ key_id, path, hash, names }) => ({
      setup: hex(SignSession.setup(bytes(key_id), path, bytes(hash), names)),
    }),
    qc_setup: (r) => ({
      setup: hex(QcSession.setup(share(r.share), r.names, Uint8Array.from(r.old), r.threshold, Uint8Array.from(r.new))),
    }),
    dkg: ({ setup, name }) => open(new KeygenSession(bytes(setup), name), asShare),
    sign: (r) => open(new SignSession(bytes(r.setup), r.name, share(r.share)), asSignature),
    qc: (r) => open(new QcSession(bytes(r.setup), r.name, r.share ? share(r.share) : undefined), asShare),
    input: ({ handle, message }) => ({ done: find(handle).session.inputMessage(bytes(message)) }),
    output: ({ handle }) => {
      const { session } = find(handle);
      const messages = [];
      for (let next; (next = session.outputMessage()) !== undefined; ) {
        messages.push({ to: next.receivers, message: hex(next.body) });
      }
      return { messages };
    },
    finish: ({ handle }) => {
      const { session, result } = find(handle);
      sessions.delete(handle);
      return result(session.finish());
    },
    share_info: (r) => {
      const keyshare = share(r.share);
      return {
        public_key: hex(keyshare.publicKey()),
        chain_code: hex(keyshare.rootChainCode()),
        key_id: hex(keyshare.keyId()),
        share: hex(keyshare.toBytes()),
      };
    },
  };
}

const answer = operations(await load(process.argv[2] ?? "."));
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let reply;
  try {
    const request = JSON.parse(line);
    if (!Object.hasOwn(answer, request.op)) throw new Error(`no operation ${request.op}`);
    reply = answer[request.op](request);
  } catch (error) {
    reply = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
