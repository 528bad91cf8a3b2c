// Plays any number of parties of the production engines, as black boxes behind their public session interfaces.
//
//   node engine.mjs DIR       DIR holds the engines, at any depth: `vs_wasm.js` (ECDSA) and `vs_schnorr_wasm.js`
//                             (EdDSA), each beside its `…_bg.wasm`
//
// One JSON request a line on standard input, one JSON reply a line on standard output, in order. Byte strings are
// hex. A request that the engine turns down is answered with {"error": …} and changes nothing else.
//
// Every request but the last four names a `curve`, "ecdsa" or "eddsa".
//
//   {op:"dkg_setup", names, threshold, key_id?}            → {setup}         also for refresh, migrate and import
//   {op:"sign_setup", key_id, path, message?, names}       → {setup}         ecdsa: a hash, or none to presign
//   {op:"fsg_setup", session_id, hash, names}              → {setup}         ecdsa: finishes a presignature
//   {op:"qc_setup", share, names, old, threshold, new}     → {setup}         old, new: positions in names
//
//   {op:"dkg", setup, name}                                → {handle}
//   {op:"refresh", setup, name, share}                     → {handle}
//   {op:"migrate", setup, name, secret, public_key, chain_code}
//                                                          → {handle}        secret: this party's part of a sum
//   {op:"import_key", private_key, chain_code?, threshold, names}
//                                                          → {handle, setup} the first of names, who has the key
//   {op:"import", setup, name}                             → {handle}        everybody else
//   {op:"qc", setup, name, share|null}                     → {handle}
//   {op:"sign", setup, name, share}                        → {handle}
//   {op:"presign", setup, name, share}                     → {handle}
//   {op:"fsg", setup, name, presignature}                  → {handle}
//   {op:"export_key", share, names}                        → {handle, setup} the first of names, who gets the key
//   {op:"export", setup, name, share}                      → {handle}        everybody else
//
//   {op:"share_info", share}                               → {public_key, chain_code, key_id, share}
//
//   {op:"input", handle, message}                          → {done}          true also once the session has failed
//   {op:"output", handle}                                  → {messages:[{to:[name], message}]}
//   {op:"cpu"}                                             → {us}            processor time inside the engines so far
//   {op:"finish", handle}        → {share} | {signature} | {presignature} | {private_key} | {}: a leaver, an exporter

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const GLUE = { ecdsa: "vs_wasm.js", eddsa: "vs_schnorr_wasm.js" };

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function bytes(text) {
  if (typeof text !== "string" || !/^([0-9a-f]{2})*$/.test(text)) throw new Error("not a hex string");
  return new Uint8Array(Buffer.from(text, "hex"));
}

const optional = (text) => (text ? bytes(text) : undefined);

async function load(directory, glue) {
  const found = readdirSync(directory, { recursive: true }).find((path) => path.split(/[\\/]/).at(-1) === glue);
  if (found === undefined) throw new Error(`no engine (${glue}) below ${directory}`);
  const path = join(directory, found);
  const engine = await import(pathToFileURL(path));
  engine.initSync({ module: readFileSync(path.replace(/\.js$/, "_bg.wasm")) });
  return engine;
}

const sessions = new Map();
let handles = 0;

function open(session, result) {
  sessions.set(++handles, { session, result });
  return { handle: handles };
}

function find(handle) {
  const found = sessions.get(handle);
  if (found === undefined) throw new Error(`no session ${handle}`);
  return found;
}

// The engine exports a share in one call: what comes of it, as a session with one message to send.
function exported(message) {
  const messages = [message];
  return { outputMessage: () => messages.shift(), inputMessage: () => true, finish: () => undefined };
}

const ofSession = {
  input: ({ handle, message }) => ({ done: find(handle).session.inputMessage(bytes(message)) }),
  output: ({ handle }) => {
    const { session } = find(handle);
    const messages = [];
    // The receiver of an export has nothing to send.
    for (let next; (next = session.outputMessage?.()) !== undefined; ) {
      messages.push({ to: next.receivers, message: hex(next.body) });
    }
    return { messages };
  },
  finish: ({ handle }) => {
    const { session, result } = find(handle);
    sessions.delete(handle);
    return result(session.finish());
  },
};

// What both engines do, under the same names.
function ofCurve(engine) {
  const share = (text) => engine.Keyshare.fromBytes(bytes(text));
  const asShare = (keyshare) => (keyshare === undefined ? {} : { share: hex(keyshare.toBytes()) });
  const asSignature = (signature) => ({ signature: hex(signature) });
  const asPrivateKey = (key) => ({ private_key: hex(key) });
  const asNothing = () => ({});
  const withSetup = (session, result) => ({ setup: hex(session.setup), ...open(session, result) });
  const { KeygenSession, SignSession, QcSession, KeyImportInitiator, KeyImportSession, KeyExportSession } = engine;

  return {
    dkg_setup: (r) => ({ setup: hex(KeygenSession.setup(optional(r.key_id), r.threshold, r.names)) }),
    sign_setup: (r) => ({ setup: hex(SignSession.setup(bytes(r.key_id), r.path, optional(r.message), r.names)) }),
    qc_setup: (r) => ({
      setup: hex(QcSession.setup(share(r.share), r.names, Uint8Array.from(r.old), r.threshold, Uint8Array.from(r.new))),
    }),

    dkg: (r) => open(new KeygenSession(bytes(r.setup), r.name), asShare),
    refresh: (r) => open(KeygenSession.refresh(bytes(r.setup), r.name, share(r.share)), asShare),
    migrate: (r) => {
      const given = [bytes(r.secret), bytes(r.public_key), bytes(r.chain_code)];
      return open(KeygenSession.migrate(bytes(r.setup), r.name, ...given), asShare);
    },
    import_key: (r) => {
      const session = new KeyImportInitiator(bytes(r.private_key), optional(r.chain_code), r.threshold, r.names);
      return withSetup(session, asShare);
    },
    import: (r) => open(new KeyImportSession(bytes(r.setup), r.name), asShare),
    qc: (r) => open(new QcSession(bytes(r.setup), r.name, r.share ? share(r.share) : undefined), asShare),
    sign: (r) => open(new SignSession(bytes(r.setup), r.name, share(r.share)), asSignature),
    export_key: (r) => withSetup(new KeyExportSession(share(r.share), r.names), asPrivateKey),
    export: (r) => {
      const message = KeyExportSession.exportShare(bytes(r.setup), r.name, share(r.share));
      return open(exported(message), asNothing);
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

// What only the ECDSA engine does: a signature in two parts, the first before there is anything to sign.
function ofPresignatures({ SignSession, FinalSession, PreSign, Keyshare }) {
  return {
    fsg_setup: (r) => ({ setup: hex(FinalSession.setup(bytes(r.session_id), bytes(r.hash), r.names)) }),
    presign: (r) => {
      const session = new SignSession(bytes(r.setup), r.name, Keyshare.fromBytes(bytes(r.share)));
      return open(session, (presignature) => ({ presignature: hex(presignature) }));
    },
    fsg: (r) => {
      const session = new FinalSession(bytes(r.setup), r.name, PreSign.fromBytes(bytes(r.presignature)));
      return open(session, (signature) => ({ signature: hex(signature) }));
    },
  };
}

const directory = process.argv[2] ?? ".";
const ecdsa = await load(directory, GLUE.ecdsa);
const eddsa = await load(directory, GLUE.eddsa);
const curves = { ecdsa: { ...ofCurve(ecdsa), ...ofPresignatures(ecdsa) }, eddsa: ofCurve(eddsa) };

let spent = 0;

// What carrying and encoding a request costs is not the engines'.
function timed(request) {
  const begun = process.cpuUsage();
  try {
    return answer(request);
  } finally {
    const { user, system } = process.cpuUsage(begun);
    spent += user + system;
  }
}

function answer(request) {
  const { op, curve } = request;
  if (op === "cpu") return { us: spent };
  if (Object.hasOwn(ofSession, op)) return ofSession[op](request);
  if (!Object.hasOwn(curves, curve)) throw new Error(`no curve ${curve}`);
  if (!Object.hasOwn(curves[curve], op)) throw new Error(`no operation ${op}`);
  return curves[curve][op](request);
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let reply;
  try {
    reply = timed(JSON.parse(line));
  } catch (error) {
    reply = { error: String(error?.message ?? error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
