// A development chain, with contracts of ours (vectors/contracts). QUORATE_ANVIL names the node's program.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const code = (name) => readFileSync(new URL(`../vectors/contracts/${name}.hex`, import.meta.url), "utf8").trim();
export const word = (number) => BigInt(number).toString(16).padStart(64, "0");
export const place = (address) => address.slice(2).toLowerCase().padStart(64, "0");
const text = (text) => Buffer.from(text).toString("hex").padEnd(64, "0");

export class Node {
  static async start(chainId) {
    const child = spawn(process.env.QUORATE_ANVIL, ["--port", "0", "--chain-id", String(chainId)]);
    const lines = createInterface({ input: child.stdout });
    const url = await new Promise((found) => {
      lines.on("line", (line) => line.startsWith("Listening on ") && found(`http://${line.slice(13).trim()}`));
    });
    const node = new Node();
    Object.assign(node, { child, url });
    return node;
  }

  stop = () => this.child.kill();

  async call(method, ...params) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(this.url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const { result, error } = await response.json();
    assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
    return result;
  }

  // What became of a transaction: the node answers a sender before it has mined what was sent.
  async receipt(txid) {
    for (let tries = 0; tries < 500; tries++, await sleep(20)) {
      const receipt = await this.call("eth_getTransactionReceipt", txid);
      if (receipt) return receipt;
    }
    throw new Error(`${txid} was not mined`);
  }

  // The node's first own account sends something.
  async #send(transaction) {
    const [from] = await this.call("eth_accounts");
    const receipt = await this.receipt(await this.call("eth_sendTransaction", { from, ...transaction }));
    assert.equal(receipt.status, "0x1");
    return receipt;
  }

  fund = (to, wei) => this.#send({ to, value: `0x${wei.toString(16)}` });
  balance = async (address) => BigInt(await this.call("eth_getBalance", address, "latest"));
  nonce = async (address) => Number(await this.call("eth_getTransactionCount", address, "latest"));

  #deploy = async (data) => (await this.#send({ data: `0x${data}` })).contractAddress;
  router = () => this.#deploy(code("router"));

  // A token, of which `owners` get `amount` each.
  async token(name, symbol, decimals, owners, amount) {
    const token = await this.#deploy(code("token") + text(name) + text(symbol) + word(decimals) + word(10n ** 30n));
    for (const owner of owners) await this.#send({ to: token, data: `0xa9059cbb${place(owner)}${word(amount)}` });
    return token;
  }

  tokens = async (token, owner) => BigInt(await this.call("eth_call", { to: token, data: `0x70a08231${place(owner)}` }));
  allowance = async (token, owner, spender) =>
    BigInt(await this.call("eth_call", { to: token, data: `0xdd62ed3e${place(owner)}${place(spender)}` }));

  // Sends a signed transaction, in hex.
  async publish(raw) {
    const receipt = await this.receipt(await this.call("eth_sendRawTransaction", `0x${raw}`));
    assert.equal(receipt.status, "0x1", `${receipt.transactionHash} failed`);
    return receipt;
  }
}
