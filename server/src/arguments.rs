//! The arguments of a tool call, checked before anything is sent: what a model wrote comes in, what the client can send
//! comes out, beside our own arguments. All that is wrong is told at once, each with what is expected and what came.

#[cfg(test)]
mod agreement;
mod checked;
mod defaults;
mod extra;
mod filters;
pub mod merge;
mod path;
mod problem;
mod schema;
mod units;

use std::time::{SystemTime, UNIX_EPOCH};

use dockwright::Operation;
use dockwright::tools::Tool;
use serde_json::{Map, Value};

pub use checked::{Checked, ExtraArguments};
pub use extra::{extra_properties, input_schema, is_common};
pub use problem::{ArgumentError, Problem};
pub use units::unix_seconds;

use path::Path;
use problem::Problems;
use units::Nanoseconds;

/// Checks the arguments of a tool call, and corrects what is safe to correct.
///
/// `null` for an argument means that it is not given. The body of an update that the row can be read for is a patch,
/// which [`merge::complete`] applies, unless `own.replace` is true.
///
/// # Errors
/// [`ArgumentError`], which tells everything that is wrong.
pub fn check(tool: &Tool, arguments: Map<String, Value>) -> Result<Checked, ArgumentError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    check_at(tool, arguments, Nanoseconds::try_from(now).unwrap_or_default())
}

/// Checks the arguments of a composed tool by its own schema, and parts them into extra arguments and the rest. Most of them
/// are for the operation `first`.
///
/// # Errors
/// [`ArgumentError`], which tells everything that is wrong.
pub fn check_composed(
    name: &'static str,
    first: &'static Operation,
    mut schema: Value,
    mut arguments: Map<String, Value>,
) -> Result<(ExtraArguments, Map<String, Value>), ArgumentError> {
    let mut problems = Problems::new(first);
    arguments.retain(|_, value| !value.is_null());
    units::convert(first, &mut arguments, 0, &mut problems);
    schema.as_object_mut().into_iter().for_each(extra::allow_lists);
    schema::object(&schema, &mut arguments, &Path::Root, &mut problems);
    for (name, value) in &arguments {
        merge::refuse_markers(value, &Path::Key(&Path::Root, name), &mut problems);
    }
    let extra = extra::take(&mut arguments, &mut problems);
    problems.none((extra, arguments)).map_err(|error| ArgumentError { operation: name, ..error })
}

fn check_at(tool: &Tool, mut arguments: Map<String, Value>, now: Nanoseconds) -> Result<Checked, ArgumentError> {
    let mut problems = Problems::new(tool.operation);
    arguments.retain(|_, value| !value.is_null());
    extra::take_body_as_context(tool.operation, &mut arguments);
    let defaulted = defaults::add(tool, &mut arguments);
    units::convert(tool.operation, &mut arguments, now, &mut problems);
    let schema = extra::full_schema(tool, extra::replaces(tool.operation, &arguments)).into();
    schema::object(&schema, &mut arguments, &Path::Root, &mut problems);
    for (name, value) in &arguments {
        merge::refuse_markers(value, &Path::Key(&Path::Root, name), &mut problems);
    }
    let extra = extra::take(&mut arguments, &mut problems);
    let body = arguments.shift_remove("body");
    problems.none(Checked { extra, arguments, body, defaulted })
}

#[cfg(test)]
mod tests {
    use dockwright::tools::ALL;
    use serde_json::json;

    use super::*;

    fn checked(name: &str, arguments: Value) -> Result<Checked, ArgumentError> {
        let tool = ALL.iter().find(|tool| tool.operation.name == name).unwrap();
        let Value::Object(arguments) = arguments else { unreachable!() };
        check_at(tool, arguments, 1_700_000_000_000_000_000)
    }

    fn arguments(name: &str, arguments: Value) -> Value {
        checked(name, arguments).unwrap().arguments.into()
    }

    fn json_with(one: &Value, other: Value) -> Value {
        let (Value::Object(mut one), Value::Object(other)) = (one.clone(), other) else { unreachable!() };
        one.extend(other);
        one.into()
    }

    #[test]
    fn a_log_is_asked_for_its_last_lines_unless_others_are_chosen() {
        let tail = |given: Value| arguments("container_logs", json_with(&json!({"id": "a"}), given))["tail"].clone();
        assert_eq!(tail(json!({})), "201");
        assert_eq!(tail(json!({"limit_items": 7})), "8");
        assert_eq!(tail(json!({"tail": "all"})), "all");
        for chosen in [json!({"since": 1}), json!({"until": 1}), json!({"grep": "x"})] {
            assert_eq!(tail(chosen), Value::Null);
        }
    }

    #[test]
    fn what_is_sent_as_an_archive_is_a_context_and_may_be_called_body() {
        for name in ["context", "body"] {
            let checked = checked("image_load", json!({name: "/images/a.tar"})).unwrap();
            assert_eq!((checked.extra.context, checked.body), (Some(json!("/images/a.tar")), None));
        }
        assert_eq!(refusal("image_load", json!({})), "image_load: argument `context`: it is required");
        assert!(checked("image_build", json!({"remote": "https://example.com/a.git"})).is_ok());
    }

    fn refusal(name: &str, arguments: Value) -> String {
        checked(name, arguments).unwrap_err().to_string()
    }

    #[test]
    fn arguments_are_parted_into_ours_the_operation_s_and_the_body() {
        let checked = checked(
            "service_update",
            json!({"id": "a", "select": "Warnings", "limit_seconds": 5, "body": {"Labels": {"a": null}}, "version": null}),
        )
        .unwrap();
        assert_eq!(checked.extra.select.as_deref(), Some("Warnings"));
        assert_eq!(checked.extra.limit_seconds, Some(5));
        assert!(!checked.extra.replace);
        assert_eq!(Value::from(checked.arguments), json!({"id": "a"}));
        assert_eq!(checked.body, Some(json!({"Labels": {"a": null}})), "a null in a patch takes away");
    }

    #[test]
    fn what_certainly_means_something_is_taken_as_that() {
        assert_eq!(arguments("container_list", json!({"limit": "3", "all": "true"})), json!({"limit": 3, "all": true}));
        assert_eq!(arguments("container_list", json!({"limit": 3.0})), json!({"limit": 3}));
        assert_eq!(arguments("container_stop", json!({"id": "a", "t": "30s"})), json!({"id": "a", "t": 30}));
        let both = json!({"id": "a", "stdout": true, "stderr": true});
        let logs = |more: Value| arguments("container_logs", json_with(&both, more));
        assert_eq!(logs(json!({"tail": 100})), json_with(&both, json!({"tail": "100"})));
        assert_eq!(logs(json!({"since": "10m"})), json_with(&both, json!({"since": 1_699_999_400})));
        assert_eq!(
            arguments("container_list", json!({"filters": r#"{"status": "running"}"#})),
            json!({"filters": {"status": ["running"]}})
        );
        assert_eq!(
            arguments("container_list", json!({"filters": {"exited": 0, "label": {"a": true}}})),
            json!({"filters": {"exited": ["0"], "label": ["a"]}})
        );
        assert_eq!(arguments("system_data_usage", json!({"type": "image"})), json!({"type": ["image"]}));
        assert_eq!(arguments("build_prune", json!({"filters": {"inuse": []}})), json!({"filters": {"inuse": []}}));
    }

    #[test]
    fn a_body_is_read_as_generously() {
        let body = json!({"Image": "busybox", "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostPort": 8080}], "81/tcp": null}, "Memory": "1048576", "Init": "false"
        }});
        let sent = json!({"Image": "busybox", "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostPort": "8080"}], "81/tcp": null}, "Memory": 1_048_576, "Init": false
        }});
        assert_eq!(checked("container_create", json!({"body": body.to_string()})).unwrap().body, Some(sent.clone()));
        assert_eq!(checked("container_create", json!({"body": body})).unwrap().body, Some(sent));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let arguments = json!({
            "nmae": "web",
            "Image": "busybox",
            "body": {"HostConfig": {
                "Memory": "512m",
                "RestartPolicy": {"Name": "alway"},
                "Binds": "/a:/b",
                "PortBindings": {"80/tcp": [{"HostPort": []}]},
            }},
        });
        assert_eq!(
            refusal("container_create", arguments).lines().collect::<Vec<_>>(),
            [
                "container_create: 6 problems with the arguments:",
                "`nmae`: unknown; did you mean `name`?",
                "`Image`: unknown; did you mean `body.Image`?",
                r#"`body.HostConfig.Memory`: expected an integer, got "512m"; send 536870912 for bytes"#,
                concat!(
                    r#"`body.HostConfig.RestartPolicy.Name`: expected one of "", "no", "always", "unless-stopped", "#,
                    r#""on-failure", got "alway"; did you mean `always`?"#
                ),
                r#"`body.HostConfig.Binds`: expected a list, got "/a:/b""#,
                r#"`body.HostConfig.PortBindings["80/tcp"][0].HostPort`: expected a string, got []"#,
            ]
        );
    }

    #[test]
    fn a_filter_that_the_engine_does_not_know_is_refused() {
        for (name, key, refused) in [
            ("container_list", "lable", "did you mean `label`?"),
            ("container_list", "state", "did you mean `status`?"),
            ("container_list", "label!", "did you mean `label`?"),
            ("container_prune", "labels!", "did you mean `label!` or `label`?"),
            ("plugin_list", "enable", "did you mean `enabled`?"),
            ("system_events", "zzz", "there are config, container, daemon, "),
        ] {
            let refusal = refusal(name, json!({"filters": {key: ["a"]}}));
            let start = format!("{name}: argument `filters.{key}`: unknown; {refused}");
            assert!(refusal.starts_with(&start), "{refusal}");
        }
        assert_eq!(
            refusal("container_list", json!({"filters": r#"{"label": {"tier": "web"}}"#})),
            concat!(
                "container_list: argument `filters.label`: expected text, a whole number, true or false, ",
                r#"or a list of them, got {"tier":"web"}; send "tier=web""#
            )
        );
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(refusal("container_stop", json!({"id": null})), "container_stop: argument `id`: it is required");
        assert_eq!(
            refusal("container_pause", json!({"id": "a", "signal": "x"})),
            "container_pause: argument `signal`: unknown; there are id"
        );
        assert_eq!(refusal("system_version", json!({"x": 1, "limit_items": 0})).lines().count(), 3);
    }

    #[test]
    fn an_update_that_replaces_needs_the_version_and_one_that_patches_does_not() {
        assert!(checked("node_update", json!({"id": "a", "body": {}})).is_ok());
        let replacing = json!({"id": "a", "body": {}, "replace": true});
        assert_eq!(refusal("node_update", replacing), "node_update: argument `version`: it is required");
        let replacing = json!({"id": "a", "body": {}, "replace": "true", "version": "3"});
        assert!(checked("node_update", replacing).unwrap().extra.replace);
    }

    #[test]
    fn a_redaction_is_never_sent_back() {
        let marker = crate::secrets::MARKER;
        let body = json!({"Image": "busybox", "Env": ["A=1", format!("DB_PASSWORD={marker}")]});
        let refusal = refusal("container_create", json!({"body": body}));
        assert!(refusal.starts_with("container_create: argument `body.Env[1]`: `[redacted"), "{refusal}");
    }

    #[test]
    fn credentials_are_not_quoted() {
        let refusal = refusal("image_search", json!({"term": "a", "X-Registry-Auth": ["hunter2"]}));
        assert!(refusal.contains("expected an object, got a value that is not shown"), "{refusal}");
    }
}
