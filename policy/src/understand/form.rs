//! The form of an operation's arguments, from its schema: which keys an object may have, and which types a value.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use dockwright::operation::Operation;
use dockwright::{Value, tools};
use serde_json::Map;

use crate::facets::means_nothing;
use crate::nearest::{did_you_mean, nearest};

/// The form of a value.
#[derive(Debug, Default)]
pub struct Form {
    /// Names the form that stands for this one.
    reference: Option<String>,
    /// The types; empty for any.
    kinds: Vec<String>,
    /// The members of an object that has no others.
    members: Option<HashMap<String, Form>>,
    /// The values of a map.
    values: Option<Box<Form>>,
    /// The items of a list.
    items: Option<Box<Form>>,
}

static DEFINITIONS: LazyLock<HashMap<String, Form>> = LazyLock::new(|| {
    let definitions: Map<String, Value> = serde_json::from_str(tools::DEFINITIONS).expect("the generator writes JSON");
    definitions.iter().map(|(name, schema)| (name.clone(), Form::from_schema(schema))).collect()
});

impl Form {
    /// The form of all arguments of an operation; without members for one that is not built in.
    #[must_use]
    pub fn of(operation: &Operation) -> &'static Form {
        static FORMS: LazyLock<HashMap<&'static str, (&'static str, OnceLock<Form>)>> = LazyLock::new(|| {
            tools::ALL.iter().map(|tool| (tool.operation.name, (tool.full_schema, OnceLock::new()))).collect()
        });
        static EMPTY: LazyLock<Form> = LazyLock::new(|| Form { members: Some(HashMap::new()), ..Form::default() });
        let Some((schema, form)) = FORMS.get(operation.name) else { return &EMPTY };
        form.get_or_init(|| Form::from_schema(&serde_json::from_str(schema).expect("the generator writes JSON")))
    }

    /// The form of an argument.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Form> {
        self.member(name)
    }

    /// The form of a member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Form> {
        let form = self.resolved();
        form.members.as_ref()?.get(name)
    }

    fn from_schema(schema: &Value) -> Form {
        let kinds = match schema.get("type") {
            Some(Value::String(kind)) => vec![kind.clone()],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let others = schema.get("additionalProperties");
        let boxed =
            |schema: Option<&Value>| schema.filter(|one| one.is_object()).map(|one| Box::new(Form::from_schema(one)));
        let properties = schema.get("properties").and_then(Value::as_object);
        let members = properties
            .map(|members| members.iter().map(|(name, schema)| (name.clone(), Form::from_schema(schema))).collect());
        Form {
            reference: schema.get("$ref").and_then(Value::as_str).map(str::to_owned),
            kinds,
            members: members.or_else(|| (others == Some(&Value::Bool(false))).then(HashMap::new)),
            values: boxed(others),
            items: boxed(schema.get("items")),
        }
    }

    fn resolved(&self) -> &Form {
        let mut form = self;
        while let Some(found) = form.reference.as_ref().and_then(|name| DEFINITIONS.get(name)) {
            form = found;
        }
        form
    }

    /// Holds a value against the form. Unknown members that mean nothing are removed.
    ///
    /// # Errors
    /// Words about the first part that does not fit.
    pub(super) fn hold(&self, value: &mut Value, at: &str) -> Result<(), String> {
        let form = self.resolved();
        if value.is_null() {
            return Ok(());
        }
        if !form.kinds.is_empty() && !form.kinds.iter().any(|kind| is_a(value, kind)) {
            return Err(format!("`{at}` is not {}", form.kinds.join(" or ")));
        }
        match value {
            Value::Object(members) => form.hold_members(members, at),
            Value::Array(items) => {
                let Some(form) = &form.items else { return Ok(()) };
                items.iter_mut().enumerate().try_for_each(|(index, item)| form.hold(item, &format!("{at}[{index}]")))
            }
            _ => Ok(()),
        }
    }

    fn hold_members(&self, values: &mut Map<String, Value>, at: &str) -> Result<(), String> {
        let Some(members) = &self.members else {
            let Some(form) = &self.values else { return Ok(()) };
            return values.iter_mut().try_for_each(|(name, value)| form.hold(value, &format!("{at}.{name}")));
        };
        for (name, value) in values.iter_mut() {
            let at = format!("{at}.{name}");
            match members.get(name).or(self.values.as_deref()) {
                Some(form) => form.hold(value, &at)?,
                None if means_nothing(value) && !members.keys().any(|known| are_alike(known, name)) => {}
                None => {
                    let near = did_you_mean(&nearest(name, members.keys().map(String::as_str)));
                    return Err(format!("unknown `{at}`{near}"));
                }
            }
        }
        if self.values.is_none() {
            values.retain(|name, _| members.contains_key(name));
        }
        Ok(())
    }
}

/// Returns true for names that are one to an engine: in any case, with the two letters beyond ASCII whose small letters
/// are within it.
pub(super) fn are_alike(one: &str, other: &str) -> bool {
    let fold = |letter: char| match letter {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        letter => letter.to_ascii_lowercase(),
    };
    one.chars().map(fold).eq(other.chars().map(fold))
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}
