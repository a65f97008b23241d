//! `scene.json`, read: the requests that set the scene, read and undo, and the lists that name things. It sends
//! nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use dockwright::Operation;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{search, table};

pub static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let text = include_str!("scene.json");
    let filled = placeholders().into_iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, &value));
    serde_json::from_str(&filled).expect("scene.json is a scene")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// By the first segment of the paths that name them.
    pub things: BTreeMap<String, Listed>,
    pub set_up: Vec<Step>,
    /// Arguments of read-only operations that need more than the name of a thing.
    pub read: Vec<Step>,
    pub undo: Vec<Step>,
}

/// Where a thing is listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    pub listed: String,
    #[serde(default)]
    pub arguments: Map<String, Value>,
    /// The JSON pointer to the first one's name.
    pub name: String,
}

/// A call.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    pub call: String,
    /// The thing that its path names; the first that is listed, if it is left out.
    pub of: Option<String>,
    pub arguments: Map<String, Value>,
    pub body: Option<Value>,
    /// The body as an archive: the content of each file, which is written as JSON.
    pub files: Option<Map<String, Value>>,
    /// The number of values that are read of a stream.
    pub values: Option<usize>,
    /// It is called again until the answer has these values at these JSON pointers.
    pub until: Map<String, Value>,
}

impl Scene {
    /// Returns the arguments of a read-only operation.
    pub fn reading(&self, operation: &Operation) -> Step {
        let endpoint = table::endpoint(operation);
        self.read.iter().find(|step| step.call == endpoint).cloned().unwrap_or_default()
    }
}

impl Step {
    /// It and its operation, if the description has that.
    pub fn with_operation(&self) -> Option<(&'static Operation, Step)> {
        Some((table::operation(&self.call)?, self.clone()))
    }
}

/// Values that are known only at run time.
fn placeholders() -> [(&'static str, String); 4] {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
    [
        ("{registry}", variable("DOCKWRIGHT_TEST_REGISTRY")),
        ("{private-registry}", variable("DOCKWRIGHT_TEST_PRIVATE_REGISTRY")),
        ("{search}", search::serve()),
        ("{now}", now.as_secs().to_string()),
    ]
}
