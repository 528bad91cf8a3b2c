//! What chains' own nodes are asked, and how a signed transaction reaches them (`CHAINS 6`).
//!
//! * [`evm`]: nodes of the Ethereum family: what a transaction needs to know, and what became of one.
//! * [`Handed`]: what handing a transaction over came to, whatever the family.
//! * [`Pace`]: how long a node is waited for.
//! * [`NodeError`]: why a node did not do what was asked.
//!
//! A node is somebody else's program: its answers are bounded, and what does not parse is no answer. What it says of
//! nonce, gas and fees is to be shown before it is signed. Of its URL, which may hold a key, only host and port are
//! ever in a message.
//!
//! ```
//! # use std::io::{Read, Write};
//! use quorate_chain::chain;
//! use quorate_node::{NodeError, Pace, evm};
//!
//! # // A node that says one thing, whatever it is asked.
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
//! # let url = format!("http://{}", listener.local_addr().unwrap());
//! # std::thread::spawn(move || {
//! #     for stream in listener.incoming() {
//! #         let mut stream = stream.unwrap();
//! #         let _ = stream.read(&mut [0; 4096]);
//! #         let body = r#"{"jsonrpc": "2.0", "id": 1, "result": "0x1"}"#;
//! #         let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
//! #         let _ = stream.write_all((head + body).as_bytes());
//! #     }
//! # });
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let ethereum = chain::find("Ethereum").unwrap();
//! let node = evm::Node::connect(&url, ethereum, Pace::default()).await?;
//! assert_eq!(node.chain(), ethereum);
//!
//! // A node of another chain is refused before it is asked anything else.
//! let wrong = evm::Node::connect(&url, chain::find("Base").unwrap(), Pace::default()).await;
//! assert!(matches!(wrong, Err(NodeError::WrongChain { expected: 8453, .. })));
//! # Ok::<(), NodeError>(())
//! # }).unwrap();
//! ```

mod broadcast;
mod error;
pub mod evm;
mod http;
mod rpc;

pub use broadcast::Handed;
pub use error::NodeError;
pub use http::Pace;
