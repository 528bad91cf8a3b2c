//! Which crate may use which: the table of the architecture, enforced from `cargo metadata`. And how many files of one
//! crate may import from each other in a circle (`circles`).
//!
//! Normal dependencies only: what a crate's tests use is its own affair. What is made for tests, no crate may need.

mod circles;
mod imports;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Result;
use crate::workspace::{cargo, output, root};

/// Everything that talks to a network, a disk or a clock on its own.
const WORLD: &[&str] = &["axum", "hyper", "mio", "reqwest", "rusqlite", "socket2", "tokio"];
/// The arithmetic of a curve.
const CURVES: &[&str] = &["curve25519-dalek", "ed25519-dalek", "k256"];

struct Edges {
    name: &'static str,
    /// Crates of this workspace that it may use.
    ours: &'static [&'static str],
    /// Crates from outside that it must not reach, neither itself nor through others.
    never: &'static [&'static [&'static str]],
}

const TABLE: &[Edges] = &[
    Edges { name: "quorate-core", ours: &[], never: &[WORLD, CURVES] },
    Edges { name: "quorate-cores", ours: &["quorate-core"], never: &[WORLD, CURVES] },
    Edges { name: "quorate-lanes", ours: &[], never: &[WORLD, CURVES] },
    Edges { name: "quorate-ecdsa", ours: &["quorate-core", "quorate-lanes"], never: &[WORLD] },
    Edges { name: "quorate-eddsa", ours: &["quorate-core"], never: &[WORLD, &["k256"]] },
    Edges { name: "quorate-wire", ours: &["quorate-core"], never: &[WORLD, &["k256"]] },
    Edges { name: "quorate-chain", ours: &[], never: &[WORLD] },
    Edges { name: "quorate-node", ours: &["quorate-chain"], never: &[&["rusqlite"]] },
    Edges {
        name: "quorate-vault",
        ours: &["quorate-core", "quorate-ecdsa", "quorate-eddsa", "quorate-wire", "quorate-chain"],
        never: &[WORLD],
    },
    Edges { name: "quorate-store", ours: &["quorate-vault"], never: &[&["reqwest", "tokio"]] },
    Edges { name: "quorate-relay", ours: &["quorate-wire"], never: &[&["k256", "rusqlite"]] },
    Edges {
        name: "quorate-device",
        ours: &[
            "quorate-core",
            "quorate-cores",
            "quorate-vault",
            "quorate-store",
            "quorate-wire",
            "quorate-relay",
        ],
        never: &[],
    },
    Edges {
        name: "quorate",
        ours: &[
            "quorate-core",
            "quorate-vault",
            "quorate-store",
            "quorate-wire",
            "quorate-relay",
            "quorate-chain",
            "quorate-node",
            "quorate-device",
        ],
        never: &[],
    },
];

/// Features that are there for tests and measurements.
const FOR_TESTS: &[&str] = &["force", "primitives", "recorded", "simulation", "switch-checks-off"];

/// The project's own chores may use anything; nothing may use them.
const CHORES: &str = "xtask";

/// Tells the largest circle of files inside each crate. Names every edge that is not in the table, and every circle that
/// is too large.
pub fn enforce() -> Result<()> {
    let metadata = output(&mut cargo(["metadata", "--format-version", "1", "--locked"]))?;
    let mut wrong = wrong_edges(&Graph::read(&serde_json::from_str(&metadata)?));
    let circles = circles::of_crates(&root().join("crates"))?;
    for line in circles::told(&circles) {
        println!("{line}");
    }
    wrong.extend(circles::too_large(&circles));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Packages by id, and who needs whom.
struct Graph {
    names: BTreeMap<String, String>,
    members: BTreeSet<String>,
    needs: BTreeMap<String, BTreeSet<String>>,
    /// By id, the features that it asks of others.
    asks: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(metadata: &Value) -> Self {
        let text = |value: &Value, key: &str| -> String {
            value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let list = |value: &Value, key: &str| -> Vec<Value> {
            value.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let names =
            list(metadata, "packages").into_iter().map(|p| (text(&p, "id"), text(&p, "name")));
        let members = list(metadata, "workspace_members");
        let members = members.iter().filter_map(|id| id.as_str().map(str::to_owned));
        let nodes = metadata.get("resolve").map(|resolve| list(resolve, "nodes"));
        let normal = |dependency: &Value| {
            list(dependency, "dep_kinds").iter().any(|k| k.get("kind").is_some_and(Value::is_null))
        };
        let needs = nodes.unwrap_or_default().into_iter().map(|node| {
            let needed = list(&node, "deps");
            (
                text(&node, "id"),
                needed.iter().filter(|d| normal(d)).map(|d| text(d, "pkg")).collect(),
            )
        });
        let asked = |package: &Value| {
            let normal = list(package, "dependencies").into_iter();
            let normal = normal.filter(|d| d.get("kind").is_some_and(Value::is_null));
            let features = normal.flat_map(|dependency| list(&dependency, "features"));
            features.filter_map(|feature| feature.as_str().map(str::to_owned)).collect()
        };
        let asks = list(metadata, "packages").into_iter().map(|p| (text(&p, "id"), asked(&p)));
        let asks = asks.collect();
        Self { asks, names: names.collect(), members: members.collect(), needs: needs.collect() }
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }

    fn needs(&self, id: &str) -> impl Iterator<Item = &String> {
        self.needs.get(id).into_iter().flatten()
    }

    fn reaches(&self, id: &str) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = self.needs(id).collect();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(self.needs(next));
            }
        }
        seen.into_iter().map(|id| self.name(id)).collect()
    }
}

fn wrong_edges(graph: &Graph) -> Vec<String> {
    let mut wrong = Vec::new();
    for member in &graph.members {
        let name = graph.name(member);
        if name == CHORES {
            continue;
        }
        let Some(row) = TABLE.iter().find(|row| row.name == name) else {
            wrong.push(format!("{name} is not in the table of crates"));
            continue;
        };
        for used in graph.needs(member).filter(|id| graph.members.contains(*id)) {
            let used = graph.name(used);
            if !row.ours.contains(&used) {
                wrong.push(format!("{name} uses {used}, which the table of crates does not allow"));
            }
        }
        let asked = graph.asks.get(member).into_iter().flatten();
        for feature in asked.filter(|feature| FOR_TESTS.contains(&feature.as_str())) {
            wrong.push(format!("{name} asks for {feature}, which is for tests alone"));
        }
        let reached = graph.reaches(member);
        for never in row.never.iter().copied().flatten().filter(|never| reached.contains(**never)) {
            wrong.push(format!("{name} reaches {never}, which it must not know"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn graph(edges: &[(&str, &str, Option<&str>)]) -> Graph {
        let ours = ["quorate-core", "quorate-wire", "quorate-vault", "xtask"];
        let ids = |name| json!({ "id": name, "name": name });
        let nodes: Vec<Value> = ours
            .iter()
            .chain(&["middle"])
            .map(|from| {
                let deps: Vec<Value> = edges
                    .iter()
                    .filter(|edge| edge.0 == *from)
                    .map(|(_, to, kind)| json!({ "pkg": to, "dep_kinds": [{ "kind": kind }] }))
                    .collect();
                json!({ "id": from, "deps": deps })
            })
            .collect();
        let packages: Vec<Value> = ours.iter().chain(&["middle", "tokio"]).map(ids).collect();
        Graph::read(&json!({
            "packages": packages, "workspace_members": ours, "resolve": { "nodes": nodes },
        }))
    }

    #[test]
    fn edges_of_the_table_are_right() {
        let edges =
            [("quorate-vault", "quorate-wire", None), ("quorate-wire", "quorate-core", None)];
        assert_eq!(wrong_edges(&graph(&edges)), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_that_points_up_is_wrong() {
        let wrong = wrong_edges(&graph(&[("quorate-core", "quorate-wire", None)]));
        assert_eq!(
            wrong,
            ["quorate-core uses quorate-wire, which the table of crates does not allow"]
        );
    }

    #[test]
    fn nothing_uses_the_chores() {
        assert_eq!(wrong_edges(&graph(&[("quorate-vault", "xtask", None)])).len(), 1);
    }

    #[test]
    fn a_forbidden_crate_is_found_behind_another() {
        let wrong =
            wrong_edges(&graph(&[("quorate-wire", "middle", None), ("middle", "tokio", None)]));
        assert_eq!(wrong, ["quorate-wire reaches tokio, which it must not know"]);
    }

    #[test]
    fn what_is_for_tests_is_wrong_in_a_product() {
        let asks = |kind| {
            let core = json!({ "name": "quorate-core", "kind": kind, "features": ["simulation"] });
            wrong_edges(&Graph::read(&json!({
                "packages": [{ "id": "v", "name": "quorate-vault", "dependencies": [core] }],
                "workspace_members": ["v"],
            })))
        };
        assert_eq!(asks(None), ["quorate-vault asks for simulation, which is for tests alone"]);
        assert_eq!(asks(Some("dev")), Vec::<String>::new());
    }

    #[test]
    fn tests_may_use_what_they_like() {
        assert!(wrong_edges(&graph(&[("quorate-core", "quorate-wire", Some("dev"))])).is_empty());
    }
}
