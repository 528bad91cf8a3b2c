// A device as phones are: the production engines behind the ceremonies of the field, without anything that only our
// own devices say to each other. Keygen, import, keysign and reshare, as initiator and as joiner, one key after the other
// or all at once ("batch").

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { read, write } from "./payments.mjs";
import { Post, md5 } from "./relay.mjs";

// How long a phone goes on sending after a protocol has ended, before the next one begins.
const DRAIN = 1_000;

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const threshold = (devices) => Math.ceil((2 * devices) / 3);
const CURVES = ["ecdsa", "eddsa"];
// Of the ECDSA key of a payment.
const PATH = "m/44/60/0/0/0";
// A longer link carries the name of a payload, which lies at the relay.
const LONGEST_LINK = 2_048;
const EDDSA_CHAINS = ["Solana", "Sui", "Ton", "Polkadot", "Bittensor"];

export class Phone {
  // What it holds of its vault, once it has one.
  vault;
  // How many messages it has withheld so far.
  withheld = 0;
  #engines;
  #links;
  #digest;
  #derived;
  #payments;

  // `digest` hashes the bytes of a message as a chain's devices do, `derived` makes public keys of a public key, a chain
  // code and a path. Of the habits, all are off unless given:
  //   slowness   how long each request takes at least, in milliseconds
  //   sorts      the committee is published in the order of the names, not the initiator first
  //   withholds  by curve, which of the messages of a signing it never sends, from 1
  //   closes     it is gone as soon as it has new shares, and says to nobody that it is done
  constructor(sdk, relay, party, habits = {}) {
    const { engines, links, digest, derived, payments } = sdk;
    Object.assign(this, { sdk, relay, party, habits });
    this.#engines = engines;
    this.#links = links;
    this.#digest = digest;
    this.#derived = derived;
    this.#payments = payments;
  }

  // The same device, as it is now.
  copy() {
    const copy = new Phone(this.sdk, this.relay, this.party, this.habits);
    copy.vault = structuredClone(this.vault);
    return copy;
  }

  // What of a coin says whose it is.
  account() {
    const { publicKeys, chainCode } = this.vault;
    const hex_public_key = this.#derived(publicKeys.ecdsa, chainCode, PATH);
    return { address: this.#payments.address(hex_public_key), hex_public_key };
  }

  #post = (session, key) => new Post(this.relay, session, key, this.party, this.habits.slowness);

  #invite(parameters, fields) {
    const [session, key] = [randomUUID(), hex(randomBytes(32))];
    const post = this.#post(session, key);
    return { post, link: this.#links.write(parameters, fields(session, key)) };
  }

  // Opens the lobby, tells the link, and starts with as many devices as are wanted.
  async #meet({ post, link }, devices, tell) {
    await post.register();
    tell(await link);
    const here = await post.gathered(devices);
    const committee = [this.party, ...here.filter((party) => party !== this.party)];
    if (this.habits.sorts) committee.sort();
    await post.start(committee);
    return committee;
  }

  async keygen({ name, devices, batch }, tell) {
    const invitation = this.#invite("type=NewVault&tssType=Keygen", (session, key) => [
      [1, session], [2, hex(randomBytes(32))], [3, this.party], [4, key], [5, true], [6, name], [7, 1], [9, batch],
    ]);
    const committee = await this.#meet(invitation, devices, tell);
    const setup = this.#engines.ecdsa.KeygenSession.setup(undefined, threshold(devices), committee);
    const namespaces = batch ? ["", "p-ecdsa", "p-eddsa"] : [""];
    for (const namespace of namespaces) await invitation.post.putSetup(namespace, setup);
    await this.#makeKeys(invitation.post, name, committee, setup, batch);
  }

  // Shares keys that exist, in hex: {ecdsa, chainCode, eddsa, chains: [[name, key]]}.
  async importKeys({ name, devices, batch, keys }, tell) {
    const chains = keys.chains.map(([chain]) => chain);
    const invitation = this.#invite("type=NewVault&tssType=KeyImport", (session, key) => [
      [1, session], [2, keys.chainCode], [3, this.party], [4, key], [5, true], [6, name], [7, 2],
      ...chains.map((chain) => [8, chain]), [9, batch],
    ]);
    const committee = await this.#meet(invitation, devices, tell);
    const { post } = invitation;
    const secrets = [keys.ecdsa, keys.eddsa, ...keys.chains.map(([, key]) => key)].map(bytes);
    const made = keysOfImport(chains).map((one, index) => {
      const { KeyImportInitiator } = this.#engines[one.curve];
      const chainCode = index === 0 ? bytes(keys.chainCode) : undefined;
      return { ...one, session: new KeyImportInitiator(secrets[index], chainCode, threshold(devices), committee) };
    });
    // One after the other, each setup is there when its protocol's turn has come; all at once, before any begins.
    if (batch) for (const { slot, session } of made) await post.putSetup(slot, session.setup);
    const shares = await eachKey(made, batch, async ({ slot, mail, session }) => {
      if (!batch) await post.putSetup(slot, session.setup);
      return this.#run(post, batch ? mail : "", session);
    });
    await this.#keepImported(post, name, committee, chains, shares);
  }

  async #joinImport(post, message, committee, batch) {
    const chains = message.texts(8);
    const shares = await eachKey(keysOfImport(chains), batch, async ({ curve, slot, mail }) => {
      const session = new this.#engines[curve].KeyImportSession(await post.setup(slot), this.party);
      return this.#run(post, batch ? mail : "", session);
    });
    await this.#keepImported(post, message.text(6), committee, chains, shares);
  }

  async #keepImported(post, name, committee, chains, [ecdsa, eddsa, ...own]) {
    await this.#keep(post, name, committee, { ecdsa, eddsa });
    if (this.vault) this.vault.chains = Object.fromEntries(chains.map((chain, index) => [chain, hex(own[index].toBytes())]));
  }

  async reshare({ devices, batch }, tell) {
    const { name, publicKeys, chainCode, signers } = this.vault;
    const invitation = this.#invite("type=NewVault&tssType=Reshare", (session, key) => [
      [1, session], [2, chainCode], [3, this.party], [4, publicKeys.ecdsa], ...signers.map((party) => [5, party]),
      [6, key], [7, true], [9, name], [10, batch], [20, 1],
    ]);
    const committee = await this.#meet(invitation, devices, tell);
    const old = committee.flatMap((party, index) => (signers.includes(party) ? [index] : []));
    const all = Uint8Array.from(committee.keys());
    const setups = {};
    for (const curve of CURVES) {
      const { QcSession } = this.#engines[curve];
      setups[curve] = QcSession.setup(this.#share(curve), committee, Uint8Array.from(old), threshold(devices), all);
      await invitation.post.putSetup(setupSlots(curve, batch)[0], setups[curve]);
    }
    await this.#shareAnew(invitation.post, name, committee, setups, batch);
  }

  // Signs a message as a wallet asks for it, with the key of one chain. `path` is of the ECDSA key.
  async sign({ curve, message, chain, path, devices }, tell) {
    const { publicKeys } = this.vault;
    const custom = [
      [1, curve === "ecdsa" ? "personal_sign" : "sign_message"], [2, message], [3, publicKeys.ecdsa], [4, this.party],
      [5, chain],
    ];
    const invitation = this.#invite(`type=SignTransaction&vault=${publicKeys.ecdsa}`, (session, key) => [
      [1, session], [2, this.party], [4, key], [6, true], [8, custom],
    ]);
    const committee = await this.#meet(invitation, devices ?? threshold(this.vault.signers.length), tell);
    const digest = this.#digest(chain, message);
    const own = curve === "eddsa" || this.vault.chains?.[chain];
    return this.#startSigning(invitation.post, { curve, chain, digest, path: own ? "m" : path }, committee);
  }

  async #startSigning(post, { curve, chain, digest, path }, committee) {
    const { SignSession } = this.#engines[curve];
    const setup = SignSession.setup(this.#share(curve, chain).keyId(), path, digest, committee);
    await post.putSetup(md5(hex(digest)), setup);
    return this.#sign(post, { curve, chain, digest }, setup);
  }

  async #joinSigning(post, { curve, chain, digest }) {
    const setup = await post.setup(md5(hex(digest)));
    const asked = hex(this.#engines[curve].SignSession.setupMessageHash(setup));
    if (asked !== hex(digest)) throw new Error("the setup asks for another message");
    return this.#sign(post, { curve, chain, digest }, setup);
  }

  // Asks for a payment; `payload` has its coins from `account`. Ends with the signed transactions, in hex and in the order
  // of the chain.
  async pay({ payload, devices }, tell) {
    const { publicKeys, signers } = this.vault;
    const vault = { vault_public_key_ecdsa: publicKeys.ecdsa, vault_local_party_id: this.party, lib_type: "DKLS" };
    const asked = { ...payload, ...vault };
    const invitation = await this.#inviteToPay(asked);
    const committee = await this.#meet(invitation, devices ?? threshold(signers.length), tell);
    return this.#signPayment(invitation.post, asked, committee);
  }

  async #inviteToPay(asked) {
    const parameters = `type=SignTransaction&vault=${this.vault.publicKeys.ecdsa}`;
    const told = (body) => (session, key) => [[1, session], [2, this.party], [4, key], ...body];
    const whole = this.#invite(parameters, told([[5, write(asked)], [6, true]]));
    if ((await whole.link).length <= LONGEST_LINK) return whole;
    const stored = await this.#links.pack(write(asked));
    const named = this.#invite(parameters, told([[6, true], [7, sha256(stored)]]));
    await named.post.putPayload(sha256(stored), stored);
    return named;
  }

  async #payment(post, message) {
    const id = message.text(7);
    const stored = id && (await post.payload(id));
    if (stored && sha256(stored) !== id) throw new Error("the payload is another one than the link names");
    const asked = stored ? await this.#links.unpack(stored) : message.message(5);
    return asked && read(asked);
  }

  // Every hash of every transaction, in the order of their text, one signing after the other. Who starts makes each setup
  // when its turn has come.
  async #signPayment(post, asked, committee) {
    const { address, hex_public_key } = this.account();
    if (asked.coin.address !== address) throw new Error("the payload is about somebody else's coins");
    const transactions = this.#payments.transactions(asked);
    const signatures = {};
    for (const hash of transactions.map(({ hash }) => hash).sort()) {
      const signing = { curve: "ecdsa", chain: asked.coin.chain, digest: bytes(hash), path: PATH };
      const signed = committee ? this.#startSigning(post, signing, committee) : this.#joinSigning(post, signing);
      signatures[hash] = await signed;
    }
    return transactions.map((one) => this.#payments.assemble(one, signatures[one.hash], hex_public_key));
  }

  // Follows a link, whatever it is for. Of a keysign: the signature, in hex; of a payment: the signed transactions, as in
  // `pay`. `told` is what to sign, for a link that does not say: {curve, chain, digest}.
  async join(link, told) {
    const { parameters, message } = await this.#links.read(link);
    const signing = parameters.get("type") === "SignTransaction";
    const resharing = parameters.get("tssType") === "Reshare";
    const key = message.text(signing || !resharing ? 4 : 6);
    const post = this.#post(message.text(1), key);
    await post.register();
    const committee = await post.started();

    if (signing) {
      const payment = !told && (await this.#payment(post, message));
      if (payment) return this.#signPayment(post, payment);
      return this.#joinSigning(post, told ?? this.#asked(message.message(8)));
    }

    const batch = message.flag(resharing ? 10 : 9) || parameters.get("tssBatching") === "1";
    if (!resharing && message.number(7) === 2) return this.#joinImport(post, message, committee, batch);
    if (!resharing) {
      const setup = await post.setup("", "p-ecdsa", "p-eddsa");
      return this.#makeKeys(post, message.text(6), committee, setup, batch);
    }
    const setups = {};
    for (const curve of CURVES) setups[curve] = await post.setup(...setupSlots(curve, batch));
    return this.#shareAnew(post, message.text(9), committee, setups, batch);
  }

  #asked(custom) {
    const chain = custom.text(5) || "Ethereum";
    return { curve: curveOf(chain), chain, digest: this.#digest(chain, custom.text(2)) };
  }

  // Of the chain's own key, if it has one.
  #share = (curve, chain) =>
    this.#engines[curve].Keyshare.fromBytes(bytes(this.vault.chains?.[chain] ?? this.vault.shares[curve]));

  async #makeKeys(post, name, committee, setup, batch) {
    const shares = await this.#eachCurve(batch, (curve, mail) => {
      const session = new this.#engines[curve].KeygenSession(setup, this.party);
      return this.#run(post, mail, session);
    });
    await this.#keep(post, name, committee, shares);
  }

  async #shareAnew(post, name, committee, setups, batch) {
    const shares = await this.#eachCurve(batch, (curve, mail) => {
      const held = this.vault?.signers.includes(this.party) ? this.#share(curve) : undefined;
      const session = new this.#engines[curve].QcSession(setups[curve], this.party, held);
      return this.#run(post, mail, session);
    });
    await this.#keep(post, name, committee, shares);
  }

  async #eachCurve(batch, run) {
    if (batch) {
      const [ecdsa, eddsa] = await Promise.all(CURVES.map((curve) => run(curve, `p-${curve}`)));
      return { ecdsa, eddsa };
    }
    return { ecdsa: await run("ecdsa", ""), eddsa: await run("eddsa", "") };
  }

  // A new sharing counts once everybody has it.
  async #keep(post, name, committee, { ecdsa, eddsa }) {
    const vault = {
      name,
      signers: committee,
      publicKeys: { ecdsa: hex(ecdsa.publicKey()), eddsa: hex(eddsa.publicKey()) },
      chainCode: hex(ecdsa.rootChainCode()),
      shares: { ecdsa: hex(ecdsa.toBytes()), eddsa: hex(eddsa.toBytes()) },
    };
    if (this.habits.closes) return;
    await post.complete();
    await post.completed(committee);
    this.vault = vault;
  }

  async #sign(post, { curve, chain, digest }, setup) {
    const session = new this.#engines[curve].SignSession(setup, this.party, this.#share(curve, chain));
    const signature = hex(await this.#run(post, md5(hex(digest)), session, this.habits.withholds?.[curve]));
    const [r, s, recovery_id] = [signature.slice(0, 64), signature.slice(64, 128), signature.slice(128)];
    await post.putResult(md5(hex(digest)), { msg: hex(digest), r, s, der_signature: "", recovery_id });
    return signature;
  }

  // One protocol: sends while there is something to send, reads until it has ended, and lets the last words out.
  async #run(post, mail, session, withheld) {
    post.begin(mail);
    let said = 0;
    const speak = async () => {
      for (let next; (next = session.outputMessage()) !== undefined; ) {
        if (++said === withheld) {
          this.withheld += 1;
          continue;
        }
        for (const to of next.receivers) await post.send(mail, to, next.body);
      }
    };
    for (let done = false; !done; await post.pause()) {
      await speak();
      for await (const message of post.receive(mail)) {
        done = session.inputMessage(message);
        if (done) break;
        await speak();
      }
    }
    await speak();
    await sleep(DRAIN);
    return session.finish();
  }
}

const curveOf = (chain) => (EDDSA_CHAINS.includes(chain) ? "eddsa" : "ecdsa");

// The keys of an import in their order: where each one's setup lies, and where its messages go in a batch.
function keysOfImport(chains) {
  return [
    { curve: "ecdsa", slot: "", mail: "p-ecdsa" },
    { curve: "eddsa", slot: "eddsa_key_import", mail: "p-eddsa" },
    ...chains.map((chain) => ({ curve: curveOf(chain), slot: chain, mail: `p-${chain}` })),
  ];
}

// What `run` makes of each key: one after the other, or all at once.
async function eachKey(keys, batch, run) {
  if (batch) return Promise.all(keys.map(run));
  const made = [];
  for (const key of keys) made.push(await run(key));
  return made;
}

// Where the setup of a key's new sharing lies: where it is written first, then where else it may be found.
function setupSlots(curve, batch) {
  if (batch) return [`p-${curve}`, ""];
  return [curve === "ecdsa" ? "" : "eddsa"];
}
