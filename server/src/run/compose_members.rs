//! The containers of a project, by Compose's labels.

use dockwright::operation::Operation;
use serde_json::{Value, json};

use super::composed_call::{ComposedCall, object};
use crate::access::Failure;
use crate::compose::labels::{self, label};

/// The containers of a project, by service and number; those that ran one command are left out.
pub(super) async fn list(
    call: &ComposedCall<'_>,
    operation: &'static Operation,
    project: &str,
) -> Result<Vec<Value>, Failure> {
    let mut containers = list_by(call, operation, &format!("{}={project}", labels::PROJECT)).await?;
    containers.retain(|container| label(container, labels::ONE_OFF) != "True");
    let number = |container: &Value| label(container, labels::NUMBER).parse::<u64>().unwrap_or_default();
    containers.sort_by_key(|container| (label(container, labels::SERVICE).to_owned(), number(container)));
    Ok(containers)
}

/// The containers with a label, stopped ones too. The operation is the one that lists them.
pub(super) async fn list_by(
    call: &ComposedCall<'_>,
    operation: &'static Operation,
    label: &str,
) -> Result<Vec<Value>, Failure> {
    let arguments = object([("all", true.into()), ("filters", json!({ "label": [label] }))]);
    let answer = call.access.json(operation, arguments, None).await?;
    Ok(if let Value::Array(containers) = answer { containers } else { Vec::new() })
}

/// All networks, or all volumes, which stand in a member of their answer.
pub(super) async fn listed(call: &ComposedCall<'_>, operation: &str, members: &str) -> Result<Vec<Value>, Failure> {
    let operation = call.access.operation(operation)?.operation;
    let mut listed = call.access.json(operation, object([]), None).await?;
    let listed = listed.pointer_mut(members).map(Value::take);
    Ok(if let Some(Value::Array(listed)) = listed { listed } else { Vec::new() })
}

/// The name of a container.
pub(super) fn name(container: &Value) -> &str {
    container["Names"][0].as_str().unwrap_or_default().trim_start_matches('/')
}

/// A container as a row for a model.
pub(super) fn row(container: &Value) -> Value {
    let mut row = object([
        ("service", label(container, labels::SERVICE).into()),
        ("name", name(container).into()),
        ("state", container["State"].clone()),
        ("status", container["Status"].clone()),
        ("image", container["Image"].clone()),
    ]);
    let port = |port: &Value| {
        let public = port["PublicPort"].as_u64()?;
        let address = port["IP"].as_str().unwrap_or_default();
        let address = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
        Some(format!("{address}:{public}->{}/{}", port["PrivatePort"], port["Type"].as_str().unwrap_or("tcp")))
    };
    let ports: Vec<_> = container["Ports"].as_array().into_iter().flatten().filter_map(port).collect();
    if !ports.is_empty() {
        row.insert("ports".to_owned(), ports.into());
    }
    row.into()
}
