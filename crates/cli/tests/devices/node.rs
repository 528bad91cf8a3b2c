//! A real node of a development chain, if `QUORATE_ANVIL` names its program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::process::text;

pub(crate) struct Anvil {
    pub(crate) url: String,
    child: Child,
}

impl Anvil {
    /// `None`, after saying so, where there is no program to run.
    pub(crate) fn start(chain_id: u64) -> Option<Self> {
        let Some(program) = std::env::var_os("QUORATE_ANVIL") else {
            eprintln!("skipped: anvil (QUORATE_ANVIL does not name its program)");
            return None;
        };
        let mut child = Command::new(program)
            .args(["--port", "0", "--chain-id", &chain_id.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("anvil starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let listening = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Listening on ").map(|at| at.trim().to_owned()))
            .expect("anvil listens");
        // Whoever stops reading stops the node.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self { url: format!("http://{listening}"), child })
    }

    /// The result of a call, which must have one.
    #[track_caller]
    pub(crate) fn call(&self, method: &str, params: &Value) -> Value {
        let body =
            json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let answer = http(&self.url, "POST", "/", &body);
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert!(answer["error"].is_null(), "{method} {params}: {answer}");
        answer["result"].clone()
    }

    /// Gives an address coins: the node's first own account pays them.
    pub(crate) fn fund(&self, address: &str, wei: u128) {
        let purse = self.call("eth_accounts", &json!([]))[0].clone();
        let payment = json!([{"from": purse, "to": address, "value": format!("{wei:#x}")}]);
        let txid = self.call("eth_sendTransaction", &payment);
        self.receipt(&text(&txid));
    }

    /// What became of a transaction. The node answers a sender before it has mined what was sent.
    #[track_caller]
    pub(crate) fn receipt(&self, txid: &str) -> Value {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            let receipt = self.call("eth_getTransactionReceipt", &json!([txid]));
            if !receipt.is_null() {
                return receipt;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{txid} was not mined");
    }

    pub(crate) fn balance(&self, address: &str) -> u128 {
        number(&self.call("eth_getBalance", &json!([address, "latest"])))
    }

    /// How many transactions an address has sent.
    pub(crate) fn sent(&self, address: &str) -> u128 {
        number(&self.call("eth_getTransactionCount", &json!([address, "pending"])))
    }

    /// A transaction as the node has it, `null` if it has none.
    pub(crate) fn transaction(&self, txid: &str) -> Value {
        self.call("eth_getTransactionByHash", &json!([txid]))
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn number(quantity: &Value) -> u128 {
    u128::from_str_radix(text(quantity).trim_start_matches("0x"), 16).expect("a quantity")
}

/// The body of the answer to one HTTP request.
#[track_caller]
pub(crate) fn http(url: &str, method: &str, path: &str, body: &str) -> String {
    let host = url.strip_prefix("http://").expect("an http URL");
    let mut stream = TcpStream::connect(host).expect("somebody listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("HTTP");
    assert!(head.starts_with("HTTP/1.1 2"), "{method} {path}: {head}");
    body.to_owned()
}
