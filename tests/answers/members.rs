//! The members of all objects in a JSON value, each to be taken out or set to something else for a moment.

use serde_json::Value;

/// A member of an object, by the way to it.
pub struct Member {
    way: Vec<Step>,
}

#[derive(Clone)]
enum Step {
    Key(String),
    Item(usize),
}

/// All members, however deep.
pub fn members(value: &Value) -> Vec<Member> {
    let mut found = Vec::new();
    collect(value, &mut Vec::new(), &mut found);
    found
}

fn collect(value: &Value, way: &mut Vec<Step>, found: &mut Vec<Member>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                way.push(Step::Key(key.clone()));
                found.push(Member { way: way.clone() });
                collect(value, way, found);
                way.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                way.push(Step::Item(index));
                collect(item, way, found);
                way.pop();
            }
        }
        _ => {}
    }
}

impl Member {
    /// The way as a JSON pointer in which any item of a list is `*`: members with the same pattern have the same type.
    pub fn pattern(&self) -> String {
        let step = |step: &Step| match step {
            Step::Key(key) => format!("/{key}"),
            Step::Item(_) => "/*".to_owned(),
        };
        self.way.iter().map(step).collect()
    }

    /// Sets the member in `value`, or takes it out, and returns the old value.
    pub fn replace(&self, value: &mut Value, by: Option<Value>) -> Option<Value> {
        let (last, way) = self.way.split_last().expect("a member has a key");
        let holder = way.iter().fold(value, |value, step| match step {
            Step::Key(key) => &mut value[key],
            Step::Item(index) => &mut value[index],
        });
        match (last, holder, by) {
            (Step::Key(key), Value::Object(object), Some(by)) => object.insert(key.clone(), by),
            (Step::Key(key), Value::Object(object), None) => object.remove(key),
            _ => unreachable!("only objects have members"),
        }
    }
}
