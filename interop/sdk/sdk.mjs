// The real SDK and the production engines in it, as its package publishes them, made ready to meet our devices.
//
// What version 0.2.0-beta.9 needs to be told from outside, and nothing else, is supplied here:
//   its relay is the public one whatever its settings say: calls to that go to the relay given, and no others are made;
//   its signing setups have an empty derivation path, which its own engine refuses: the path given is filled in.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { codec } from "./link.mjs";
import { Payments } from "./payments.mjs";

const PUBLIC_RELAY = "https://api.vultisig.com/router";

// `nodes`: chains' nodes that may be called beside the relay.
export async function load(folder, relay, nodes = []) {
  redirect(relay, nodes);
  const dist = join(folder, "package", "dist");
  const engines = {};
  for (const [curve, name] of [["ecdsa", "dkls/vs_wasm"], ["eddsa", "schnorr/vs_schnorr_wasm"]]) {
    engines[curve] = await import(pathToFileURL(join(dist, "lib", `${name}.js`)));
    engines[curve].initSync({ module: readFileSync(join(dist, "lib", `${name}_bg.wasm`)) });
  }
  const paths = fillIn(engines);
  const { Vultisig, MemoryStorage, Chain } = await import(pathToFileURL(join(dist, "index.node.esm.js")));
  const require = createRequire(join(dist, "index.node.esm.js"));
  const { keccak256 } = await import(pathToFileURL(require.resolve("viem")));
  const { HDKey } = await import(pathToFileURL(require.resolve("@scure/bip32")));
  const { initWasm, TW } = require("@trustwallet/wallet-core");
  const { default: SevenZip } = await import(pathToFileURL(require.resolve("7z-wasm")));

  return {
    engines,
    links: codec(SevenZip),
    // What devices sign for a message: of Ethereum's its Keccak, of Solana's the message itself.
    digest: (chain, message) => {
      const bytes = message.startsWith("0x") ? Buffer.from(message.slice(2), "hex") : Buffer.from(message);
      return chain === "Solana" ? new Uint8Array(bytes) : keccak256(bytes, "bytes");
    },
    derived: (publicKey, chainCode, path) => {
      const root = new HDKey({ publicKey: Buffer.from(publicKey, "hex"), chainCode: Buffer.from(chainCode, "hex") });
      return Buffer.from(root.derive(path).publicKey).toString("hex");
    },
    payments: new Payments(await initWasm(), TW),
    // The chains that it lists, by name.
    chains: new Set(Object.values(Chain)),
    // A new device with the SDK on it.
    device: () => new Vultisig({ storage: new MemoryStorage() }),
    // The path that its next signings are to have.
    signAt: (path) => (paths.next = path),
  };
}

function redirect(relay, nodes) {
  const original = globalThis.fetch;
  // The SDK polls without a pause. Where the relay is as near as here, that is more than it takes from one address.
  const paced = (...request) => new Promise((later) => setTimeout(later, 20)).then(() => original(...request));
  globalThis.fetch = (input, init) => {
    const url = String(input.url ?? input);
    if ([relay, ...nodes].some((known) => url.startsWith(known))) return original(input, init);
    if (url.startsWith(PUBLIC_RELAY)) return paced(relay + url.slice(PUBLIC_RELAY.length), init);
    return Promise.reject(new Error(`nobody is called but the relay: ${url}`));
  };
}

function fillIn({ ecdsa, eddsa }) {
  const paths = { next: "m" };
  for (const { SignSession } of [ecdsa, eddsa]) {
    const original = SignSession.setup;
    SignSession.setup = (keyId, path, ...rest) => original.call(SignSession, keyId, path || paths.next, ...rest);
  }
  return paths;
}
