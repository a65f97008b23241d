//! Removes traces of the machine from a recording: its name, its folders, its kernel build, and the tokens that would
//! join its swarm.

use serde_json::Value;

use crate::recording::Recorded;

pub fn scrubbed(mut answers: Vec<Recorded>) -> Vec<Recorded> {
    let info = answers.iter().find(|recorded| recorded.get == "/info").expect("every engine tells of itself");
    let text = |key: &str| info.body[key].as_str().expect("every engine has a name and a folder").to_owned();
    let machine = Machine { name: text("Name"), root: text("DockerRootDir") };
    answers.iter_mut().for_each(|recorded| machine.scrub("", &mut recorded.body));
    answers
}

struct Machine {
    name: String,
    root: String,
}

impl Machine {
    fn scrub(&self, key: &str, value: &mut Value) {
        match value {
            Value::Object(object) => object.iter_mut().for_each(|(key, value)| self.scrub(key, value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.scrub(key, item)),
            Value::String(text) => *text = self.scrubbed_text(key, text),
            _ => {}
        }
    }

    fn scrubbed_text(&self, key: &str, text: &str) -> String {
        match key {
            "Worker" | "Manager" if text.starts_with("SWMTKN-") => return "SWMTKN-1-REDACTED".to_owned(),
            "HttpProxy" | "HttpsProxy" | "NoProxy" => return String::new(),
            "KernelVersion" => return text.split('-').next().unwrap_or_default().to_owned(),
            "InitBinary" => return text.rsplit('/').next().unwrap_or_default().to_owned(),
            _ if text == self.name => return "host".to_owned(),
            _ => {}
        }
        // The test engines' folders for data and for running processes stand side by side.
        let exec_root = self.root.replace("/data", "/exec");
        text.replace(&self.root, "/var/lib/docker").replace(&exec_root, "/var/run/docker")
    }
}
