//! Judges ports that are published on the engine's host. A request that names no address or no port gets an allowed
//! one.

use std::net::IpAddr;

use dockwright::Value;

use super::ruling::{Ruling, refuse};
use crate::facets::{Finding, means_nothing};
use crate::policy::Publish;
use crate::refusal::Refusal;
use crate::request::Path;

const RULE: &str = "publish";

pub(super) fn judge<'a>(ruling: &mut Ruling<'_, 'a>, finding: &Finding<'a>) -> Result<(), Refusal> {
    let publish = &ruling.policy.publish;
    if publish.addresses.is_empty() {
        return refuse(RULE, format!("`{}` publishes ports, and no address is allowed", finding.path));
    }
    match finding.value {
        // The bindings of each port of the container.
        Value::Object(ports) => {
            for (port, bindings) in ports {
                let path = finding.path.clone().below(port.as_str());
                if !is_single(port) {
                    return refuse(RULE, format!("`{path}` is not one port of the container, such as `80/tcp`"));
                }
                // Without bindings, a port is published as the engine likes.
                let Some(bindings) = bindings.as_array().filter(|bindings| !bindings.is_empty()) else {
                    return refuse(RULE, format!("`{path}` has no bindings; name a port"));
                };
                for (index, binding) in bindings.iter().enumerate() {
                    bind(ruling, binding, path.clone().item(index))?;
                }
            }
            Ok(())
        }
        // The ports of a service, on all addresses of each node.
        Value::Array(ports) => ports.iter().try_for_each(|port| judge_service_port(publish, port)),
        _ => refuse(RULE, format!("`{}` publishes ports that nobody can tell; name them", finding.path)),
    }
}

/// Returns true for one port of a container: a range would take ports of the host behind the first.
pub(crate) fn is_single(port: &str) -> bool {
    let number = port.split_once('/').map_or(port, |(number, _)| number);
    number.bytes().all(|byte| byte.is_ascii_digit()) && number.parse::<u16>().is_ok()
}

fn bind<'a>(ruling: &mut Ruling<'_, 'a>, binding: &'a Value, path: Path<'a>) -> Result<(), Refusal> {
    let publish = &ruling.policy.publish;
    let text = |key| match binding.get(key) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => refuse(RULE, format!("`{path}.{key}` is not a text")),
    };
    let (address, port) = (text("HostIp")?, text("HostPort")?);
    if !address.is_empty() {
        let is_allowed = address.parse().is_ok_and(|address: IpAddr| publish.addresses.contains(&address));
        if !is_allowed {
            return refuse(RULE, format!("{address} is not among {}", addresses(publish)));
        }
    }
    let is_free = port.is_empty() || port == "0";
    if !is_free && !publish.ports.contain(port) {
        return refuse(RULE, format!("port {port} is not among {}", publish.ports));
    }
    let Some(first) = publish.ports.first() else { return refuse(RULE, "no port is allowed") };
    if address.is_empty() {
        let address = publish.addresses.first().map(IpAddr::to_string).unwrap_or_default();
        ruling.change(RULE, path.clone().below("HostIp"), Value::String(address));
    }
    if is_free {
        ruling.change(RULE, path.below("HostPort"), Value::String(first));
    }
    Ok(())
}

fn judge_service_port(publish: &Publish, port: &Value) -> Result<(), Refusal> {
    let is_everywhere = publish.addresses.iter().any(IpAddr::is_unspecified);
    if !is_everywhere {
        return refuse(
            RULE,
            format!("a service publishes on all addresses, and only {} is allowed", addresses(publish)),
        );
    }
    let number = port.get("PublishedPort").filter(|number| !means_nothing(number));
    match number.and_then(Value::as_u64) {
        Some(number) if publish.ports.contain(&number.to_string()) => Ok(()),
        Some(number) => refuse(RULE, format!("port {number} is not among {}", publish.ports)),
        None => refuse(RULE, "a service names no port"),
    }
}

fn addresses(publish: &Publish) -> String {
    publish.addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
}
