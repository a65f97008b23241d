//! An engine with one container and some volumes, which a test can change. It notes what was deleted.

use std::sync::{Arc, Mutex};

use dockwright::Engine;
use serde_json::{Value, json};

use crate::support::canned;

/// The objects of the engine.
pub struct Objects {
    pub container: Value,
    pub volumes: Vec<&'static str>,
    pub deleted: Vec<String>,
    /// The changes that happen after each look at an object, one a time.
    pub changes: Vec<fn(&mut Objects)>,
}

#[derive(Clone)]
pub struct World(Arc<Mutex<Objects>>);

impl World {
    pub fn new() -> Self {
        let objects = Objects {
            container: container("0a1b", 5_000_000),
            volumes: vec!["one", "two"],
            deleted: Vec::new(),
            changes: Vec::new(),
        };
        World(Arc::new(Mutex::new(objects)))
    }

    pub fn change(&self, change: impl FnOnce(&mut Objects)) {
        change(&mut self.0.lock().unwrap());
    }

    pub fn deleted(&self) -> Vec<String> {
        self.0.lock().unwrap().deleted.clone()
    }

    pub fn engine(&self) -> Engine {
        let world = self.clone();
        canned(move |endpoint| world.0.lock().unwrap().answer(endpoint))
    }
}

/// A container of this id.
pub fn container(id: &str, bytes: u64) -> Value {
    json!({
        "Id": id, "Name": "/web", "Created": "2026-01-02T03:04:05Z", "State": { "Status": "exited" },
        "Config": { "Image": "nginx:1", "Env": ["PASSWORD=hunter2"] }, "SizeRw": bytes,
        "Mounts": [{ "Type": "volume", "Name": "data", "Destination": "/data" }],
    })
}

impl Objects {
    fn answer(&mut self, endpoint: &str) -> Option<Value> {
        // The container has a name and an id.
        let by_id = format!("/containers/{}", self.container["Id"].as_str().unwrap_or("none"));
        let endpoint = &*endpoint.replace(&by_id, "/containers/web");
        let answer = match endpoint {
            "GET /containers/web/json" if !self.container.is_null() => self.container.clone(),
            "GET /system/df" => json!({ "Volumes": self.volumes.iter().map(|name| volume(name)).collect::<Vec<_>>() }),
            "GET /volumes/one" => json!({ "Name": "one", "Driver": "local", "CreatedAt": "2026-01-01T00:00:00Z" }),
            "DELETE /containers/web" | "DELETE /volumes/one" => {
                self.deleted.push(endpoint.to_owned());
                return Some(Value::Null);
            }
            "POST /volumes/prune" => {
                self.deleted.push(endpoint.to_owned());
                return Some(json!({ "VolumesDeleted": self.volumes, "SpaceReclaimed": 7 }));
            }
            "POST /containers/web/rename" => return Some(Value::Null),
            _ => return None,
        };
        if !self.changes.is_empty() {
            self.changes.remove(0)(self);
        }
        Some(answer)
    }
}

fn volume(name: &str) -> Value {
    json!({ "Name": name, "Driver": "local", "UsageData": { "Size": 1_500, "RefCount": 0 },
        "Labels": { "com.docker.volume.anonymous": "" } })
}
