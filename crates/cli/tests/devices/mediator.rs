//! A relay as phones serve it: the same calls, other habits (`RELAY 5`). Whole ceremonies go through it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use mdns_sd::{ServiceDaemon, ServiceInfo};
use quorate_wire::link::Link;
use serde_json::{Value, json};

use super::nearby::{SERVICE, multicast};
use super::process::{Running, text};
use super::stage::{Device, Stage, VAULT};

/// What it keeps: lists by kind and session, mailboxes by `session-party-namespace`, other texts by path.
#[derive(Default)]
struct Kept {
    lists: BTreeMap<String, Vec<Value>>,
    mail: BTreeMap<String, Vec<Value>>,
    texts: BTreeMap<String, Vec<u8>>,
}

struct Request {
    method: String,
    path: Vec<String>,
    namespace: String,
    body: Vec<u8>,
}

/// Serves on loopback until the process ends.
fn serve() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let kept = Arc::new(Mutex::new(Kept::default()));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let kept = Arc::clone(&kept);
            std::thread::spawn(move || converse(stream, &kept));
        }
    });
    port
}

fn converse(stream: TcpStream, kept: &Mutex<Kept>) -> Option<()> {
    let mut answers = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let request = read(&mut reader)?;
        let (status, body) = kept.lock().ok()?.answer(&request);
        let head = format!(
            "HTTP/1.1 {status} -\r\ncontent-length: {}\r\nconnection: keep-alive\r\n\r\n",
            body.len()
        );
        answers.write_all(&[head.as_bytes(), &body].concat()).ok()?;
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = || {
        let mut line = String::new();
        (reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut namespace) = (0, String::new());
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "message_id" | "message-id" => value.trim().clone_into(&mut namespace),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let path = path.split('/').skip(1).map(str::to_owned).collect();
    Some(Request { method, path, namespace, body })
}

impl Kept {
    fn answer(&mut self, request: &Request) -> (u16, Vec<u8>) {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        let post = request.method == "POST";
        match path.as_slice() {
            ["ping"] => (200, b"Vultisigner is running".to_vec()),
            ["message", sid] => self.deliver(sid, request),
            ["message", sid, pid] => {
                // Names are looked up by their beginning, and the order is nobody's.
                let key = key(sid, pid, &request.namespace);
                let mail = self.mail.range(key.clone()..).take_while(|(k, _)| k.starts_with(&key));
                let found: Vec<&Value> = mail.flat_map(|(_, mail)| mail.iter().rev()).collect();
                (200, serde_json::to_vec(&found).expect("JSON"))
            }
            ["message", sid, pid, hash] => {
                if let Some(mail) = self.mail.get_mut(&key(sid, pid, &request.namespace)) {
                    mail.retain(|message| message["hash"] != *hash);
                }
                (200, Vec::new())
            }
            ["setup-message" | "payload", _] | ["complete", _, "keysign"] => {
                let name = format!("{} {}", path.join("/"), request.namespace);
                if post {
                    self.texts.insert(name, request.body.clone());
                    return (if path[0] == "complete" { 200 } else { 201 }, Vec::new());
                }
                self.texts.get(&name).map_or((404, Vec::new()), |text| (200, text.clone()))
            }
            ["start", sid] => self.list("start", sid, request, true),
            ["complete", sid] => self.list("complete", sid, request, false),
            [sid] => self.list("session", sid, request, false),
            _ => (404, Vec::new()),
        }
    }

    fn list(&mut self, kind: &str, sid: &str, request: &Request, replaces: bool) -> (u16, Vec<u8>) {
        let name = format!("{kind} {sid}");
        if request.method == "DELETE" {
            self.lists.remove(&name);
            return (200, Vec::new());
        }
        if request.method == "GET" {
            let found = self.lists.get(&name);
            return found.map_or((404, Vec::new()), |list| (200, json!(list).to_string().into()));
        }
        let Ok(more) = serde_json::from_slice::<Vec<Value>>(&request.body) else {
            return (400, Vec::new());
        };
        let list = self.lists.entry(name).or_default();
        if replaces {
            list.clear();
        }
        for party in more {
            if !list.contains(&party) {
                list.push(party);
            }
        }
        (if kind == "start" { 200 } else { 201 }, Vec::new())
    }

    fn deliver(&mut self, sid: &str, request: &Request) -> (u16, Vec<u8>) {
        let Ok(message) = serde_json::from_slice::<Value>(&request.body) else {
            return (400, Vec::new());
        };
        for to in message["to"].as_array().into_iter().flatten() {
            let key = key(sid, to.as_str().unwrap_or_default(), &request.namespace);
            let mail = self.mail.entry(key).or_default();
            // The last one with a hash wins.
            mail.retain(|known| known["hash"] != message["hash"]);
            mail.push(message.clone());
        }
        (202, Vec::new())
    }
}

fn key(sid: &str, pid: &str, namespace: &str) -> String {
    if namespace.is_empty() { format!("{sid}-{pid}") } else { format!("{sid}-{pid}-{namespace}") }
}

/// The link as a phone writes it, which serves the relay itself.
fn as_a_phone_writes_it(link: &str, name: &str) -> String {
    let mut link = Link::parse(link).expect("a link");
    let at = match &mut link {
        Link::Keygen(link) => &mut link.at,
        Link::Reshare(link) => &mut link.at,
        Link::Keysign(link) => &mut link.at,
    };
    (at.server, at.public_relay) = (None, false);
    at.service_name = name.to_owned();
    link.to_url()
}

#[test]
fn ceremonies_go_through_a_relay_with_the_habits_of_phones() {
    let port = serve();
    let url = format!("http://127.0.0.1:{port}");
    let name = format!("VultisigApp-{port}");
    // Its port is not the usual one: the announcement says where it is.
    let heard = multicast();
    let announcing = heard.as_ref().ok().map(|()| {
        let daemon = ServiceDaemon::new().expect("a daemon");
        let nothing: &[(&str, &str)] = &[];
        let host = format!("{name}.local.");
        let service = ServiceInfo::new(SERVICE, &name, &host, "127.0.0.1", port, nothing);
        daemon.register(service.expect("a service")).expect("an announcement");
        daemon
    });
    if let Err(why) = &heard {
        println!("joined by address, not by name: {why}");
    }
    let stage = Stage::new();
    let a = Device { relay: Some(url.clone()), ..stage.device("a") };
    let b = Device { relay: heard.err().map(|_| url), ..stage.device("b") };
    let meet = |words: &[&str]| {
        let mut started: Running = a.start(words);
        let link = as_a_phone_writes_it(&started.link(), &name);
        let joined = b.start(&["join", &link]).end();
        joined.succeeded();
        let ended = started.end();
        ended.succeeded();
        [ended, joined]
    };
    let made = meet(&["keygen", VAULT, "--devices", "2"]);
    let [one, other] = made.each_ref().map(|ended| text(&ended.event("vault")["public_key_ecdsa"]));
    assert_eq!(one, other);
    for chain in ["Ethereum", "Solana"] {
        let signed = meet(&["keysign", VAULT, "--message", "hello", "--chain", chain]);
        assert_eq!(signed[0].event("signature"), signed[1].event("signature"));
    }
    // One mailbox for both keys, and namespaces of their own.
    meet(&["reshare", VAULT, "--refresh"]);
    drop(announcing.map(|daemon| daemon.shutdown()));
}
