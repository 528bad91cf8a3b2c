// Payments of Ethereum's family that our devices and phones make together: each reads the payload and hashes the
// transactions for itself, the phones with Trust Wallet Core, and a development chain executes what they sign.
//
//   QUORATE_SDK=DIR QUORATE=PROGRAM QUORATE_ANVIL=PROGRAM node --test evm.test.mjs

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Ours, close, hosted, open, relay, sdk } from "./devices.mjs";
import { Node, place, word } from "./node.mjs";
import { Phone } from "./sdk/phone.mjs";

const ETHER = 10n ** 18n;
const SOMEBODY = "0x17c5185167401eD00cF5F5b2fc97D9BBfDb7D025";
let ethereum, bsc;

before(async () => {
  [ethereum, bsc] = await Promise.all([Node.start(1), Node.start(56)]);
  await open(ethereum.url, bsc.url);
});

after(() => {
  for (const node of [ethereum, bsc]) node?.stop();
  close();
});

// What a phone asks for. Fees are what any chain of a test takes.
function payload(phone, { chain = "Ethereum", nonce = 0, token, decimals = 18, gas = "600000", ...rest }) {
  const of = { chain, ...phone.account() };
  const coin = token
    ? { ...of, ticker: "TOK", contract_address: token, decimals, is_native_token: false }
    : { ...of, ticker: chain === "BSC" ? "BNB" : "ETH", decimals: 18, is_native_token: true };
  const fees = { max_fee_per_gas_wei: "30000000000", priority_fee: "1000000000", nonce, gas_limit: gas };
  return { coin, to_amount: "0", ethereum_specific: fees, memo: "", ...rest };
}

// An aggregator's swap of one token for another, and the approval before it.
function swap(phone, { sold, bought, router, amount, nonce }) {
  const asked = payload(phone, { token: sold, nonce, to_address: router, to_amount: String(amount) });
  const data = `0x8a0ccd56${place(sold)}${word(amount)}${place(bought)}${word(amount)}`;
  const tx = { from: asked.coin.address, to: router, data, value: "0", gas_price: "31000000000", gas: 300_000 };
  const oneinch_swap_payload = {
    from_coin: asked.coin, to_coin: { ...asked.coin, contract_address: bought, ticker: "BOT" }, from_amount: String(amount),
    to_amount_decimal: "1", quote: { dst_amount: String(amount), tx }, provider: "1inch",
  };
  return { ...asked, oneinch_swap_payload, erc20_approve_payload: { amount: String(amount), spender: router } };
}

// A vault that a phone has with `other`, and coins for it.
async function vault(phone, other) {
  await hosted((tell) => phone.keygen({ name: "Ours", devices: 2, batch: true }, tell), (link) => [other.join(link)]);
  const { address } = phone.account();
  await Promise.all([ethereum, bsc].map((node) => node.fund(address, ETHER)));
  return address;
}

// A phone starts a payment; the chain executes it.
async function pay(phone, other, asked, node = ethereum) {
  const [raw, joined] = await hosted((tell) => phone.pay({ payload: asked }, tell), (link) => [other.join(link)]);
  for (const each of raw) await node.publish(each);
  return { raw, joined };
}

describe("payments", () => {
  test("phones pay, call, send tokens, and swap with an approval", async () => {
    const [one, other] = ["Pixel 9-0f3", "iPhone-1b2"].map((name) => new Phone(sdk, relay.url, name));
    const address = await vault(one, other);
    const router = await ethereum.router();
    const sold = await ethereum.token("Sold", "TOK", 18, [address], 1_000n);
    const bought = await ethereum.token("Bought", "BOT", 18, [router], 1_000n);

    const payments = [
      [payload(one, { to_address: SOMEBODY, to_amount: String(ETHER / 10n), memo: "0xc0ffee" })],
      [payload(one, { nonce: 1, token: sold, to_address: SOMEBODY, to_amount: "5" })],
      [swap(one, { nonce: 2, sold, bought, router, amount: 300n })],
      [payload(one, { chain: "BSC", to_address: SOMEBODY, to_amount: "7" }), bsc],
    ];
    for (const [asked, node] of payments) {
      const { raw, joined } = await pay(one, other, asked, node);
      assert.deepEqual(raw, joined);
    }
    assert.equal(await ethereum.balance(SOMEBODY), ETHER / 10n);
    assert.equal(await ethereum.tokens(sold, SOMEBODY), 5n);
    assert.equal(await ethereum.tokens(bought, address), 300n);
    assert.equal(await bsc.balance(SOMEBODY), 7n);
  });

  test("ours follows a phone's payment, and shows what it pays", async () => {
    const [phone, ours] = [new Phone(sdk, relay.url, "Pixel 9-0f3"), new Ours("ours")];
    const somebody = "0x00000000000000000000000000000000000a11ce";
    await vault(phone, ours);
    const { joined } = await pay(phone, ours, payload(phone, { to_address: somebody, to_amount: String(ETHER / 4n) }));
    const { summary } = joined.events.find(({ event }) => event === "approve");
    assert.match(summary, /0\.25 ETH/);
    assert.match(summary, new RegExp(somebody, "i"));
    assert.equal(await ethereum.balance(somebody), ETHER / 4n);
  });

  test("a phone follows the payment that ours starts", async () => {
    const [phone, ours] = [new Phone(sdk, relay.url, "Pixel 9-0f3"), new Ours("ours")];
    const somebody = "0x0000000000000000000000000000000000000b0b";
    await vault(phone, ours);
    for (const [chain, node] of [["Ethereum", ethereum], ["BSC", bsc]]) {
      const words = ["send", "Ours", "--chain", chain, "--to", somebody, "--amount", "0.25", "--rpc", node.url];
      const { rest } = await ours.meet(words, (link) => [phone.join(link)]);
      assert.equal(await node.balance(somebody), ETHER / 4n);
      // What the phone has computed and signed is what was sent.
      assert.equal(rest[0].length, 1);
      await assert.rejects(node.publish(rest[0][0]), /already (imported|known)|nonce too low/);
    }
  });
});
