//! Tests with messages that are written here, field by field.

use super::*;

/// A field that holds a text or another message.
fn field(number: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    let mut field = vec![number << 3 | 2];
    let mut length = value.len();
    while length >= 0x80 {
        field.push(length as u8 | 0x80);
        length >>= 7;
    }
    field.push(length as u8);
    field.extend_from_slice(value);
    field
}

fn number(number: u8, value: u8) -> Vec<u8> {
    assert!(value < 0x80, "one byte");
    vec![number << 3, value]
}

fn vertex(name: &str, more: &[Vec<u8>]) -> Vec<u8> {
    field(1, [field(1, format!("sha256:{name}")), field(3, name), more.concat()].concat())
}

fn log(name: &str, text: &str) -> Vec<u8> {
    field(3, [field(1, format!("sha256:{name}")), number(3, 2), field(4, text)].concat())
}

fn at(seconds: u8) -> Vec<u8> {
    number(1, seconds)
}

/// The events of messages, each in one line.
fn read(trace: &mut Trace, message: &[Vec<u8>]) -> Vec<String> {
    trace.push(&BASE64_STANDARD.encode(message.concat())).unwrap();
    let mut events = Vec::new();
    while let Some(event) = trace.next_event().unwrap() {
        events.push(match event {
            BuildEvent::Step(step) => format!("#{} {} {:?}", step.number, step.name, step.state),
            BuildEvent::Output(output) => format!("#{:?} {}", output.step, output.bytes.escape_ascii()),
            other => format!("{other:?}"),
        });
    }
    events
}

#[test]
fn a_step_is_an_event_when_its_state_changes() {
    let mut trace = Trace::default();
    assert_eq!(read(&mut trace, &[vertex("b", &[]), vertex("a", &[])]), [""; 0], "they wait");
    let runs = vertex("a", &[field(5, at(1))]);
    let ended = vertex("a", &[field(5, at(1)), field(6, at(2))]);
    assert_eq!(read(&mut trace, &[runs.clone(), runs.clone()]), ["#1 a Running"]);
    assert_eq!(read(&mut trace, &[ended.clone(), ended]), ["#1 a Done"]);
    assert_eq!(read(&mut trace, &[runs]), ["#1 a Running"], "a step may go on");
    let cached = vertex("b", &[number(4, 1), field(5, at(1)), field(6, at(1))]);
    assert_eq!(read(&mut trace, &[cached]), ["#2 b Cached"]);
    assert_eq!(trace.unknown_fields(), 0);
}

#[test]
fn the_step_that_failed_has_its_code_and_its_last_lines_wherever_they_come() {
    let mut trace = Trace::default();
    read(&mut trace, &[vertex("a", &[field(5, at(1))]), vertex("b", &[field(5, at(1))]), log("a", "one\ntw")]);
    let failed = vertex("a", &[field(5, at(1)), field(6, at(2)), field(7, "a: exit code: 7")]);
    let stopped = vertex("b", &[field(5, at(1)), field(6, at(2)), field(7, "b: context canceled")]);
    let events = read(&mut trace, &[failed, stopped, log("b", "no"), log("a", "o\n")]);
    let expected = [r"#Some(2) no", r"#Some(1) o\n", r#"#1 a Failed("a: exit code: 7")"#, "#2 b Cancelled"];
    assert_eq!(events, expected, "output comes before the end of its step");
    read(&mut trace, &[log("a", "late\n"), log("b", "x\n")]);
    let lines = ["one", "two", "late"].map(str::to_owned).to_vec();
    let step = FailedStep { number: 1, name: "a".into(), exit_code: Some(7), lines };
    assert_eq!(trace.failed_step(), Some(step));
}

#[test]
fn a_step_whose_command_says_cancelled_has_failed() {
    let mut trace = Trace::default();
    let error = "process \"/bin/sh -c echo context canceled; exit 1\" did not complete successfully: exit code: 1";
    let failed = vertex("a", &[field(5, at(1)), field(6, at(2)), field(7, error)]);
    assert!(read(&mut trace, &[failed])[0].starts_with("#1 a Failed("));
    assert_eq!(trace.failed_step().and_then(|step| step.exit_code), Some(1));
}

#[test]
fn fields_of_newer_engines_are_counted_and_change_nothing() {
    let mut trace = Trace::default();
    let runs = vertex("a", &[field(5, [at(1), number(9, 1)].concat()), number(15, 3)]);
    assert_eq!(read(&mut trace, &[field(9, "new"), runs, number(1, 1)]), ["#1 a Running"]);
    assert_eq!(trace.unknown_fields(), 4);
}

#[test]
fn times_are_those_of_the_engine_and_an_impossible_one_is_none() {
    let mut trace = Trace::default();
    let time = [at(5), number(2, 7)].concat();
    let never = [vec![1 << 3], vec![0xff; 9], vec![1]].concat();
    let message = vertex("a", &[field(5, time), field(6, never)]);
    trace.push(&BASE64_STANDARD.encode(message)).unwrap();
    let Ok(Some(BuildEvent::Step(step))) = trace.next_event() else { panic!("it is a step") };
    assert_eq!(step.began, Some(std::time::UNIX_EPOCH + std::time::Duration::new(5, 7)));
    assert_eq!((step.ended, step.state), (None, StepState::Running));
}

#[test]
fn a_message_that_is_none_is_an_error_and_the_next_one_is_read() {
    let mut trace = Trace::default();
    assert!(trace.push("§").unwrap_err().to_string().starts_with("BuildKit's trace: "));
    trace.push(&BASE64_STANDARD.encode(field(1, "\x0b"))).unwrap();
    assert_eq!(trace.next_event().unwrap_err().to_string(), "BuildKit's trace: a field is of no known kind");
    assert_eq!(trace.next_event(), Ok(None));
    assert_eq!(read(&mut trace, &[vertex("a", &[field(5, at(1))])]), ["#1 a Running"]);
}

#[test]
fn hostile_traces_take_bounded_memory() {
    let mut trace = Trace::default();
    assert!(trace.push(&"A".repeat(MESSAGE_BYTES + 4)).is_err());
    trace.push(&BASE64_STANDARD.encode(vertex(&"x".repeat(DIGEST_BYTES), &[field(5, at(1))]))).unwrap();
    assert!(trace.next_event().unwrap_err().to_string().contains("a digest has more than"));
    let logs: Vec<_> = (0..LOGS * 2).map(|step| log(&step.to_string(), &"x\n".repeat(1_000))).collect();
    assert_eq!(read(&mut trace, &logs).len(), LOGS * 2);
    assert_eq!(trace.logs.len(), LOGS);
    for step in 0..STEPS {
        trace.known(&format!("sha256:{step}")).unwrap();
    }
    assert!(trace.known("one more").unwrap_err().to_string().contains("more than 16384 steps"));
}
