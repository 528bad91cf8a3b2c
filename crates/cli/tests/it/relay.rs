//! `quorate relay`.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::kit::{Running, quorate, run};

fn get(url: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn it_says_where_it_listens_serves_and_ends_well_when_interrupted() {
    let mut relay = Running::start(&mut quorate(["relay", "--listen", "127.0.0.1:0", "--json"]));
    let url = relay.until("listening")["url"].as_str().unwrap().to_owned();
    assert!(get(&url, "/ping").starts_with("HTTP/1.1 200"));
    relay.interrupt();
    let ran = relay.end();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(["relay", "--listen", &address]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains(&address) && ran.stderr.contains("--listen"), "{}", ran.stderr);
}
