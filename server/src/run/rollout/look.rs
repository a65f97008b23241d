//! One look at a service and its tasks while an update is rolled out.

use serde_json::Value;

/// The most different problems of tasks that are shown.
const PROBLEMS: usize = 2;

/// The most characters of a problem.
const CHARACTERS: usize = 120;

/// States of tasks that end or ran into nothing: words of theirs are of no interest.
const WELL: [&str; 5] = ["running", "complete", "shutdown", "remove", "ready"];

/// A service and its tasks at one moment.
pub(super) struct Look {
    service: Value,
    tasks: Option<Tasks>,
}

/// The tasks of a service in numbers.
#[derive(Debug, PartialEq)]
struct Tasks {
    /// Number of tasks that run and shall.
    running: u64,
    /// Number of tasks that shall run.
    wanted: u64,
    /// The problems of tasks that are newer than the update, the newest first.
    problems: Vec<String>,
}

impl Look {
    /// A look at what the engine answered; `version` is that of the service before the update.
    pub(super) fn new(service: Value, tasks: Option<Value>, version: u64) -> Self {
        let replicas = service.pointer("/Spec/Mode/Replicated/Replicas").and_then(Value::as_u64);
        let tasks = tasks.as_ref().and_then(Value::as_array).map(|tasks| Tasks::of(tasks, replicas, version));
        Look { service, tasks }
    }

    /// The state of the update; empty if none replaces tasks.
    pub(super) fn state(&self) -> &str {
        self.service.pointer("/UpdateStatus/State").and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns true if as many tasks run as shall.
    pub(super) fn is_calm(&self) -> bool {
        self.tasks.as_ref().is_none_or(|tasks| tasks.running == tasks.wanted)
    }

    /// The state in words: `update completed; 3 of 3 tasks run`.
    pub(super) fn words(&self) -> String {
        let message = self.service.pointer("/UpdateStatus/Message").and_then(Value::as_str).unwrap_or_default();
        let state = self.state();
        let state = (!state.is_empty()).then(|| match message {
            "" => format!("update {state}"),
            message => format!("{state} ({message})"),
        });
        let tasks = self.tasks.as_ref().map(|tasks| format!("{} of {} tasks run", tasks.running, tasks.wanted));
        let problems = self.tasks.as_ref().filter(|tasks| !tasks.problems.is_empty() && self.is_of_interest(tasks));
        let problems = problems.map(|tasks| format!("tasks failed: {}", tasks.problems.join("; ")));
        state.into_iter().chain(tasks).chain(problems).collect::<Vec<_>>().join("; ")
    }

    /// A task that failed on the way to success was replaced.
    fn is_of_interest(&self, tasks: &Tasks) -> bool {
        self.state() != "completed" && (!self.state().is_empty() || tasks.running != tasks.wanted)
    }
}

impl Tasks {
    fn of(tasks: &[Value], replicas: Option<u64>, version: u64) -> Self {
        let shall_run = |task: &&Value| task["DesiredState"] == "running";
        let runs = |task: &&Value| task.pointer("/Status/State").is_some_and(|state| state == "running");
        let wanted = tasks.iter().filter(shall_run).count() as u64;
        let running = tasks.iter().filter(shall_run).filter(runs).count() as u64;
        let mut newer: Vec<_> = tasks.iter().filter(|task| index(task) > version).collect();
        newer.sort_by_key(|task| std::cmp::Reverse(index(task)));
        let mut problems = Vec::new();
        for problem in newer.into_iter().filter_map(problem) {
            if !problems.contains(&problem) && problems.len() < PROBLEMS {
                problems.push(problem);
            }
        }
        Tasks { running, wanted: replicas.unwrap_or(wanted), problems }
    }
}

fn index(task: &Value) -> u64 {
    task.pointer("/Version/Index").and_then(Value::as_u64).unwrap_or_default()
}

/// The problem of a task, `pending: no suitable node (…)`.
fn problem(task: &Value) -> Option<String> {
    let state = task.pointer("/Status/State").and_then(Value::as_str)?;
    let words = task.pointer("/Status/Err").and_then(Value::as_str).filter(|words| !words.is_empty())?;
    (!WELL.contains(&state)).then(|| format!("{state}: {}", words.chars().take(CHARACTERS).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(index: u64, desired: &str, state: &str, problem: &str) -> Value {
        let status = json!({ "State": state, "Err": problem });
        json!({ "Version": { "Index": index }, "DesiredState": desired, "Status": status })
    }

    fn look(status: Value, tasks: Value) -> Look {
        let mode = json!({ "Replicated": { "Replicas": 2 } });
        Look::new(json!({ "Spec": { "Mode": mode }, "UpdateStatus": status }), Some(tasks), 10)
    }

    #[test]
    fn a_failed_update_shows_the_newest_problems_of_its_own_tasks() {
        let status = json!({ "State": "paused", "Message": "update paused" });
        let tasks = json!([
            task(8, "shutdown", "failed", "an old one"),
            task(12, "shutdown", "failed", "task: non-zero exit (7)"),
            task(13, "shutdown", "failed", "task: non-zero exit (7)"),
            task(14, "running", "pending", "no suitable node"),
            task(15, "running", "running", ""),
            task(11, "shutdown", "shutdown", "stopped by the update"),
        ]);
        let look = look(status, tasks);
        assert_eq!(
            look.words(),
            "paused (update paused); 1 of 2 tasks run; \
             tasks failed: pending: no suitable node; failed: task: non-zero exit (7)"
        );
        assert!(!look.is_calm());
    }

    #[test]
    fn a_task_that_was_replaced_on_the_way_is_no_news() {
        let tasks = json!([
            task(12, "shutdown", "failed", "task: non-zero exit (7)"),
            task(13, "running", "running", ""),
            task(14, "running", "running", ""),
        ]);
        let done = look(json!({ "State": "completed", "Message": "update completed" }), tasks.clone());
        assert_eq!(done.words(), "completed (update completed); 2 of 2 tasks run");
        let scaled = look(Value::Null, tasks);
        assert_eq!((scaled.words().as_str(), scaled.is_calm()), ("2 of 2 tasks run", true));
    }

    #[test]
    fn a_service_is_calm_only_if_as_many_tasks_run_as_it_wants() {
        assert!(!look(Value::Null, json!([task(12, "running", "running", "")])).is_calm());
        assert!(look(Value::Null, Value::Null).is_calm());
        let none = Look::new(json!({ "Spec": { "Mode": { "Replicated": { "Replicas": 0 } } } }), Some(json!([])), 1);
        assert!(none.is_calm());
        let global = json!([task(12, "running", "running", ""), task(13, "running", "starting", "")]);
        let global = Look::new(json!({ "Spec": { "Mode": { "Global": {} } } }), Some(global), 1);
        assert_eq!(global.words(), "1 of 2 tasks run");
    }
}
