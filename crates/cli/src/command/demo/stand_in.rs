//! A node that only knows what a payment needs to know, for a demo without `--rpc`: nothing is ever broadcast to it.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::{BodyExt, Collected, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::output::{Failure, Kind};

/// Serves until it is dropped.
pub(super) struct StandIn {
    pub(super) url: String,
    serving: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl StandIn {
    pub(super) async fn serve() -> Result<Self, Failure> {
        let cannot = |error: std::io::Error| {
            Failure::new(
                Kind::Unexpected,
                format!("the demo cannot listen on 127.0.0.1: {error}"),
                "check what forbids it, or give --rpc",
            )
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(cannot)?;
        let url = format!("http://{}", listener.local_addr().map_err(cannot)?);
        // Each payment is the next one of its sender.
        let nonce = Arc::new(AtomicU64::new(0));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let nonce = nonce.clone();
                let answering = service_fn(move |request| answer(request, nonce.clone()));
                tokio::spawn(
                    http1::Builder::new().serve_connection(TokioIo::new(stream), answering),
                );
            }
        });
        Ok(Self { url, serving })
    }
}

async fn answer(
    request: Request<Incoming>,
    nonce: Arc<AtomicU64>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let call: Value = serde_json::from_slice(&body).unwrap_or_default();
    let id = call.get("id").cloned().unwrap_or_default();
    let method = call.get("method").and_then(Value::as_str).unwrap_or_default();
    let answer = match result(method, &nonce) {
        Some(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        None => {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "only a stand-in"}})
        }
    };
    Ok(Response::new(Full::new(Bytes::from(answer.to_string()))))
}

/// One coin for the sender, one gwei for the base fee and for the tip.
fn result(method: &str, nonce: &AtomicU64) -> Option<Value> {
    const GWEI: &str = "0x3b9aca00";
    Some(match method {
        "eth_chainId" => json!("0x1"),
        "eth_getTransactionCount" => json!(format!("{:#x}", nonce.fetch_add(1, Ordering::Relaxed))),
        "eth_getBalance" => json!("0xde0b6b3a7640000"),
        "eth_estimateGas" => json!("0x5208"),
        "eth_gasPrice" => json!("0x77359400"),
        "eth_feeHistory" => json!({
            "oldestBlock": "0x1", "gasUsedRatio": [0.5],
            "baseFeePerGas": [GWEI, GWEI], "reward": [[GWEI]],
        }),
        _ => return None,
    })
}
