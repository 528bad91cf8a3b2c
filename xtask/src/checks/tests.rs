//! The tests that are named after a check.

use std::path::PathBuf;

use serde_json::Value;

use crate::Result;
use crate::workspace::{cargo, output};

/// One test, and how to run it alone.
#[derive(Clone, Debug)]
pub(super) struct Test {
    /// Its path within its program.
    pub(super) path: String,
    /// The program that holds it.
    pub(super) program: PathBuf,
    /// Where that program expects to be run.
    pub(super) directory: PathBuf,
}

impl Test {
    /// The name of the function.
    pub(super) fn function(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or(&self.path)
    }
}

/// Builds every test program and asks it for its tests.
pub(super) fn list() -> Result<Vec<Test>> {
    let arguments = ["nextest", "list", "--workspace", "--locked", "--message-format", "json"];
    let listed: Value = serde_json::from_str(&output(&mut cargo(arguments))?)?;
    let programs = listed.get("rust-suites").and_then(Value::as_object);
    Ok(programs.into_iter().flatten().flat_map(|(_, program)| of_program(program)).collect())
}

fn of_program(program: &Value) -> Vec<Test> {
    let path = |key| PathBuf::from(program.get(key).and_then(Value::as_str).unwrap_or_default());
    let cases = program.get("testcases").and_then(Value::as_object);
    cases
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .map(|name| Test {
            path: name.clone(),
            program: path("binary-path"),
            directory: path("cwd"),
        })
        .filter(|test| test.function().starts_with("check_"))
        .collect()
}
