//! Checks the arguments of a tool call before anything is sent. Arguments as a model wrote them come in; arguments that
//! the client can send come out, apart from the server's extra ones. An error lists every problem at once.

#[cfg(test)]
mod agreement;
mod blank;
mod checked;
mod complete;
mod convert;
mod dates;
mod defaults;
mod definitions;
mod extra;
mod filters;
mod full_schema;
mod json_text;
mod location;
pub mod merge;
mod outline;
mod platform;
mod ports;
mod problem;
mod schema;
mod shape;
#[cfg(test)]
mod slips;
mod spelling;
mod text;
mod units;
mod unknown;
mod words;
#[cfg(test)]
mod wrong_types;

use std::time::{SystemTime, UNIX_EPOCH};

use dockwright::tools::Tool;
use serde_json::{Map, Value};

pub use checked::{CheckedArguments, ExtraArguments};
pub use extra::{
    BUILDKIT, asks_for_newer, extra_properties, input_schema, is_common, property, shorten, takes_session,
};
pub use outline::{Outline, outline};
pub use problem::ArgumentError;
pub use text::{from_text, from_value};
pub use units::unix_seconds;

use location::Location;
use problem::Problems;
use schema::Check;
use units::Nanoseconds;

/// Checks the arguments of a tool call, and corrects them where that is safe.
///
/// An argument that is `null` counts as absent. The body of an update whose row names a reading operation is a patch,
/// which [`merge::complete`] applies, unless `extra.replace` is true.
///
/// # Errors
/// [`ArgumentError`], which lists every problem.
pub fn check(tool: &'static Tool, arguments: Map<String, Value>) -> Result<CheckedArguments, ArgumentError> {
    check_at(tool, arguments, now(), false)
}

/// Checks the arguments of a tool call for an engine that is newer than this build, and lets names pass that are
/// unknown within the body or the filters.
///
/// # Errors
/// [`ArgumentError`], which lists every other problem.
pub fn check_for_newer(tool: &'static Tool, arguments: Map<String, Value>) -> Result<CheckedArguments, ArgumentError> {
    check_at(tool, arguments, now(), true)
}

/// Checks the arguments of a composed tool against its schema, and separates the extra arguments from the rest. Most of
/// the rest is for the operation `first`, if there is one.
///
/// # Errors
/// [`ArgumentError`], which lists every problem.
pub fn check_composed(
    name: &'static str,
    first: Option<&'static Tool>,
    mut schema: Value,
    mut arguments: Map<String, Value>,
) -> Result<CheckedArguments, ArgumentError> {
    let operation = first.map(|tool| tool.operation);
    let mut problems = Problems::of_tool(name, operation);
    blank::remove(&mut arguments);
    if let Some(operation) = operation {
        units::convert(operation, &mut arguments, now(), &mut problems);
    }
    schema.as_object_mut().into_iter().for_each(full_schema::allow_lists);
    let whole = first.map_or_else(|| schema.clone(), |first| full_schema::with_body_of(first, &schema));
    let check = Check { whole: &whole, allow_unknown: false, problems: &mut problems };
    check.arguments(&schema, &mut arguments);
    let mut checked = finish(arguments, &mut problems);
    // The call's operations take the body from its arguments.
    checked.arguments.extend(checked.body.take().map(|body| ("body".to_owned(), body)));
    problems.into_result(checked)
}

fn check_at(
    tool: &'static Tool,
    mut arguments: Map<String, Value>,
    now: Nanoseconds,
    allow_unknown: bool,
) -> Result<CheckedArguments, ArgumentError> {
    let mut problems = Problems::new(tool.operation);
    blank::trim_names(tool.operation, &mut arguments, &mut problems);
    blank::remove(&mut arguments);
    extra::take_body_as_context(tool.operation, &mut arguments);
    let defaulted = defaults::add(tool, &mut arguments);
    units::convert(tool.operation, &mut arguments, now, &mut problems);
    let schema = full_schema::full_schema(tool, extra::replaces(tool.operation, &arguments));
    let check = Check { whole: schema, allow_unknown, problems: &mut problems };
    check.arguments(schema, &mut arguments);
    // Names in another case have their own now.
    blank::trim_names(tool.operation, &mut arguments, &mut problems);
    complete::complete(tool, &mut arguments, &mut problems);
    let checked = finish(arguments, &mut problems);
    problems.into_result(CheckedArguments { defaulted, ..checked })
}

fn now() -> Nanoseconds {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    Nanoseconds::try_from(now).unwrap_or_default()
}

/// Separates arguments that conform to their schema.
fn finish(mut arguments: Map<String, Value>, problems: &mut Problems) -> CheckedArguments {
    for (name, value) in &arguments {
        merge::refuse_markers(value, &Location::Key(&Location::Root, name), problems);
    }
    let extra = extra::take(&mut arguments, problems);
    let body = arguments.shift_remove("body");
    CheckedArguments { extra, arguments, body, notes: problems.take_notes(), ..CheckedArguments::default() }
}

#[cfg(test)]
mod tests {
    use dockwright::tools::ALL;
    use serde_json::json;

    use super::*;

    fn checked(name: &str, arguments: Value) -> Result<CheckedArguments, ArgumentError> {
        let tool = ALL.iter().find(|tool| tool.operation.name == name).unwrap();
        let Value::Object(arguments) = arguments else { unreachable!() };
        check_at(tool, arguments, 1_700_000_000_000_000_000, false)
    }

    fn arguments(name: &str, arguments: Value) -> Value {
        checked(name, arguments).unwrap().arguments.into()
    }

    fn merged(one: &Value, other: Value) -> Value {
        let (Value::Object(mut one), Value::Object(other)) = (one.clone(), other) else { unreachable!() };
        one.extend(other);
        one.into()
    }

    #[test]
    fn a_log_is_limited_to_its_last_lines_unless_others_are_chosen() {
        let tail = |given: Value| arguments("container_logs", merged(&json!({"id": "a"}), given))["tail"].clone();
        assert_eq!(tail(json!({})), "201");
        assert_eq!(tail(json!({"limit_items": 7})), "8");
        assert_eq!(tail(json!({"tail": "all"})), "all");
        for chosen in [json!({"since": 1}), json!({"until": 1}), json!({"grep": "x"})] {
            assert_eq!(tail(chosen), Value::Null);
        }
    }

    #[test]
    fn an_empty_member_of_an_enumeration_is_accepted_though_it_is_not_shown() {
        let body = json!({"Image": "a", "HostConfig": {"RestartPolicy": {"Name": ""}}});
        assert!(checked("container_create", json!({"body": body})).is_ok());
        let shown = Value::Object(input_schema(crate::catalogue::operations::find("container_create").unwrap()));
        let names = &shown["properties"]["body"]["properties"]["HostConfig"]["properties"]["RestartPolicy"];
        assert_eq!(names["properties"]["Name"]["enum"], json!(["no", "always", "unless-stopped", "on-failure"]));
    }

    #[test]
    fn an_archive_is_given_as_context_or_as_body() {
        for name in ["context", "body"] {
            let checked = checked("image_load", json!({name: "/images/a.tar"})).unwrap();
            assert_eq!((checked.extra.context, checked.body), (Some(json!("/images/a.tar")), None));
        }
        assert_eq!(refusal("image_load", json!({})), "image_load: argument `context` is required");
        assert!(checked("image_build", json!({"remote": "https://example.com/a.git"})).is_ok());
    }

    fn refusal(name: &str, arguments: Value) -> String {
        checked(name, arguments).unwrap_err().to_string()
    }

    #[test]
    fn arguments_are_separated_into_extra_ones_those_of_the_operation_and_the_body() {
        let checked = checked(
            "service_update",
            json!({
                "id": "a", "select": "Warnings", "limit_seconds": 5, "body": {"Labels": {"a": null}}, "version": null
            }),
        )
        .unwrap();
        assert_eq!(checked.extra.select.as_deref(), Some("Warnings"));
        assert_eq!(checked.extra.limit_seconds, Some(5));
        assert!(!checked.extra.replace);
        assert_eq!(Value::from(checked.arguments), json!({"id": "a"}));
        assert_eq!(checked.body, Some(json!({"Labels": {"a": null}})), "a null in a patch removes a member");
    }

    #[test]
    fn an_unambiguous_value_of_another_type_is_converted() {
        assert_eq!(arguments("container_list", json!({"limit": "3", "all": "true"})), json!({"limit": 3, "all": true}));
        assert_eq!(arguments("container_list", json!({"limit": 3.0})), json!({"limit": 3}));
        assert_eq!(arguments("container_stop", json!({"id": "a", "t": "30s"})), json!({"id": "a", "t": 30}));
        let both = json!({"id": "a", "stdout": true, "stderr": true});
        let logs = |more: Value| arguments("container_logs", merged(&both, more));
        assert_eq!(logs(json!({"tail": 100})), merged(&both, json!({"tail": "100"})));
        assert_eq!(logs(json!({"since": "10m"})), merged(&both, json!({"since": "1699999400"})));
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
    fn values_in_a_body_are_converted_too() {
        let body = json!({"Image": "busybox", "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostPort": 8080}], "81/tcp": null}, "Memory": "1048576", "Init": "false"
        }});
        let sent = json!({"Image": "busybox", "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostPort": "8080"}], "81/tcp": null}, "Memory": 1_048_576, "Init": false
        }, "ExposedPorts": {"80/tcp": {}}});
        assert_eq!(checked("container_create", json!({"body": body.to_string()})).unwrap().body, Some(sent.clone()));
        assert_eq!(checked("container_create", json!({"body": body})).unwrap().body, Some(sent));
    }

    #[test]
    fn every_problem_is_reported_at_once() {
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
                "unknown argument `nmae`; did you mean `name`?",
                "unknown argument `Image`; did you mean `body.Image`?",
                r#"argument `body.HostConfig.Memory`: expected an integer, got "512m"; send 536870912 for bytes"#,
                concat!(
                    r#"argument `body.HostConfig.RestartPolicy.Name`: expected one of "", "no", "always", "#,
                    r#""unless-stopped", "on-failure", got "alway"; did you mean `always`?"#
                ),
                r#"argument `body.HostConfig.Binds`: expected a list, got "/a:/b"; write `body.HostConfig.Binds` as ["/a:/b"]"#,
                r#"argument `body.HostConfig.PortBindings["80/tcp"][0].HostPort`: expected a string, got []"#,
            ]
        );
    }

    #[test]
    fn an_unknown_filter_is_refused() {
        for (name, key, hint) in [
            ("container_list", "lable", "did you mean `label`?"),
            ("container_list", "state", "did you mean `status`?"),
            ("container_list", "label!", "did you mean `label`?"),
            ("container_prune", "labels!", "did you mean `label!` or `label`?"),
            ("plugin_list", "enable", "did you mean `enabled`?"),
            ("system_events", "zzz", "`filters` takes `config`, `container`, `daemon`, "),
        ] {
            let refusal = refusal(name, json!({"filters": {key: ["a"]}}));
            let start = format!("{name}: unknown argument `filters.{key}`; {hint}");
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
    fn missing_and_unknown_arguments_are_named() {
        assert_eq!(refusal("container_stop", json!({"id": null})), "container_stop: argument `id` is required");
        assert_eq!(
            refusal("container_pause", json!({"id": "a", "signal": "x"})),
            "container_pause: unknown argument `signal`; this tool takes `id`"
        );
        assert_eq!(
            refusal("system_ping", json!({"x": 1})),
            "system_ping: unknown argument `x`; this tool takes no arguments"
        );
        assert_eq!(refusal("system_version", json!({"x": 1, "limit_items": 0})).lines().count(), 3);
    }

    #[test]
    fn problems_that_are_only_counted_cost_little() {
        let many: Map<_, _> = (0..50_000).map(|number| (format!("a{number}"), json!(1))).collect();
        let refused = checked("container_list", Value::Object(many)).unwrap_err();
        assert!(refused.problems[0].starts_with("unknown argument `a0`; this tool takes"), "{}", refused.problems[0]);
        assert_eq!(refused.problems[20], "unknown argument `a20`", "a hint is looked for");
        assert!(refused.to_string().ends_with("\nand 49980 more"));
    }

    #[test]
    fn an_update_that_replaces_needs_the_version_and_one_that_patches_does_not() {
        assert!(checked("node_update", json!({"id": "a", "body": {}})).is_ok());
        let replacing = json!({"id": "a", "body": {}, "replace": true});
        assert_eq!(refusal("node_update", replacing), "node_update: argument `version` is required");
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
